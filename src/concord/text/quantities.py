"""Whole amounts in a text, read liberally: $5 million, a dozen, one hundred and twenty, 3rd."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from concord.text.bounds import bound_of, is_rough, order_of
from concord.text.numbers import ORDINALS, SPELLED_VALUES
from concord.text.sentences import Span
from concord.text.words import words_of

_SCALES: Final = {
    "hundred": 100,
    "thousand": 1_000,
    "k": 1_000,
    "million": 1_000_000,
    "mn": 1_000_000,
    "m": 1_000_000,
    "billion": 1_000_000_000,
    "bn": 1_000_000_000,
    "trillion": 1_000_000_000_000,
}
_SPELLED_SCALES: Final = {name: size for name, size in _SCALES.items() if len(name) > 2}
_SPELLED: Final = {
    **SPELLED_VALUES,
    **{word: value for value, word in enumerate(ORDINALS)},
    "dozen": 12,
}
_WORD: Final = rf"(?:{'|'.join(sorted((*_SPELLED, *_SPELLED_SCALES), key=len, reverse=True))})"
_JOINT: Final = r"(?:[ -]|(?:(?<=hundred)|(?<=thousand)|(?<=million)|(?<=billion)) and )"
_PERCENT: Final = r"(?: ?%| per ?cent\b)?"
_QUANTITY: Final = re.compile(
    r"(?:[$\u00a3\u20ac\u00a5] ?)?(?P<digits>[0-9]{1,3}(?:,[0-9]{3}){1,5}(?![0-9])(?:\.[0-9]+)?"
    r"|[0-9]{1,15}+(?:\.[0-9]{1,9})?)(?:(?:st|nd|rd|th)\b)?"
    rf"(?:[ -]?(?P<scale>{'|'.join(_SCALES)})\b)?{_PERCENT}"
    rf"|\b(?P<words>{_WORD}(?:{_JOINT}{_WORD}){{0,9}}s?)\b{_PERCENT}",
    re.IGNORECASE,
)
_TORN: Final = re.compile(r"(?<=[0-9][.,]) (?=[0-9])")  # "1, 500", as tokenizers leave it
_CENTURY: Final = re.compile(r"[ -]centur(?:y|ies)\b")
_ROMAN_NUMERALS: Final = words_of("I II III IV V VI VII VIII IX X XI XII XIII XIV XV")
_OTHER_WORDS: Final = {
    "half": ("0.5", "50"),
    "third": ("3", "33"),
    "thirds": ("67",),
    "quarter": ("0.25", "25", "4"),
    "quarters": ("0.75", "75"),
    **dict.fromkeys(("a", "an", "single", "once", "only", "sole"), ("1",)),
    **dict.fromkeys(("both", "pair", "couple", "twice", "double", "doubled", "twin"), ("2",)),
    **dict.fromkeys(("triple", "tripled", "trio", "thrice", "trilogy", "treble"), ("3",)),
    **dict.fromkeys(("quartet", "quadruple"), ("4",)),
    **dict.fromkeys(("decade", "decades"), ("10",)),
    **dict.fromkeys(("century", "centuries"), ("100",)),
    "annual": ("1",),
}
_ANY_WORD: Final = re.compile(r"[A-Za-z]+")


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount in a text.

    Attributes:
        span: Where it stands, with its currency, scale and per cent sign.
        value: Its value.
        bound: 1 after "more than" and the like, -1 after "less than", else 0.
        is_rough: Whether it stands after "about" and the like.
        is_century: Whether it counts centuries, as in "18th century".
    """

    span: Span
    value: Decimal
    bound: int = 0
    is_rough: bool = False
    is_century: bool = False


def find_quantities(text: str) -> Iterator[Quantity]:
    """Yield the amounts of a text in order: figures anywhere, and runs of number words."""
    for match in _QUANTITY.finditer(text):
        span = Span(*match.span())
        bound = bound_of(text, span) or order_of(text, span)
        is_century = _CENTURY.match(text, span.end) is not None
        yield Quantity(span, _value(match), bound, is_rough(text, span), is_century)


def stated_values(text: str) -> frozenset[Decimal]:
    """Return all values that a text may be said to state: whole, in part, in other words."""
    values = set(_read_values(text))
    together = _TORN.sub("", text)
    if together != text:
        values.update(_read_values(together))
    words = set(_ANY_WORD.findall(text))
    for word in words:
        values.update(map(Decimal, _OTHER_WORDS.get(word.lower(), ())))
    values.update(
        Decimal(value) for value, numeral in enumerate(_ROMAN_NUMERALS, 1) if numeral in words
    )
    return frozenset(values)


def _read_values(text: str) -> Iterator[Decimal]:
    """Yield the value of each amount, with its scale and without, and of each of its words."""
    for match in _QUANTITY.finditer(text):
        yield _value(match)
        if match["digits"]:
            yield Decimal(match["digits"].replace(",", ""))
        else:
            parts = re.split(r"[ -]", match["words"].lower())
            yield from (Decimal(_SPELLED[part]) for part in parts if part in _SPELLED)


def _value(match: re.Match[str]) -> Decimal:
    if match["digits"]:
        scale = _SCALES[match["scale"].lower()] if match["scale"] else 1
        return Decimal(match["digits"].replace(",", "")) * scale
    total = current = 0
    for word in re.split(r"[ -]", match["words"].lower()):
        size = _SCALES.get(word.rstrip("s") if word not in _SPELLED else word)
        if size is None:
            current += _SPELLED.get(word, 0)
        elif size == _SCALES["hundred"]:
            current = max(current, 1) * size
        else:
            total, current = total + max(current, 1) * size, 0
    return Decimal(total + current)
