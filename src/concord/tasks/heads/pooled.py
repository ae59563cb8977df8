"""Layers over one vector of each sequence: classes, values, and scores of options."""

from collections.abc import Sequence

import numpy as np

from concord.tasks.heads.layers import FloatArray, Weights, last_layers, perceptron, pool
from concord.tasks.heads.spec import HeadSpec
from concord.text import TokenBatch


class PooledHead:
    """Gives one vector of outputs for each sequence.

    Args:
        spec: The head's shape.
        weights: Of `pooling` and `layers`.
        hidden_size: The encoder's.
    """

    def __init__(self, spec: HeadSpec, weights: Weights, hidden_size: int) -> None:
        self._spec = spec
        self._weights = weights
        self._hidden_size = hidden_size

    def read(self, states: FloatArray, batch: TokenBatch) -> Sequence[FloatArray]:
        """Return each sequence's outputs, ``(sequences, outputs)``."""
        own = last_layers(states, self._spec.num_layers, self._hidden_size)
        pooled = pool(own, batch.attention_mask, self._spec.pooling, self._weights)
        return list(perceptron(pooled, self._weights))

    def join(self, outputs: Sequence[FloatArray]) -> Sequence[FloatArray]:
        """Return the outputs as they are; those of several sequences are compared in decoding."""
        return list(map(np.asarray, outputs))
