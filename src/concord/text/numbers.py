"""Numbers in a text: counts, percentages, money and ordinals, in digits or spelled out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from concord.text.dates import find_dates, ordinal_suffix
from concord.text.sentences import Span
from concord.text.words import in_case_of, words_of

_UNITS: Final = words_of(
    """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
    sixteen seventeen eighteen nineteen
    """
)
_TENS: Final = words_of("zero ten twenty thirty forty fifty sixty seventy eighty ninety")
ORDINALS: Final = words_of(
    """
    zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth
    thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth
    """
)
SPELLED_VALUES: Final = {
    **{word: number for number, word in enumerate(_UNITS)},
    **{word: 10 * number for number, word in enumerate(_TENS[2:], start=2)},
}
_HIGHEST_SPELLED: Final = 99
_PERCENT: Final = 100

_SCALE: Final = r"hundred|thousand|million|billion|trillion|bn|mn|m|k"
_MEASURE: Final = r"km|kg|cm|mm|ft|lbs?|g|mph|kph|GB|MB|am|pm"
_DIGITS: Final = re.compile(
    r"(?<![\w.,/:#+\u2010-\u2014-])(?P<currency>(?:US|A|C)?[$\u00a3\u20ac\u00a5] ?)?+"
    r"(?P<digits>[0-9]{1,3}(?:,[0-9]{3}){1,4}(?:\.[0-9]{1,6})?|[0-9]{1,15}+(?:\.[0-9]{1,6})?)"
    rf"(?:(?P<ordinal>st|nd|rd|th)|{_MEASURE})?+(?P<percent> ?%| per ?cent\b)?+"
    rf"(?P<scale>[ -]?(?:{_SCALE})\b)?+(?![\w/:]|[.,\u2010-\u2014-][0-9])"
)
_SPELLED: Final = re.compile(
    rf"(?<![\w-])(?P<tens>{'|'.join(_TENS[2:])})(?:-(?P<unit>{'|'.join(_UNITS[1:10])}))?"
    rf"(?![\w'\u2019])(?P<scale>[ -](?:{_SCALE})\b)?"
    rf"|(?<![\w-])(?P<small>{'|'.join(_UNITS[1:])})(?![\w'\u2019])"
    rf"(?P<small_scale>[ -](?:{_SCALE})\b)?",
    re.IGNORECASE,
)
_ORDINAL: Final = re.compile(
    rf"(?<=\s)(?:{'|'.join(ORDINALS[1:])})(?=[ -][\w'])(?!-hand| of all| time )", re.IGNORECASE
)
_BEFORE_ORDINAL: Final = re.compile(
    r"(?:\b(?:the|his|her|their|its|our|my)|['\u2019]s)\s\Z", re.IGNORECASE
)
_LOOK_BEHIND: Final = 24  # characters


class NumberKind(StrEnum):
    """What a number says; one is only ever swapped for another of its kind."""

    COUNT = "count"
    DECIMAL = "decimal"
    PERCENT = "percent"
    MONEY = "money"
    ORDINAL = "ordinal"


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a text.

    Attributes:
        span: The figures or words that give its value, without currency, unit or scale.
        written: That part of the text.
        value: What it says, its scale aside.
        kind: What sort of number it is.
        scale: A word such as "million" behind it, or nothing.
    """

    span: Span
    written: str
    value: Decimal
    kind: NumberKind
    scale: str = ""

    @property
    def is_spelled(self) -> bool:
        """Whether it stands there in words."""
        return not self.written[0].isdecimal()

    def rewritten(self, value: Decimal) -> str | None:
        """Return another value in the style of this number; None if it cannot be put so."""
        if self.is_spelled:
            word = _spelled(value, is_ordinal=self.kind is NumberKind.ORDINAL)
            return in_case_of(word, self.written) if word else None
        places = len(self.written.partition(".")[2].rstrip("stndrh"))
        separator = "," if "," in self.written or (value >= 10_000 and places == 0) else ""
        if places == 0 and value != value.to_integral_value():
            return None
        suffix = ordinal_suffix(int(value)) if self.kind is NumberKind.ORDINAL else ""
        return f"{value:{separator}.{places}f}{suffix}"


def find_numbers(text: str) -> Iterator[Number]:
    """Yield the numbers of a text in no particular order; years and dates are none."""
    dates = {date.span.start for date in find_dates(text)}
    for match in _DIGITS.finditer(text):
        if match.start("digits") not in dates:
            yield _read_digits(match)
    for match in _SPELLED.finditer(text):
        start, end, value = match.start(), match.end(), _spelled_value(match)
        scale = match["scale"] or match["small_scale"] or ""
        span = Span(start, end - len(scale))
        if value > 1 or scale:  # "one" is seldom a number
            written = text[span.start : span.end]
            yield Number(span, written, Decimal(value), NumberKind.COUNT, scale.strip(" -"))
    for match in _ORDINAL.finditer(text):
        if _BEFORE_ORDINAL.search(text[max(0, match.start() - _LOOK_BEHIND) : match.start()]):
            value = ORDINALS.index(match[0].lower())
            yield Number(Span(*match.span()), match[0], Decimal(value), NumberKind.ORDINAL)


def _read_digits(match: re.Match[str]) -> Number:
    digits = match["digits"]
    if match["percent"]:
        kind = NumberKind.PERCENT
    elif match["currency"]:
        kind = NumberKind.MONEY
    elif match["ordinal"]:
        kind = NumberKind.ORDINAL
    else:
        kind = NumberKind.DECIMAL if "." in digits and not match["scale"] else NumberKind.COUNT
    end = match.end("ordinal") if match["ordinal"] else match.end("digits")
    span = Span(match.start("digits"), end)
    written = match.string[span.start : span.end]
    scale = (match["scale"] or "").strip(" -")
    return Number(span, written, Decimal(digits.replace(",", "")), kind, scale)


def _spelled_value(match: re.Match[str]) -> int:
    if match["small"]:
        return SPELLED_VALUES[match["small"].lower()]
    return SPELLED_VALUES[match["tens"].lower()] + SPELLED_VALUES[(match["unit"] or "zero").lower()]


def _spelled(value: Decimal, *, is_ordinal: bool) -> str | None:
    if value != value.to_integral_value() or not 1 <= value <= _HIGHEST_SPELLED:
        return None
    number = int(value)
    if is_ordinal:
        return ORDINALS[number] if number < len(ORDINALS) else None
    if number < len(_UNITS):
        return _UNITS[number]
    tens, unit = divmod(number, 10)
    return _TENS[tens] + (f"-{_UNITS[unit]}" if unit else "")
