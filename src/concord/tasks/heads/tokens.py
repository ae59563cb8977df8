"""Layers over each token's state: tags, starts and ends of spans, and which token was replaced."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from concord.tasks.heads.layers import FloatArray, Weights, last_layers, perceptron
from concord.tasks.heads.spec import HeadSpec
from concord.text import TokenBatch

TRANSITIONS: Final = ("transitions", "starts", "ends")
"""The weights of a CRF: from tag to tag ``(tags, tags)``, and of first and last tags."""


class TokensHead:
    """Gives a row of outputs for each token of a sequence, special tokens included.

    Args:
        spec: The head's shape.
        weights: Of `layers`, and those of a CRF where the head has one.
        hidden_size: The encoder's.
    """

    def __init__(self, spec: HeadSpec, weights: Weights, hidden_size: int) -> None:
        self._spec = spec
        self._weights = weights
        self._hidden_size = hidden_size

    def read(self, states: FloatArray, batch: TokenBatch) -> Sequence[FloatArray]:
        """Return each sequence's outputs, ``(tokens, outputs)``, without those of padding."""
        is_token = batch.attention_mask == 1
        own = last_layers(states, self._spec.num_layers, self._hidden_size)[is_token]
        outputs = perceptron(own, self._weights)
        return np.split(outputs, np.cumsum(is_token.sum(axis=1))[:-1])

    def join(self, outputs: Sequence[FloatArray]) -> Sequence[FloatArray]:
        """Return the outputs, and after them the weights of a CRF in the order of `TRANSITIONS`."""
        if not self._spec.has_transitions:
            return outputs
        return [*outputs, *(self._weights[name] for name in TRANSITIONS)]
