"""One vector of each text, as it is: sentence embeddings."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from concord.tasks.heads.layers import FloatArray, Weights, part_of, sequence_vectors
from concord.tasks.heads.spec import HeadSpec
from concord.text import TokenBatch

_SMALLEST_NORM: Final = 1e-12


class VectorHead:
    """Pools the last layers' states, side by side; it has no weights but those of pooling.

    Args:
        spec: The head's shape.
        weights: Of `vector.pooling`, if it has them.
        hidden_size: The encoder's.
    """

    def __init__(self, spec: HeadSpec, weights: Weights, hidden_size: int) -> None:
        self._spec = spec
        self._of_vector = part_of(weights, "vector")
        self._hidden_size = hidden_size

    def read(self, states: FloatArray, batch: TokenBatch) -> Sequence[FloatArray]:
        """Return each text's vector, ``(layers * hidden,)``."""
        vectors = sequence_vectors(
            states, batch.attention_mask, self._spec, self._of_vector, self._hidden_size
        )
        if self._spec.is_normalized:
            norms = np.linalg.norm(vectors, axis=1, keepdims=True)
            vectors = vectors / np.maximum(norms, _SMALLEST_NORM)
        return list(vectors)

    def join(self, outputs: Sequence[FloatArray]) -> Sequence[FloatArray]:
        """Return the vectors as they are."""
        return outputs
