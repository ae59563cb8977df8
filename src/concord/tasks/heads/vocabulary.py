"""Logits over the vocabulary, whose matrix is the encoder's own input embedding."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Final

import numpy as np

from concord.errors import ArtifactError
from concord.tasks.heads.layers import FloatArray, Weights, gelu, last_layers, linear
from concord.text import TokenBatch

_EPSILON: Final = 1e-5  # of the layer norm


class VocabularyHead:
    """Gives each token a vector to compare with those of the vocabulary.

    The comparison itself is left to decoding, since only few tokens are asked for.

    Args:
        weights: Of `dense` and `norm`, and the `bias`.
        hidden_size: The encoder's.
        embedding: Gives the encoder's input embedding, ``(vocabulary, width)``; called once, when
            it is first needed.
    """

    def __init__(
        self,
        weights: Weights,
        hidden_size: int,
        embedding: Callable[[], FloatArray] | None,
    ) -> None:
        if embedding is None:
            raise ArtifactError("a masked language model needs the encoder's input embedding")
        self._weights = weights
        self._hidden_size = hidden_size
        self._table = cache(embedding)

    def read(self, states: FloatArray, batch: TokenBatch) -> Sequence[FloatArray]:
        """Return each sequence's vectors, ``(tokens, width)``, without those of padding."""
        is_token = batch.attention_mask == 1
        own = last_layers(states, 1, self._hidden_size)[is_token]
        dense = gelu(linear(own, self._weights, "dense"))
        centred = dense - dense.mean(axis=1, keepdims=True)
        deviation = np.sqrt((centred**2).mean(axis=1, keepdims=True) + _EPSILON)
        vectors = centred / deviation * self._weights["norm.weight"] + self._weights["norm.bias"]
        return np.split(vectors, np.cumsum(is_token.sum(axis=1))[:-1])

    def join(self, outputs: Sequence[FloatArray]) -> Sequence[FloatArray]:
        """Return the vectors, and after them the embedding and the bias."""
        return [*outputs, self._table(), self._weights["bias"]]
