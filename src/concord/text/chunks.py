"""Token-bounded pieces of a text: whole sentences where they fit, parts of them where not."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, repeat
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from concord.errors import ConfigError
from concord.text.boundaries import Boundary
from concord.text.sentences import Span
from concord.text.tokenizer import TokenIds, TokenizedText


@dataclass(frozen=True, slots=True)
class Chunk:
    """Consecutive tokens of a text, and the characters that they come from.

    Attributes:
        token_start: The first token.
        token_end: The past-the-end token.
        start: The first character.
        end: The past-the-end character.
    """

    token_start: int
    token_end: int
    start: int
    end: int

    def __len__(self) -> int:
        return self.token_end - self.token_start

    def ids(self, tokenized: TokenizedText) -> TokenIds:
        """Return this chunk's share of the ids of the text that it was made from."""
        return tokenized.ids[self.token_start : self.token_end]


class _Piece(NamedTuple):
    """A sentence or part of one: its tokens, and what lies in front of it."""

    start: int
    end: int
    boundary: Boundary


EMPTY_CHUNK = Chunk(0, 0, 0, 0)
"""All there is of a text without tokens, so that it is scored too."""


def pack_chunks(
    tokenized: TokenizedText,
    sentences: Sequence[Span],
    *,
    max_tokens: int,
    boundaries: Sequence[Boundary] | None = None,
    overlap_tokens: int = 0,
) -> list[Chunk]:
    """Pack whole sentences, in order, into chunks that end where the text makes a break.

    A chunk takes what fits, and then ends at the strongest boundary in its second half, the last
    of equal ones. A sentence longer than a chunk is divided as in `split_long_sentences`. Every
    token is in a chunk, and in exactly one without overlap; a text without tokens is one empty
    chunk.

    Args:
        tokenized: The whole text's tokens.
        sentences: Its sentences, in order.
        max_tokens: Bound on the tokens of a chunk.
        boundaries: What lies in front of each sentence; all alike unless given.
        overlap_tokens: A chunk begins with the last whole sentences of the one before it that
            stay within this bound, where that leaves room for a new one.

    Returns:
        The chunks in order, at least one.
    """
    pieces = list(_pieces(tokenized, sentences, boundaries, max_tokens))
    return _build_chunks(tokenized, _pack(pieces, max_tokens, overlap_tokens))


def split_long_sentences(
    tokenized: TokenizedText, sentences: Sequence[Span], *, max_tokens: int
) -> list[Chunk]:
    """Return one chunk for each sentence that has tokens, and several for an over-long one.

    An over-long sentence is cut in front of a word where it can be, so that a word falls apart
    only if it is longer than a chunk by itself. Every token is in exactly one chunk; a text
    without tokens is one empty chunk.

    Args:
        tokenized: The whole text's tokens.
        sentences: Its sentences, in order.
        max_tokens: Bound on the tokens of a chunk.

    Returns:
        The chunks in order, at least one.
    """
    pieces = _pieces(tokenized, sentences, None, max_tokens)
    return _build_chunks(tokenized, ((piece.start, piece.end) for piece in pieces))


def _pieces(
    tokenized: TokenizedText,
    sentences: Sequence[Span],
    boundaries: Sequence[Boundary] | None,
    max_tokens: int,
) -> Iterator[_Piece]:
    """Yield each sentence that has tokens, and the parts of an over-long one."""
    if max_tokens < 1:
        raise ConfigError(f"a chunk must hold at least 1 token, got max_tokens = {max_tokens}")
    edges = _sentence_edges(tokenized, sentences)
    longest = max((end - start for start, end in pairwise(edges)), default=0)
    # Most texts have no sentence to cut, and scoring short ones should not wait for this.
    word_starts = _latest_word_starts(tokenized.offsets) if longest > max_tokens else None
    strengths = boundaries or repeat(Boundary.SENTENCE)
    for (start, end), boundary in zip(pairwise(edges), strengths, strict=False):
        while word_starts is not None and end - start > max_tokens:
            word_start = int(word_starts[start + max_tokens])
            cut = word_start if word_start > start else start + max_tokens
            yield _Piece(start, cut, boundary)
            start, boundary = cut, Boundary.CONTINUED
        if end > start:
            yield _Piece(start, end, boundary)


def _sentence_edges(tokenized: TokenizedText, sentences: Sequence[Span]) -> list[int]:
    """Return the tokens at which sentences begin, and the number of tokens at the end."""
    if len(sentences) < 2:
        return [0, len(tokenized.ids)]
    # By the end of a token: some tokenizers count the blank before a word as part of it.
    ends = np.maximum.accumulate(tokenized.offsets[:, 1])
    starts = [sentence.start for sentence in sentences[1:]]
    return [0, *np.searchsorted(ends, starts, side="right").tolist(), len(tokenized.ids)]


def _latest_word_starts(offsets: NDArray[np.int32]) -> NDArray[np.int64]:
    """Return, for each token, the last token up to it that follows a blank (or the first)."""
    follows_blank = np.zeros(len(offsets), dtype=bool)
    follows_blank[1:] = offsets[1:, 0] > offsets[:-1, 1]
    positions = np.arange(len(offsets), dtype=np.int64)
    latest: NDArray[np.int64] = np.maximum.accumulate(np.where(follows_blank, positions, 0))
    return latest


def _pack(
    pieces: Sequence[_Piece], max_tokens: int, overlap_tokens: int
) -> Iterator[tuple[int, int]]:
    """Yield first and past-the-end token of each chunk."""
    ends = [piece.end for piece in pieces]
    first, past = 0, 0
    while first < len(pieces):
        start, done = pieces[first].start, past
        past = bisect_right(ends, start + max_tokens)
        if past < len(pieces):
            past = _best_cut(pieces, done, past, least=start + max_tokens / 2)
        yield start, ends[past - 1]
        first = _overlapping_first(pieces, first, past, max_tokens, overlap_tokens)


def _best_cut(pieces: Sequence[_Piece], done: int, past: int, *, least: float) -> int:
    """Return the piece in front of which a chunk ends: past the last that fits, or before it.

    Args:
        pieces: All of the text.
        done: The first piece that no chunk before has; this one has it.
        past: The first piece that does not fit.
        least: The token that the chunk reaches at least.
    """
    places = [place for place in range(done + 1, past) if pieces[place - 1].end >= least]
    return max((*places, past), key=lambda place: (pieces[place].boundary, place))


def _overlapping_first(
    pieces: Sequence[_Piece], first: int, past: int, max_tokens: int, overlap_tokens: int
) -> int:
    """Return the first piece of the next chunk: the earliest that the overlap may repeat."""
    if past == len(pieces):
        return past
    start = max(pieces[past - 1].end - overlap_tokens, pieces[past].end - max_tokens)
    return next(place for place in range(first + 1, past + 1) if pieces[place].start >= start)


def _build_chunks(tokenized: TokenizedText, bounds: Iterable[tuple[int, int]]) -> list[Chunk]:
    offsets = tokenized.offsets
    chunks = [
        Chunk(start, end, int(offsets[start, 0]), int(offsets[start:end, 1].max()))
        for start, end in bounds
    ]
    return chunks or [EMPTY_CHUNK]
