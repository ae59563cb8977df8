"""What of a text can be checked word by word: its numbers, names, dates and times."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from concord.text.bounds import order_of
from concord.text.dates import DateSpan, whole_dates
from concord.text.names import Name, find_names
from concord.text.numbers import find_numbers
from concord.text.quantities import Quantity, find_quantities
from concord.text.sentences import Span
from concord.text.times import ClockTime, find_times


class DetailKind(StrEnum):
    """What sort of thing a detail is."""

    NUMBER = "number"
    NAME = "name"
    DATE = "date"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Date:
    """A date, and whether a text says after it (1), before it (-1) or on it."""

    parts: tuple[DateSpan, ...]
    order: int


Meaning: TypeAlias = Quantity | Name | ClockTime | Date
"""What a detail says."""


@dataclass(frozen=True, slots=True)
class Detail:
    """A number, name, date or time, and where it stands."""

    kind: DetailKind
    span: Span
    meaning: Meaning


def find_details(text: str, context: str = "") -> list[Detail]:
    """Return the details of a text in order; none overlaps another.

    Args:
        text: Where to look.
        context: Helps to tell names from other words that start a sentence.
    """
    names = find_names([text, context])[0]
    return _disjoint(
        (
            *(Detail(DetailKind.TIME, time.span, time) for time in find_times(text)),
            *_dates(text),
            *(Detail(DetailKind.NUMBER, each.span, each) for each in _quantities(text, names)),
            *(Detail(DetailKind.NAME, name.span, name) for name in names),
        )
    )


def _disjoint(details: Iterable[Detail]) -> list[Detail]:
    """Return the details in order, without those that overlap an earlier one of the list."""
    kept: list[Detail] = []
    for detail in details:
        start, end = detail.span
        if all(end <= other.span.start or other.span.end <= start for other in kept):
            kept.append(detail)
    return sorted(kept, key=lambda detail: detail.span)


def _dates(text: str) -> Iterator[Detail]:
    for parts in whole_dates(text):
        span = Span(parts[0].span.start, parts[-1].span.end)
        yield Detail(DetailKind.DATE, span, Date(parts, order_of(text, span)))


def _quantities(text: str, names: Sequence[Name]) -> Iterator[Quantity]:
    """Yield the amounts that are numbers for sure; those in or right behind a name are part of it.

    So "Apollo 11" and "the Tenth Doctor" have none.
    """
    numbers = {number.span.start for number in find_numbers(text)}
    behind_names = {name.span.end + 1 for name in names}
    for quantity in find_quantities(text):
        start, end = quantity.span
        is_in_name = text[start].isupper() and text[end + 1 : end + 2].isupper()
        is_in_name = is_in_name or start in behind_names
        if not is_in_name and not numbers.isdisjoint(range(start, end)):
            yield quantity
