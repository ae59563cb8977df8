"""Where the sentences of a text begin and end.

A rule-based splitter: English first, sensible for any script, one pass whatever the text. It
never fails to place a character: every one that is not blank lies in exactly one sentence.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple, TypeAlias

from concord.text.abbreviations import (
    BEFORE_NUMBER,
    COMMON_FIRST_WORDS,
    NEVER_LAST,
    OFTEN_INSIDE,
    OFTEN_INSIDE_CAPITALISED,
)


class Span(NamedTuple):
    """A stretch of a text: its first and its past-the-end character."""

    start: int
    end: int


SentenceSplitter: TypeAlias = Callable[[str], list[Span]]
"""Returns the sentences of a text in order; they do not overlap and leave out only blanks."""

_STOPS: Final = ".!?\u2026\u203c\u2047-\u2049"
# Stops of other scripts mark nothing but the end of a sentence and need no blank after them.
_CLEAR_STOPS: Final = (
    "\u3002\uff01\uff1f\uff61\u061f\u06d4\u0964\u0965\u1362\u1367\u0589\u104b\u17d4\u17d5"
)
_CLOSERS: Final = "\"')\\]}*_`\u2019\u201d\u00bb\u203a\uff09\u300d\u300f\u3011\u300b"
_OPENERS: Final = "\"'([{*_`\u2018\u201c\u00ab\u2039\u201e\u201a\u00a1\u00bf\uff08\u300c\u300e"
_LINE_BREAKS: Final = "\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029"

# No branch can fail after a long match, so the search is linear (no backtracking over a run).
_CANDIDATE: Final = re.compile(
    rf"(?P<clear>[{_CLEAR_STOPS}][{_CLEAR_STOPS}{_STOPS}]*+)[{_CLOSERS}]*+"
    rf"|(?P<stop>[{_STOPS}]++)[{_CLOSERS}\u201c\u2018]*+(?:\[\d{{1,3}}\])*+"
    rf"|[{_LINE_BREAKS}]\s*+"
)
_LINE_BREAK: Final = re.compile(rf"\r\n|[{_LINE_BREAKS}]")
_BLANKS: Final = re.compile(r"\s*+")
_NEXT_WORD: Final = re.compile(
    rf"(?P<quote>[`\u2018\u201c\u201e\u00ab]|[\"'](?=\w))?+[{_OPENERS}]{{0,8}}+\s?+"
    r"(?P<word>\w{0,24}+)(?P<after>\S?)"
)
_WORD_BEFORE: Final = re.compile(r"[\w.'\u2019]*\Z")
_LONGEST_ABBREVIATION: Final = 24
_WIDEST_WRAPPED_LINE: Final = 120  # characters
_AMPLE_ROOM: Final = 0.75  # of the widest line; proportional type wraps unevenly
_ENUMERATOR: Final = re.compile(r"[(\[]?(?:\d{1,3}|[A-Za-z]|[ivxIVX]{1,5})\Z")
_LIST_ITEM: Final = re.compile(
    r"(?:[-*+\u2022\u2023\u25e6\u2043\u25aa\u25cf\u2013\u2014]|#{1,6}"
    r"|[(\[]?(?:\d{1,3}|[A-Za-z])[.)\]])\s"
)


def split_sentences(text: str) -> list[Span]:
    """Return the sentences of a text, without the blanks around them, in order.

    A blank line or a list item always ends a sentence; a single line break where the line ends
    with a stop or is cut short (see `_ends_at_line_break`). A stop ends none inside a number,
    an address or an abbreviation, nor before a lower-case word (unless the whole text is
    written without capitals).
    """
    return [span for start, end in _pieces(text) if (span := _strip(text, start, end)) is not None]


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    is_uncased = text == text.lower()
    width = max(map(len, text.splitlines()), default=0)
    start = line_start = 0
    for match in _CANDIDATE.finditer(text):
        if match["clear"] is not None:
            is_end = _ends_after_clear_stop(text, match.end())
        elif match["stop"] is not None:
            is_end = _ends_after_stop(text, start, match, is_uncased=is_uncased)
        else:
            line = text[line_start : match.start()].rstrip()
            is_end = _ends_at_line_break(text, match, line, width)
            line_start = match.end()
        if is_end:
            yield start, match.end()
            start = match.end()
    yield start, len(text)


def _strip(text: str, start: int, end: int) -> Span | None:
    piece = text[start:end]
    lead = len(piece) - len(piece.lstrip())
    trail = len(piece) - len(piece.rstrip())
    return Span(start + lead, end - trail) if lead < len(piece) else None


def _ends_at_line_break(text: str, match: re.Match[str], line: str, width: int) -> bool:
    """Whether blanks with a line break in them, after a line, are a boundary.

    In wrapped text a line ends because the next word does not fit. So a line that leaves ample
    room, or a break in a text whose lines are too long for wrapping, was meant as an end.
    """
    breaks = _LINE_BREAK.findall(match[0])
    if len(breaks) > 1 or breaks[0] in {"\x0c", "\u2029"}:  # a blank line, new page or paragraph
        return True
    if _LIST_ITEM.match(text, match.end()) is not None:
        return True
    if line.endswith("."):  # the rule for stops has seen this one
        return False
    word = _next_word(text, match.end())["word"]
    has_room = len(line) + len(word) < _AMPLE_ROOM * width or width > _WIDEST_WRAPPED_LINE
    return has_room and not word[:1].islower()


def _ends_after_clear_stop(text: str, end: int) -> bool:
    return text[end : end + 1] not in {*",;:.!?\u2026\u3001\uff0c\uff1b\uff1a\u060c\u061b"}


def _ends_after_stop(text: str, start: int, match: re.Match[str], *, is_uncased: bool) -> bool:
    blanks = text[match.end() : _end_of_blanks(text, match.end())]
    ahead = _next_word(text, match.end() + len(blanks))
    word, after, stop = ahead["word"], ahead["after"], match["stop"]
    if ahead.start() == len(text):
        return True
    if not blanks or (not word and after and after in ".!?\u2026,;:)]}%"):
        return False
    if stop == "." and _goes_on_after(text, start, match.start(), ahead, is_uncased=is_uncased):
        return False
    if not word[:1].islower() or _LINE_BREAK.search(blanks):
        return True
    if stop == "." and ahead["quote"]:
        return True
    return is_uncased and stop[-1] != "\u2026" and not stop.endswith("..")


def _end_of_blanks(text: str, start: int) -> int:
    match = _BLANKS.match(text, start)
    return match.end() if match else start


def _next_word(text: str, start: int) -> re.Match[str]:
    match = _NEXT_WORD.match(text, start)
    assert match is not None  # noqa: S101 - every part of the pattern may be empty
    return match


def _goes_on_after(
    text: str, start: int, stop: int, ahead: re.Match[str], *, is_uncased: bool
) -> bool:
    """Whether the word that a single full stop follows is a number of a list or shortened."""
    near = text[max(start, stop - _LONGEST_ABBREVIATION) : stop]
    if stop - start <= _LONGEST_ABBREVIATION and _ENUMERATOR.match(near.lstrip()):
        return True
    found = _WORD_BEFORE.search(near)
    word = found[0].strip("'\u2019") if found else ""
    folded = word.lower()
    if folded in NEVER_LAST or (folded in BEFORE_NUMBER and ahead["word"][:1].isdigit()):
        return True
    if not _is_often_inside(word):
        return False
    return is_uncased or ahead["after"] == "." or not _is_common_first_word(ahead["word"])


def _is_often_inside(word: str) -> bool:
    letters = word.split(".")
    is_initials = all(part.isalpha() and len(part) <= 2 for part in letters) and (
        len(letters) > 1 or len(word) == 1
    )
    return is_initials or word.lower() in OFTEN_INSIDE or word in OFTEN_INSIDE_CAPITALISED


def _is_common_first_word(word: str) -> bool:
    return word[:1].isupper() and word.lower() in COMMON_FIRST_WORDS
