"""Words that make a bound of a number: more than 100, up to 100, about 100."""

import re
from typing import Final

from concord.text.sentences import Span

_LEAST: Final = re.compile(
    r"(?<!no )(?<!not )\b(?:more than|over|at least|above|exceed(?:s|ed|ing)?|"
    r"a minimum of|greater than|no (?:fewer|less) than|upwards of|better than|beyond|"
    r"older than|longer than)\s+\S?\Z",
    re.IGNORECASE,
)
_LEAST_AFTER: Final = re.compile(r"\+|\s(?:\w+\s)?(?:or|and) (?:more|over|above)\b")
_MOST: Final = re.compile(
    r"\b(?:less than|fewer than|under|below|at most|up to|a maximum of|no more than|within|"
    r"almost|nearly|not more than|younger than|shorter than)\s+\S?\Z",
    re.IGNORECASE,
)
_LOOK_AROUND: Final = 24  # characters
_ROUGH: Final = re.compile(
    r"\b(?:about|around|approximately|approx\.?|roughly|some|nearly|almost|circa|close to|"
    r"an estimated)\s+\S?\Z",
    re.IGNORECASE,
)


_AFTER: Final = re.compile(r"\b(?:after|later than|past|since)(?: the)?\s+\Z", re.IGNORECASE)
_BEFORE: Final = re.compile(
    r"\b(?:before|by|prior to|earlier than|until)(?: the)?\s+\Z", re.IGNORECASE
)


def bound_of(text: str, span: Span) -> int:
    """Return 1 if a text says at least the number at a place, -1 if at most, 0 if just so many."""
    before = _before(text, span)
    if _LEAST.search(before) or _LEAST_AFTER.match(text[span.end :][:_LOOK_AROUND]):
        return 1
    return -1 if _MOST.search(before) else 0


def bound_words(text: str, span: Span) -> Span | None:
    """Return the words before the number at a place that bound it, such as "more than"."""
    before = _before(text, span)
    match = _LEAST.search(before) or _MOST.search(before)
    return None if match is None else Span(span.start - len(before) + match.start(), span.start)


def order_of(text: str, span: Span) -> int:
    """Return 1 if a text says later than the time at a place, -1 if earlier, 0 if just then."""
    before = _before(text, span)
    return 1 if _AFTER.search(before) else -1 if _BEFORE.search(before) else 0


def is_rough(text: str, span: Span) -> bool:
    """Tell whether the number at a place is only near to what a text means."""
    return bool(_ROUGH.search(_before(text, span)))


def _before(text: str, span: Span) -> str:
    return text[max(0, span.start - _LOOK_AROUND) : span.start]
