"""Names in a text, by rule: runs of capitalised words, not merely the first of a sentence."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from concord.text.abbreviations import COMMON_FIRST_WORDS
from concord.text.dates import MONTHS, WEEKDAYS
from concord.text.gazetteer import (
    ADJECTIVES,
    DEMONYMS,
    FIRST_NAMES,
    FIRST_WORDS,
    GROUPS,
    PLACES,
    TITLES,
    WIDE_DEMONYMS,
)
from concord.text.sentences import Span
from concord.text.words import STOPWORDS

NAME: Final = re.compile(
    r"(?<![\w'\u2019])[^\W\d_a-z][\w\u2019-]*"
    r"(?: (?:of |the |de |van )?[^\W\d_a-z][\w\u2019-]*){0,4}"
)
"""A run of capitalised words; at the start of a sentence it need not be a name."""
_PLACE_BEFORE: Final = re.compile(r"\b(?:in|near|across|throughout|outside|inside)\s(?:the\s)?\Z")
_ARTICLE_BEFORE: Final = re.compile(r"\b[Tt]he\s\Z")
_PERSON_AFTER: Final = re.compile(
    r"(?:,? who\b|,? aged\b|, \d\d,|\s(?:said|says|told|added|wrote|married|born)\b)"
)
_NO_NAMES: Final = frozenset({*ADJECTIVES, *TITLES, "I", "OK", "TV", "PM", "Test"})
_STARTS_AFTER: Final = frozenset(".!?:;\"`\u201c\u201d\u2018'([\u2022*-\u2013\u2014>|#")
LINKS: Final = frozenset({"of", "the", "de", "van"})
_LOWER: Final = re.compile(r"(?<![\w'\u2019-])[a-z][\w-]+")
_WORD: Final = re.compile(r"\w[\w'\u2019-]+")
_MOST_CAPITALISED: Final = 0.75  # of a text's words; beyond it, it is a title
_LONG_WORD: Final = 4  # letters
_LOOK_BEHIND: Final = 16  # characters
_HYPHENATED: Final = re.compile(r"-[a-z]")
_DATE_WORDS: Final = frozenset({*MONTHS, *WEEKDAYS})


class NameKind(StrEnum):
    """What sort of thing a name seems to stand for."""

    PERSON = "person"
    PLACE = "place"
    GROUP = "group"
    DEMONYM = "demonym"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Name:
    """A name in a text, and whether "the" stands before it."""

    span: Span
    written: str
    kind: NameKind
    has_article: bool

    @property
    def words(self) -> frozenset[str]:
        """Its words in lower case, without those that only link them."""
        return frozenset(self.written.lower().split()) - LINKS


def find_names(texts: Sequence[str]) -> list[list[Name]]:
    """Return the names of each of some texts, which testify for each other.

    A capitalised word at the start of a sentence is taken for a name only if one of the texts
    has it with a capital within a sentence and none has it without. A text in which most long
    words are capitalised, or all are, is a title and has none.
    """
    runs = [[] if _is_title(text) else list(_runs(text)) for text in texts]
    inside = {
        word
        for text, spans in zip(texts, runs, strict=True)
        for span in spans
        for index, word in enumerate(text[span.start : span.end].split())
        if index or not _starts_sentence(text, span.start)
    }
    lower = {word for text in texts for word in _LOWER.findall(text)}
    known = {word for word in inside if word.lower() not in lower}
    return [
        _merge_kinds(
            [name for span in spans if (name := _read(text, span, known, lower)) is not None]
        )
        for text, spans in zip(texts, runs, strict=True)
    ]


def _is_title(text: str) -> bool:
    long = [word for word in _WORD.findall(text) if len(word) >= _LONG_WORD]
    capitalised: int = sum(word[0].isupper() for word in long)
    return capitalised > _MOST_CAPITALISED * len(long) + 1


def _runs(text: str) -> Iterator[Span]:
    """Yield runs of capitalised words, without function words in front and "'s" behind."""
    for match in NAME.finditer(text):
        start, end = match.span()
        while start < end:
            word = text[start:end].split(" ", 1)[0]
            if word.lower() not in STOPWORDS and word.lower() not in COMMON_FIRST_WORDS:
                break
            start = min(end, start + len(word) + 1)
        written = text[start:end]
        for ending in ("\u2019s", "\u2019", "-"):
            written = written.removesuffix(ending)
        if written and written[0].isupper():
            yield Span(start, start + len(written))


def _starts_sentence(text: str, position: int) -> bool:
    before = text[max(0, position - 3) : position].rstrip(" ")
    return not before or before[-1] in _STARTS_AFTER or before[-1] == "\n"


def _read(text: str, span: Span, known: set[str], lower: set[str]) -> Name | None:
    start, end = span
    if _starts_sentence(text, start):
        first, _, rest = text[start:end].partition(" ")
        if not _begins_name(first, rest, known, lower):
            start = end - len(rest)
    written = text[start:end]
    words = written.split()
    if len(written) < 2 or words[0] in LINKS or written in _NO_NAMES or _HYPHENATED.search(written):
        return None
    if not _DATE_WORDS.isdisjoint(words):
        return None
    before = text[max(0, start - _LOOK_BEHIND) : start]
    kind = _kind(words, before, text[end : end + _LOOK_BEHIND])
    return Name(Span(start, end), written, kind, bool(_ARTICLE_BEFORE.search(before)))


def _begins_name(first: str, rest: str, known: set[str], lower: set[str]) -> bool:
    """Whether the first word of a sentence belongs to the name that follows, or is one."""
    if first in known or first in PLACES or first in FIRST_NAMES or first in DEMONYMS:
        return True
    folded = first.lower()
    is_common = folded in lower or folded in FIRST_WORDS or folded.endswith(("ing", "ly", "ed"))
    return bool(rest) and not is_common


def _kind(words: Sequence[str], before: str, after: str) -> NameKind:
    if len(words) == 1 and (words[0] in DEMONYMS or words[0] in WIDE_DEMONYMS):
        return NameKind.DEMONYM
    title = before.split()[-1].rstrip(".") if before.strip() else ""
    if title in TITLES or words[0] in TITLES or (words[0] in FIRST_NAMES and len(words) > 1):
        return NameKind.PERSON
    if not GROUPS.isdisjoint(words):
        return NameKind.GROUP
    if words[-1] in PLACES:
        return NameKind.PLACE
    if len(words) == 1 and words[0].isupper():
        return NameKind.GROUP
    if _PERSON_AFTER.match(after):
        return NameKind.PERSON
    return NameKind.PLACE if _PLACE_BEFORE.search(before) else NameKind.OTHER


def _merge_kinds(names: Sequence[Name]) -> list[Name]:
    """Give each name the first kind that one of its mentions tells."""
    kinds: dict[str, NameKind] = {}
    for name in names:
        if name.kind is not NameKind.OTHER:
            kinds.setdefault(name.written, name.kind)
    return [replace(each, kind=kinds.get(each.written, each.kind)) for each in names]
