"""Dates in a text, part by part: years, decades, months, days and weekdays in several formats."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import Final

from concord.text.sentences import Span

MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
WEEKDAYS: Final = (
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
)
_MONTH: Final = (
    r"(?P<month>Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|"
    r"Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b"
)
_DAY: Final = r"(?P<day>(?:0?[1-9]|[12][0-9]|3[01])(?:st|nd|rd|th)?)\b"
_YEAR: Final = r"(?P<year>1[1-9][0-9]{2}|20[0-9]{2})\b"
_APART: Final = r"(?<![\w.,/:#+$\u00a3\u20ac\u2010-\u2014-])"
_PATTERNS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_APART}{_DAY}(?: of)? {_MONTH}\.?(?: ?,? {_YEAR})?",
        rf"\b{_MONTH}\.? {_DAY}(?![:,%][0-9]|%)(?: ?,? {_YEAR})?",
        rf"\b{_MONTH}\.?,? (?:of )?{_YEAR}",
        rf"\b(?i:in|since|last|next|early|late|mid|until)[ -]{_MONTH}(?!['\u2019. ]+[A-Zs]\w)",
        rf"{_APART}{_YEAR}-(?P<month>0[1-9]|1[0-2])-(?P<day>0[1-9]|[12][0-9]|3[01])(?:\b|(?=T))",
        rf"{_APART}(?:0?[1-9]|[12][0-9]|3[01])[/.](?:0?[1-9]|[12][0-9]|3[01])[/.]{_YEAR}",
        rf"\b(?P<weekday>{'|'.join(WEEKDAYS)})\b",
        r"\b(?P<decade>(?:1[1-9][0-9]|20[0-9])0s)\b",
    )
)
_LONE_YEAR: Final = re.compile(rf"{_APART}{_YEAR}(?![:%/]|[.,\u2010-\u2014-][0-9])")
_YEAR_BEFORE: Final = re.compile(
    r"(?:\b(?:in|since|during|by|of|from|until|till|before|after|to|and|or|early|late|mid|year|"
    r"around|circa|the|for|summer|winter|spring|autumn|fall|season)|[(,;])\s*\Z",
    re.IGNORECASE,
)
_SURELY_YEARS: Final = "1900"
_NO_YEAR: Final = re.compile(
    r"\s?(?:%|km\b|m\b|kg\b|ft\b|hundred\b|thousand\b|million\b|billion\b|people\b|"
    r"(?!was\b|is\b|has\b|as\b|does\b|this\b|its\b|his\b|thus\b|series\b|sales\b)[a-z]+s\b)"
)
_LOOK_BEHIND: Final = 16  # characters


class DatePart(StrEnum):
    """Which part of a date; one is only ever swapped for another of its kind."""

    YEAR = "year"
    DECADE = "decade"
    MONTH = "month"
    DAY = "day"
    WEEKDAY = "weekday"


@dataclass(frozen=True, slots=True)
class DateSpan:
    """A part of a date in a text, with the place where that date starts, and its day if any."""

    span: Span
    written: str
    part: DatePart
    value: int
    date_start: int
    day: int = 0

    def rewritten(self, value: int) -> str:
        """Return another value in the style of this one."""
        match self.part:
            case DatePart.YEAR:
                return str(value)
            case DatePart.DECADE:
                return f"{value}s"
            case DatePart.WEEKDAY:
                return WEEKDAYS[value]
            case DatePart.MONTH:
                return self._rewritten_month(value)
            case DatePart.DAY:
                figures = f"{value:02d}" if self.written.startswith("0") else str(value)
                return figures + (ordinal_suffix(value) if self.written[-1].isalpha() else "")

    def _rewritten_month(self, value: int) -> str:
        if self.written.isdecimal():
            return f"{value:02d}"
        return MONTHS[value - 1] if self.written in MONTHS else MONTHS[value - 1][:3]


def find_dates(text: str) -> Iterator[DateSpan]:
    """Yield the parts of the dates of a text, each once, in no particular order."""
    seen: set[int] = set()
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            for part in _parts(match):
                if part.span.start not in seen:
                    seen.add(part.span.start)
                    yield part
    for match in _LONE_YEAR.finditer(text):
        if match.start() not in seen and _is_year(text, match):
            yield from _parts(match)


def whole_dates(text: str) -> Iterator[tuple[DateSpan, ...]]:
    """Yield the dates of a text, each as its parts in order."""
    found = sorted(find_dates(text), key=lambda part: (part.date_start, part.span))
    for _, parts in groupby(found, key=lambda part: part.date_start):
        yield tuple(parts)


def ordinal_suffix(value: int) -> str:
    """Return the letters that make an ordinal of a number in figures: 1st, 2nd, 3rd, 4th."""
    if 10 <= value % 100 <= 20:
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")


def _parts(match: re.Match[str]) -> Iterator[DateSpan]:
    groups = match.groupdict()
    day = _value(DatePart.DAY, groups.get("day") or "0")
    for name, written in groups.items():
        if written is not None:
            part, span = DatePart(name), Span(*match.span(name))
            yield DateSpan(span, written, part, _value(part, written), match.start(), day)


def _value(part: DatePart, written: str) -> int:
    if part is DatePart.WEEKDAY:
        return WEEKDAYS.index(written)
    if part is DatePart.MONTH and not written.isdecimal():
        return 1 + [month[:3] for month in MONTHS].index(written[:3])
    return int(written.rstrip("sthndr"))


def _is_year(text: str, match: re.Match[str]) -> bool:
    """Whether four figures that stand alone are a year rather than an amount."""
    if _NO_YEAR.match(text, match.end()):
        return False
    before = text[max(0, match.start() - _LOOK_BEHIND) : match.start()]
    return match[0] >= _SURELY_YEARS or bool(_YEAR_BEFORE.search(before))
