"""Which token pairs stand for one (context, claim) pair, and how their scores lie in a matrix."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias, TypeVar

from concord.alignment.scores import FloatArray
from concord.errors import ConfigError
from concord.text import PairTokenizer, TokenIds, TokenizedText, fit_context

Context: TypeAlias = str | Sequence[str]
"""One text, or a list of passages (retrieved evidence)."""

_Tokens = TypeVar("_Tokens")


@dataclass(frozen=True, slots=True)
class Piece:
    """A chunk of a context or a sentence of a claim.

    Attributes:
        ids: Its tokens.
        passage: Which passage of the context it comes from; 0 in a claim.
        start: Its first character in that passage, or in the claim.
        end: Its past-the-end character.
    """

    ids: TokenIds
    passage: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class SplitPlan:
    """The chunks and sentences of one pair; each chunk is scored with each sentence.

    Attributes:
        chunks: Pieces of the context, at least one.
        sentences: Pieces of the claim, at least one.
        capacity: How many text tokens fit into the encoder's window.
    """

    chunks: tuple[Piece, ...]
    sentences: tuple[Piece, ...]
    capacity: int

    @property
    def shape(self) -> tuple[int, int]:
        """The number of chunks and of sentences."""
        return len(self.chunks), len(self.sentences)

    @property
    def num_pairs(self) -> int:
        """The number of token pairs to score."""
        return len(self.chunks) * len(self.sentences)

    @property
    def num_truncated(self) -> int:
        """The number of token pairs that lose tokens because they exceed the window."""
        return sum(
            len(chunk.ids) + len(sentence.ids) > self.capacity
            for chunk in self.chunks
            for sentence in self.sentences
        )

    def token_pairs(self, cells: Iterable[int] | None = None) -> list[tuple[TokenIds, TokenIds]]:
        """Return token pairs fitted to the window.

        Args:
            cells: Places in the matrix, counted row by row: all sentences of the first chunk
                first. All of them unless given.
        """
        places = range(self.num_pairs) if cells is None else cells
        return [self._token_pair(*divmod(place, len(self.sentences))) for place in places]

    def _token_pair(self, chunk: int, sentence: int) -> tuple[TokenIds, TokenIds]:
        return fit_pair(
            self.chunks[chunk].ids, self.sentences[sentence].ids, capacity=self.capacity
        )

    def matrix(self, scores: FloatArray) -> FloatArray:
        """Lay out scores in the order of `token_pairs` as ``(chunks, sentences, ...)``."""
        return scores.reshape(*self.shape, *scores.shape[1:])


class LongInputSplitter(Protocol):
    """A strategy for pairs that may not fit into the encoder's window."""

    def plan(self, contexts: Sequence[Context], claims: Sequence[str]) -> list[SplitPlan]:
        """Return one plan for each context and the claim at the same place."""
        ...


def fit_pair(context: TokenIds, claim: TokenIds, *, capacity: int) -> tuple[TokenIds, TokenIds]:
    """Cut a token pair to the window: the end of the context goes first.

    Only a claim longer than the whole window, which then stands alone, loses its end too.
    """
    kept = fit_context(len(context), len(claim), capacity=capacity)
    return context[:kept], claim[:capacity]


def text_capacity(tokenizer: PairTokenizer, window_tokens: int) -> int:
    """Return how many text tokens a window holds beside the special tokens.

    Raises:
        ConfigError: If a claim and a context token would not fit.
    """
    capacity = window_tokens - tokenizer.template.num_special_tokens
    if capacity < 2:
        raise ConfigError(f"a window must leave room for 2 text tokens, got {window_tokens}")
    return capacity


def passages_of(context: Context) -> Sequence[str]:
    """Return the passages of a context; one without any is the empty text."""
    return [context] if isinstance(context, str) else (context or [""])


def tokenize_distinct(tokenizer: PairTokenizer, texts: Iterable[str]) -> dict[str, TokenizedText]:
    """Return the tokens and offsets of each text, computed once, however often it occurs."""
    return _map_distinct(tokenizer.tokenize, texts)


def distinct_token_ids(tokenizer: PairTokenizer, texts: Iterable[str]) -> dict[str, TokenIds]:
    """Return the ids of each text, computed once, however often it occurs."""
    return _map_distinct(tokenizer.token_ids, texts)


def _map_distinct(
    convert: Callable[[Sequence[str]], list[_Tokens]], texts: Iterable[str]
) -> dict[str, _Tokens]:
    distinct = list(dict.fromkeys(texts))
    return dict(zip(distinct, convert(distinct), strict=True))
