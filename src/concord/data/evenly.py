"""Fewer of many rows, wherever they stand.

Files often stand in the order of their sources or classes, so that the first rows are not like the
others.
"""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

from concord.alignment import AlignmentExample

T = TypeVar("T")


def take_evenly(rows: Sequence[T], most: int | None) -> list[T]:
    """Return at most so many rows, evenly from all, in their order; all of them for None."""
    if most is None or most >= len(rows):
        return list(rows)
    places = np.linspace(0, len(rows) - 1, most).round().astype(int)
    return [rows[place] for place in places.tolist()]


def spread_rows(examples: Sequence[AlignmentExample], most: int) -> list[int]:
    """Return places of about so many examples, evenly from all, questions with all options."""
    questions: dict[str, list[int]] = {}
    for row, each in enumerate(examples):
        questions.setdefault(each.group or f"alone-{row}", []).append(row)
    members = list(questions.values())
    wanted = max(1, round(most * len(members) / max(1, len(examples))))
    return sorted(row for rows in take_evenly(members, wanted) for row in rows)
