"""How good a place to divide a text the beginning of each of its sentences is."""

import re
from collections.abc import Sequence
from enum import IntEnum
from itertools import pairwise
from typing import Final

from concord.text.sentences import Span

_LINE_BREAK: Final = re.compile("\r\n|[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_PAGE_BREAKS: Final = ("\x0c", "\u2029")


class Boundary(IntEnum):
    """What lies in front of a piece of text; the higher, the better a place to cut."""

    CONTINUED = 0
    """The rest of a sentence, or what a heading or a line with a colon announces."""
    SENTENCE = 1
    LINE = 2
    """A line of its own: an item of a list, a turn of a dialogue."""
    PARAGRAPH = 3
    """A blank line, or a new page."""


def find_boundaries(text: str, sentences: Sequence[Span]) -> list[Boundary]:
    """Return what lies in front of each sentence; the first one begins a paragraph."""
    inner = [_boundary(text, before, after) for before, after in pairwise(sentences)]
    return [Boundary.PARAGRAPH, *inner][: len(sentences)]


def _boundary(text: str, before: Span, after: Span) -> Boundary:
    breaks = _LINE_BREAK.findall(text, before.end, after.start)
    if not breaks:
        return Boundary.SENTENCE
    if text[before.end - 1] == ":" or text[before.start] == "#":
        return Boundary.CONTINUED
    is_paragraph = len(breaks) > 1 or breaks[0] in _PAGE_BREAKS
    return Boundary.PARAGRAPH if is_paragraph else Boundary.LINE
