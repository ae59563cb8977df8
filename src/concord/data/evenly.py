"""Fewer of many rows, wherever they stand.

Files often stand in the order of their sources or classes, so that the first rows are not like the
others.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import numpy as np

from concord.alignment import AlignmentExample

T = TypeVar("T")


def take_evenly(rows: Sequence[T], most: int | None) -> list[T]:
    """Return at most so many rows, evenly from all, in their order; all of them for None."""
    return [rows[place] for place in _places(len(rows), most)]


def read_evenly(read: Callable[[], Iterable[T]], most: int | None) -> list[T]:
    """Return the rows that `take_evenly` would; only these are held in memory.

    Args:
        read: Begins to read the rows; called twice where fewer than all are wanted.
        most: How many rows at most; None for all of them.
    """
    if most is None:
        return list(read())
    wanted = set(_places(sum(1 for _ in read()), most))
    return [row for place, row in enumerate(read()) if place in wanted]


def spread_rows(examples: Sequence[AlignmentExample], most: int) -> list[int]:
    """Return places of about so many examples, evenly from all, questions with all options."""
    questions: dict[str, list[int]] = {}
    for row, each in enumerate(examples):
        questions.setdefault(each.group or f"alone-{row}", []).append(row)
    members = list(questions.values())
    wanted = max(1, round(most * len(members) / max(1, len(examples))))
    return sorted(row for rows in take_evenly(members, wanted) for row in rows)


def _places(number: int, most: int | None) -> Sequence[int]:
    if most is None or most >= number:
        return range(number)
    places: list[int] = np.linspace(0, number - 1, most).round().astype(int).tolist()
    return places
