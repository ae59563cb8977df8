"""Date swap: a year, decade, month, day or weekday of the claim becomes another one."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from concord.data.synthetic.change import Change, SyntheticFamily, build_changes, shuffled
from concord.text.dates import DatePart, DateSpan, find_dates
from concord.text.sentences import Span

_WITHIN: Final = r"\s+(?:the\s+)?(?:(?:year|month|end of|start of|early|late|mid)[\s-]+)?\Z"
_LATER_IS_FALSE: Final = re.compile(
    rf"\b(?:after|later than|past|until|till|up to){_WITHIN}", re.IGNORECASE
)
_EARLIER_IS_FALSE: Final = re.compile(
    rf"\b(?:before|by|prior to|earlier than|since){_WITHIN}", re.IGNORECASE
)
_LOOK_BEHIND: Final = 30  # characters
_LAST_YEAR: Final = 2099
_THIRTY_DAYS: Final = frozenset({4, 6, 9, 11})
_OTHERS: Final = {
    DatePart.MONTH: range(1, 13),
    DatePart.DAY: range(1, 29),  # a day that every month has
    DatePart.WEEKDAY: range(7),
}


def swap_date(claim: str, context: str, rng: np.random.Generator) -> Iterator[Change]:
    """Yield the claim with a part of a date replaced by another of the context, or one near it.

    The way of writing stays. The new value stands nowhere else in the claim; a year after
    "after" or "until" is later (after "before", "by" or "since" earlier) than every year of claim
    and context, since a weaker bound would still be true.
    """
    own, others = list(find_dates(claim)), list(find_dates(context))
    proposals = _proposals(claim, own, others, rng)
    return build_changes(proposals, claim, context, SyntheticFamily.DATE_SWAP)


def _proposals(
    claim: str, own: Sequence[DateSpan], others: Sequence[DateSpan], rng: np.random.Generator
) -> Iterator[tuple[Span, str]]:
    for index in shuffled(len(own), rng):
        date = own[index]
        taken = {each.value for each in own if each.part is date.part}
        stated = {each.value for each in others if each.part is date.part}
        for value in _values(date, taken | stated, sorted(stated), _bound(claim, date), rng):
            if value not in taken:
                yield date.span, date.rewritten(value)


def _bound(claim: str, date: DateSpan) -> int:
    """Return 1 where only a later date is surely false, -1 where only an earlier one, else 0."""
    before = claim[max(0, date.date_start - _LOOK_BEHIND) : date.date_start]
    if _LATER_IS_FALSE.search(before):
        return 1
    return -1 if _EARLIER_IS_FALSE.search(before) else 0


def _values(
    date: DateSpan, known: set[int], stated: Sequence[int], bound: int, rng: np.random.Generator
) -> Iterator[int]:
    """Yield values from the context in random order, then others; with a bound, beyond all."""
    step = {DatePart.YEAR: 1, DatePart.DECADE: 10}.get(date.part)
    if step is None:
        if bound == 0:
            others = (*(stated[index] for index in shuffled(len(stated), rng)), *_others(date, rng))
            yield from (value for value in others if _is_possible(date, value))
        return
    moves = [step * (1 + index) for index in shuffled(9, rng)]
    if bound == 0:
        yield from (stated[index] for index in shuffled(len(stated), rng))
        signs = rng.choice([-1, 1], size=len(moves)).tolist()
        moved = [date.value + sign * move for sign, move in zip(signs, moves, strict=True)]
    else:
        edge = max(known) if bound > 0 else min(known)
        moved = [edge + bound * move for move in moves]
    yield from (value for value in moved if value <= _LAST_YEAR)


def _others(date: DateSpan, rng: np.random.Generator) -> Iterator[int]:
    others = _OTHERS[date.part]
    yield from (others[index] for index in shuffled(len(others), rng))


def _is_possible(date: DateSpan, value: int) -> bool:
    """Whether the day of a date exists in another month."""
    if date.part is not DatePart.MONTH:
        return True
    longest = 28 if value == 2 else 30 if value in _THIRTY_DAYS else 31
    return date.day <= longest
