"""Two texts that are read apart: their vectors are compared, as classes or as a cosine."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from concord.tasks.heads.layers import FloatArray, Weights, part_of, perceptron, sequence_vectors
from concord.tasks.heads.spec import HeadSpec
from concord.text import TokenBatch

SMALLEST_NORM: Final = 1e-8
"""Below it a vector counts as having this length, so that no cosine divides by 0."""


class TowersHead:
    """Layers over `[abs(u - v); abs(u + v)]`, which does not care for the order of the two.

    Args:
        spec: The head's shape.
        weights: Of `vector.pooling`, `vector.projection` and `layers`.
        hidden_size: The encoder's.
    """

    def __init__(self, spec: HeadSpec, weights: Weights, hidden_size: int) -> None:
        self._spec = spec
        self._weights = weights
        self._of_vector = part_of(weights, "vector")
        self._hidden_size = hidden_size

    def read(self, states: FloatArray, batch: TokenBatch) -> Sequence[FloatArray]:
        """Return each text's vector."""
        vectors = sequence_vectors(
            states, batch.attention_mask, self._spec, self._of_vector, self._hidden_size
        )
        return list(vectors)

    def join(self, outputs: Sequence[FloatArray]) -> Sequence[FloatArray]:
        """Return the two vectors' logits, shape ``(outputs,)``."""
        first, second = outputs
        both = np.concatenate([np.abs(first - second), np.abs(first + second)])
        return [perceptron(both, self._weights)]


class CosineHead:
    """Compares two texts by the cosine of their vectors: `scale * max(cos(u, v), 0)`.

    Args:
        spec: The head's shape.
        weights: Of `vector.pooling` and `vector.projection`, if it has them.
        hidden_size: The encoder's.
    """

    def __init__(self, spec: HeadSpec, weights: Weights, hidden_size: int) -> None:
        self._spec = spec
        self._of_vector = part_of(weights, "vector")
        self._hidden_size = hidden_size

    def read(self, states: FloatArray, batch: TokenBatch) -> Sequence[FloatArray]:
        """Return each text's vector."""
        vectors = sequence_vectors(
            states, batch.attention_mask, self._spec, self._of_vector, self._hidden_size
        )
        return list(vectors)

    def join(self, outputs: Sequence[FloatArray]) -> Sequence[FloatArray]:
        """Return the two vectors' similarity, shape ``(1,)``."""
        first, second = (each / max(float(np.linalg.norm(each)), SMALLEST_NORM) for each in outputs)
        similarity = self._spec.scale * max(float(first @ second), 0.0)
        return [np.array([similarity], dtype=np.float32)]
