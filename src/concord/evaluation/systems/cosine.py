"""How near two texts' vectors are: a bi-encoder, which never sees both texts together."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, Protocol

import numpy as np

from concord.alignment.scores import FloatArray
from concord.errors import ConfigError
from concord.evaluation.runner import Progress
from concord.evaluation.systems.graded import GradedSystem
from concord.text import split_sentences

CHUNK_WORDS: Final = 64
"""Words of a context's chunk; a sentence of more is a chunk of its own."""
_PAIRS_AT_ONCE: Final = 1024
_SMALLEST_NORM: Final = 1e-12


class TextEncoder(Protocol):
    """Turns texts into vectors: a `SentenceEncoder`, or one of sentence-transformers."""

    def encode(self, sentences: Sequence[str]) -> FloatArray:
        """Return a row for each text, shape ``(N, size)``."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class EncoderFacts:
    """What tables say of an encoder.

    Attributes:
        name: What to call it.
        digest: Changes whenever its vectors do.
        parameters: The numbers that were learned.
        size_mb: Their size on disk.
    """

    name: str
    digest: str
    parameters: int | None = None
    size_mb: float | None = None


def cosine_system(
    encoder: TextEncoder, facts: EncoderFacts, *, chunk_words: int = CHUNK_WORDS
) -> GradedSystem:
    """Return what scores a claim by the cosine of its vector and the context's, 0 at least.

    With splitting, each sentence of the claim takes the nearest chunk of the context, and the
    claim is the mean of its sentences, as an aligner scores.

    Args:
        encoder: Gives the vectors.
        facts: What it is.
        chunk_words: Sentences of a context are put together up to so many words.

    Raises:
        ConfigError: If a chunk is to have less than one word.
    """
    if chunk_words < 1:
        raise ConfigError(f"chunk_words must be at least 1, got {chunk_words}")
    cosines = _Cosines(encoder, chunk_words)
    return GradedSystem(
        name=f"cosine ({facts.name})",
        description="The cosine of the two texts' vectors, each read alone by a sentence encoder.",
        definition=f"cosine, {facts.digest}, best of chunks of {chunk_words} words, mean of claim",
        measure=cosines.of_pairs,
        measure_split=cosines.of_claims,
        parameters=facts.parameters,
        size_mb=facts.size_mb,
    )


class _Cosines:
    """Encodes each distinct text of some pairs once."""

    def __init__(self, encoder: TextEncoder, chunk_words: int) -> None:
        self._encoder = encoder
        self._chunk_words = chunk_words

    def of_pairs(
        self, contexts: Sequence[str], claims: Sequence[str], progress: Progress | None
    ) -> FloatArray:
        pieces = [([context], [claim]) for context, claim in zip(contexts, claims, strict=True)]
        return self._compute(pieces, progress)

    def of_claims(
        self, contexts: Sequence[str], claims: Sequence[str], progress: Progress | None
    ) -> FloatArray:
        chunks = cache(lambda text: chunks_of_words(text, self._chunk_words))
        pieces = [
            (chunks(context), chunks_of_words(claim, 1))
            for context, claim in zip(contexts, claims, strict=True)
        ]
        return self._compute(pieces, progress)

    def _compute(
        self, pieces: Sequence[tuple[list[str], list[str]]], progress: Progress | None
    ) -> FloatArray:
        degrees = np.empty(len(pieces), dtype=np.float32)
        for start in range(0, len(pieces), _PAIRS_AT_ONCE):
            window = pieces[start : start + _PAIRS_AT_ONCE]
            units = self._units(text for sides in window for side in sides for text in side)
            for row, (chunks, sentences) in enumerate(window, start):
                cosines = _rows(units, chunks) @ _rows(units, sentences).T  # (chunks, sentences)
                degrees[row] = np.clip(cosines.max(axis=0).mean(), 0.0, 1.0)
            if progress is not None:
                progress(start + len(window), len(pieces))
        return degrees

    def _units(self, texts: Iterable[str]) -> dict[str, FloatArray]:
        distinct = list(dict.fromkeys(texts))
        vectors = self._encoder.encode(distinct)
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        return dict(zip(distinct, vectors / np.maximum(norms, _SMALLEST_NORM), strict=True))


def _rows(units: dict[str, FloatArray], texts: Sequence[str]) -> FloatArray:
    return np.stack([units[text] for text in texts])


def chunks_of_words(text: str, most_words: int) -> list[str]:
    """Return runs of sentences of at most so many words, or of one sentence; at least one."""
    return list(_runs(text, most_words)) or [text]


def _runs(text: str, most_words: int) -> Iterator[str]:
    first: int | None = None
    last, words = 0, 0
    for start, end in split_sentences(text):
        own = len(text[start:end].split())
        if first is not None and words + own > most_words:
            yield text[first:last]
            first, words = None, 0
        first = start if first is None else first
        last, words = end, words + own
    if first is not None:
        yield text[first:last]
