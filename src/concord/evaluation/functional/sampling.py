"""Fewer cases of functional tests, whole groups at a time."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from concord.evaluation.functional.cases import Case, group_cases

_MOST_VARIANTS: Final = 6


def sample_cases(cases: Sequence[Case], max_rows: int | None, *, seed: int = 0) -> list[Case]:
    """Return some of the cases in their order, every functionality having its turn.

    Groups are drawn one of each functionality after the other, until the next would make too
    many cases; each functionality keeps one group at least. Of a group the first few variants
    are kept.

    Args:
        cases: All cases.
        max_rows: How many to keep; all unless given.
        seed: Decides which.
    """
    if max_rows is None or len(cases) <= max_rows:
        return list(cases)
    rng = np.random.default_rng(seed)
    queues = []
    for groups in group_cases(cases).values():
        members = list(groups.values())
        queues.append(
            [members[index][:_MOST_VARIANTS] for index in rng.permutation(len(members)).tolist()]
        )
    kept: list[int] = []
    for turn in range(max(map(len, queues))):
        for group in (queue[turn] for queue in queues if turn < len(queue)):
            if turn == 0 or len(kept) + len(group) <= max_rows:
                kept.extend(group)
    return [cases[place] for place in sorted(kept)]
