"""Times of day in a text: 21:40, 9.40 p.m., 9 pm, half past nine, noon."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from concord.text.sentences import Span
from concord.text.words import words_of

_HOURS: Final = words_of("one two three four five six seven eight nine ten eleven twelve")
_HALF_DAY: Final = 12 * 60
_DAY: Final = 2 * _HALF_DAY
_HALF: Final = r"[ \u00a0]?(?P<half>[ap])\.?m\b\.?"
_PATTERNS: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?<![\w.,:$-])(?P<hour>[01]?[0-9]|2[0-3]):(?P<minute>[0-5][0-9])(?![\w:]|[.,][0-9])"
        rf"(?:{_HALF})?",
        rf"(?<![\w.,:$-])(?P<hour>1[0-2]|0?[1-9])(?:[.:](?P<minute>[0-5][0-9]))?{_HALF}",
        rf"\b(?P<part>half|quarter) (?P<side>past|to) (?P<spoken>{'|'.join(_HOURS)})\b",
        r"\b(?P<fixed>noon|midday|midnight)\b",
    )
)
_MINUTES: Final = {"half": 30, "quarter": 15, "noon": 720, "midday": 720, "midnight": 0}


@dataclass(frozen=True, slots=True)
class ClockTime:
    """A time of day in a text.

    Attributes:
        span: Where it stands.
        minutes: The minutes after midnight that it may mean: 9:40 is morning or evening.
    """

    span: Span
    minutes: frozenset[int]


def find_times(text: str) -> Iterator[ClockTime]:
    """Yield the times of day of a text in no particular order, each once."""
    seen: set[int] = set()
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            if match.start() not in seen:
                seen.add(match.start())
                yield ClockTime(Span(*match.span()), frozenset(_minutes(match.groupdict())))


def _minutes(groups: dict[str, str | None]) -> Iterator[int]:
    if fixed := groups.get("fixed"):
        yield _MINUTES[fixed.lower()]
        return
    if spoken := groups.get("spoken"):
        shift = _MINUTES[str(groups["part"]).lower()]
        sign = 1 if str(groups["side"]).lower() == "past" else -1
        time = 60 * (1 + _HOURS.index(spoken.lower())) + sign * shift
    else:
        time = 60 * int(groups["hour"] or 0) + int(groups["minute"] or 0)
    half = groups.get("half")
    if half:
        yield time % _HALF_DAY + (_HALF_DAY if half.lower() == "p" else 0)
        return
    yield time % _DAY
    if 60 <= time < _HALF_DAY + 60:
        yield (time + _HALF_DAY) % _DAY
