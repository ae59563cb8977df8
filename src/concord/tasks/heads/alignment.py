"""The three heads of an alignment model over its pooled vector."""

from collections.abc import Sequence

import numpy as np

from concord.alignment import Head
from concord.tasks.heads.layers import FloatArray, Weights, last_layers, linear
from concord.tasks.heads.spec import HeadSpec
from concord.text import TokenBatch


class AlignmentHead:
    """Gives the joint logits of a (context, claim) pair, as an alignment model does.

    Args:
        spec: The head's shape.
        weights: Of `dense` and of the three `heads`.
        hidden_size: The encoder's.
    """

    def __init__(self, spec: HeadSpec, weights: Weights, hidden_size: int) -> None:
        del spec
        self._weights = weights
        self._hidden_size = hidden_size

    def read(self, states: FloatArray, batch: TokenBatch) -> Sequence[FloatArray]:
        """Return each pair's logits, ``(6,)`` in the order of `LOGIT_COLUMNS`."""
        del batch
        first = last_layers(states, 1, self._hidden_size)[:, 0]
        pooled = np.tanh(linear(first, self._weights, "dense"))
        logits = [linear(pooled, self._weights, f"heads.{head}") for head in Head]
        return list(np.concatenate(logits, axis=1))

    def join(self, outputs: Sequence[FloatArray]) -> Sequence[FloatArray]:
        """Return the logits as they are."""
        return outputs
