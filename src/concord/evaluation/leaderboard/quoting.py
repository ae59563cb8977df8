"""Leaves texts out of what a run writes where their licence forbids passing them on."""

from collections.abc import Container
from dataclasses import replace

from concord.evaluation.board import SetResult, WorstRow


def unquoted(result: SetResult, licence_class: str, quoted: Container[str]) -> SetResult:
    """Return a result without its texts, unless texts of that licence class may be quoted.

    The rows' places, labels and scores stay, so that who has the data can look them up.

    Args:
        result: One system on one set.
        licence_class: What the licence of the set allows.
        quoted: The licence classes whose texts may be written.
    """
    if licence_class in quoted:
        return result
    return replace(result, worst=tuple(_without_texts(each) for each in result.worst))


def _without_texts(row: WorstRow) -> WorstRow:
    return replace(row, context="", claim="")
