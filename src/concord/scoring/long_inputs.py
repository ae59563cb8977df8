"""What to split: the strategies that turn long texts into token pairs that fit the encoder."""

from collections.abc import Sequence
from enum import StrEnum
from functools import cache
from typing import Self

from concord.errors import ConfigError
from concord.scoring.original_splitting import OriginalSplitter
from concord.scoring.split_plans import (
    Context,
    LongInputSplitter,
    Piece,
    SplitPlan,
    distinct_token_ids,
    passages_of,
    text_capacity,
    tokenize_distinct,
)
from concord.text import (
    Chunk,
    PairTokenizer,
    SentenceSplitter,
    Span,
    TokenizedText,
    find_boundaries,
    pack_chunks,
    split_long_sentences,
    split_sentences,
)


class Splitting(StrEnum):
    """How a pair is divided before it is scored."""

    NONE = "none"
    """Not at all: an over-long pair loses the end of its context."""
    PACKED = "packed"
    """Sentences packed into token windows that fit the claim's; nothing is ever dropped."""
    CONTEXTS = "contexts"
    """Packed, but a claim stays whole where it fits: a question and its answer are one."""
    ORIGINAL = "original"
    """The published rule: runs of sentences of about 350 words; what exceeds is dropped."""

    @classmethod
    def parse(cls, split: bool | str) -> Self:
        """Read a `split` argument: True means packed, False none, a string its namesake."""
        if isinstance(split, bool):
            return cls("packed" if split else "none")
        return cls(split)

    @classmethod
    def _missing_(cls, value: object) -> Self:
        raise ConfigError(f"unknown split {value!r}; use True, False or one of {', '.join(cls)}")


def build_splitter(
    splitting: Splitting,
    tokenizer: PairTokenizer,
    *,
    max_tokens: int,
    chunk_tokens: int,
    overlap_tokens: int = 0,
) -> LongInputSplitter:
    """Build the splitter of a strategy.

    Args:
        splitting: The strategy.
        tokenizer: The model's tokenizer.
        max_tokens: The encoder's window, special tokens included.
        chunk_tokens: The window that packing fills.
        overlap_tokens: Bound on what a packed chunk repeats of the one before it.
    """
    match splitting:
        case Splitting.NONE:
            return WholePairs(tokenizer, window_tokens=max_tokens)
        case Splitting.PACKED:
            return PackedSplitter(
                tokenizer, window_tokens=chunk_tokens, overlap_tokens=overlap_tokens
            )
        case Splitting.CONTEXTS:
            return PackedSplitter(
                tokenizer,
                window_tokens=chunk_tokens,
                overlap_tokens=overlap_tokens,
                claim_sentences=_whole,
            )
        case Splitting.ORIGINAL:
            return OriginalSplitter(tokenizer, window_tokens=max_tokens)


class WholePairs:
    """Plans each pair as a whole; each passage of a context is one chunk.

    Args:
        tokenizer: The model's tokenizer.
        window_tokens: The encoder's window, special tokens included.
    """

    def __init__(self, tokenizer: PairTokenizer, *, window_tokens: int) -> None:
        self._tokenizer = tokenizer
        self._capacity = text_capacity(tokenizer, window_tokens)

    def plan(self, contexts: Sequence[Context], claims: Sequence[str]) -> list[SplitPlan]:
        """Return one plan for each context and the claim at the same place."""
        passages = (text for context in contexts for text in passages_of(context))
        ids = distinct_token_ids(self._tokenizer, (*passages, *claims))
        return [
            SplitPlan(
                chunks=tuple(
                    Piece(ids[text], number, 0, len(text))
                    for number, text in enumerate(passages_of(context))
                ),
                sentences=(Piece(ids[claim], 0, 0, len(claim)),),
                capacity=self._capacity,
            )
            for context, claim in zip(contexts, claims, strict=True)
        ]


class PackedSplitter:
    """Plans chunks that always fit into the window together with each claim sentence.

    A claim sentence may take up to half of the window; a longer one counts as several. What
    the longest of them leaves is the size of the chunks, so no token is ever dropped. Chunks end
    where a paragraph, a line of a list or a turn of a dialogue does, where that leaves them at
    least half full.

    Args:
        tokenizer: The model's tokenizer.
        window_tokens: The window to fill, special tokens included.
        overlap_tokens: Bound on what a chunk repeats of the one before it, in whole sentences.
        sentences: The sentence splitter.
        claim_sentences: The one for claims, if another.
    """

    def __init__(
        self,
        tokenizer: PairTokenizer,
        *,
        window_tokens: int,
        overlap_tokens: int = 0,
        sentences: SentenceSplitter = split_sentences,
        claim_sentences: SentenceSplitter | None = None,
    ) -> None:
        self._tokenizer = tokenizer
        self._capacity = text_capacity(tokenizer, window_tokens)
        self._overlap_tokens = overlap_tokens
        self._sentences = sentences
        self._claim_sentences = claim_sentences or sentences

    def plan(self, contexts: Sequence[Context], claims: Sequence[str]) -> list[SplitPlan]:
        """Return one plan for each context and the claim at the same place."""
        passages = (text for context in contexts for text in passages_of(context))
        tokenized = tokenize_distinct(self._tokenizer, (*passages, *claims))
        planner = _PackedPlanner(
            tokenized,
            self._sentences,
            self._claim_sentences,
            capacity=self._capacity,
            overlap_tokens=self._overlap_tokens,
        )
        return [
            planner.plan_pair(passages_of(context), claim)
            for context, claim in zip(contexts, claims, strict=True)
        ]


class _PackedPlanner:
    """One call's texts: each is divided once, however many pairs it is part of."""

    def __init__(
        self,
        tokenized: dict[str, TokenizedText],
        sentences: SentenceSplitter,
        claim_sentences: SentenceSplitter,
        *,
        capacity: int,
        overlap_tokens: int,
    ) -> None:
        self._tokenized = tokenized
        self._sentences = cache(sentences)
        self._sentences_of_claim = claim_sentences
        self._capacity = capacity
        self._overlap_tokens = overlap_tokens
        self._claims: dict[str, tuple[Piece, ...]] = {}
        self._chunks: dict[tuple[str, int], list[Chunk]] = {}

    def plan_pair(self, passages: Sequence[str], claim: str) -> SplitPlan:
        sentences = self._claim_sentences(claim)
        room = self._capacity - max(len(sentence.ids) for sentence in sentences)
        chunks = tuple(
            self._piece(text, chunk, number)
            for number, text in enumerate(passages)
            for chunk in self._context_chunks(text, room)
        )
        return SplitPlan(chunks, sentences, self._capacity)

    def _claim_sentences(self, claim: str) -> tuple[Piece, ...]:
        if claim not in self._claims:
            chunks = split_long_sentences(
                self._tokenized[claim],
                self._sentences_of_claim(claim),
                max_tokens=self._capacity // 2,
            )
            self._claims[claim] = tuple(self._piece(claim, chunk, 0) for chunk in chunks)
        return self._claims[claim]

    def _context_chunks(self, text: str, max_tokens: int) -> list[Chunk]:
        key = (text, max_tokens)
        if key not in self._chunks:
            self._chunks[key] = pack_chunks(
                self._tokenized[text],
                self._sentences(text),
                max_tokens=max_tokens,
                boundaries=find_boundaries(text, self._sentences(text)),
                overlap_tokens=self._overlap_tokens,
            )
        return self._chunks[key]

    def _piece(self, text: str, chunk: Chunk, passage: int) -> Piece:
        return Piece(chunk.ids(self._tokenized[text]), passage, chunk.start, chunk.end)


def _whole(text: str) -> list[Span]:
    return [Span(0, len(text))]
