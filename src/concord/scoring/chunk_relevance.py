"""How much each chunk of a context has to say about a sentence, without a pass of the encoder."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from concord.alignment.scores import FloatArray
from concord.scoring.word_vectors import WordVectors
from concord.text import TokenIds


class ContextIndex:
    """Which distinct tokens stand in which chunk of a context.

    Args:
        chunks: The tokens of each chunk, at least one chunk.
        vectors: What tokens mean; without them only equal tokens are alike.
    """

    def __init__(self, chunks: Sequence[TokenIds], vectors: WordVectors | None) -> None:
        ids = np.concatenate(chunks)
        numbers = np.repeat(np.arange(len(chunks)), [len(chunk) for chunk in chunks])
        self._tokens, places = np.unique(ids, return_inverse=True)
        postings = np.unique(numbers * max(len(self._tokens), 1) + places)
        owners, self._places = np.divmod(postings, max(len(self._tokens), 1))
        self._filled, self._starts = np.unique(owners, return_index=True)
        self._num_chunks = len(chunks)
        self._rarity = self._compute_rarity(np.bincount(self._places, minlength=len(self._tokens)))
        self._vectors = vectors
        self._directions = None if vectors is None else vectors.directions(self._tokens)

    def relevance(self, sentence: TokenIds) -> FloatArray:
        """Return how much each chunk has to say about a sentence, shape ``(chunks,)``.

        Each distinct token of the sentence counts by how near the nearest token of the chunk
        comes to it (cosine; 1 for the same), times the token's rarity among the chunks.
        """
        relevance = np.zeros(self._num_chunks, dtype=np.float32)
        if len(self._places) == 0:
            return relevance
        wanted = np.unique(sentence)
        likeness = self._likeness(wanted)
        for token, weight in enumerate(self._weights(wanted)):  # one at a time bounds memory
            nearest = np.maximum.reduceat(likeness[token][self._places], self._starts)
            relevance[self._filled] += weight * nearest
        return relevance

    def _compute_rarity(self, document_frequency: NDArray[np.int64]) -> FloatArray:
        """Return BM25's inverse document frequency, with chunks for documents."""
        absent = self._num_chunks - document_frequency
        rarity: FloatArray = np.log1p((absent + 0.5) / (document_frequency + 0.5))
        return rarity.astype(np.float32)

    def _weights(self, wanted: TokenIds) -> FloatArray:
        rarest = self._compute_rarity(np.zeros(1, dtype=np.int64))
        places, is_known = self._find(wanted)
        weights: FloatArray = np.where(is_known, self._rarity[places], rarest)
        return weights

    def _likeness(self, wanted: TokenIds) -> FloatArray:
        """Return how near the context's distinct tokens come, shape ``(wanted, tokens)``."""
        likeness: FloatArray
        if self._vectors is None or self._directions is None:
            likeness = (wanted[:, None] == self._tokens[None, :]).astype(np.float32)
        else:
            cosines = self._vectors.directions(wanted) @ self._directions.T
            likeness = np.maximum(cosines, 0)
        return likeness

    def _find(self, wanted: TokenIds) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Return where wanted tokens stand among the context's, and whether they are there."""
        places = np.minimum(np.searchsorted(self._tokens, wanted), len(self._tokens) - 1)
        return places, self._tokens[places] == wanted
