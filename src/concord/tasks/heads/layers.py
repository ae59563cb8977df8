"""What heads are made of, in NumPy: pooling, linear layers and the functions between them."""

from collections.abc import Mapping, Sequence
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from concord.tasks.heads.spec import HeadSpec, Pooling
from concord.text import TokenBatch

FloatArray: TypeAlias = NDArray[np.float32]
Weights: TypeAlias = Mapping[str, FloatArray]


class NumpyHead(Protocol):
    """A trained head, for prediction."""

    def read(self, states: FloatArray, batch: TokenBatch) -> Sequence[FloatArray]:
        """Return each sequence's outputs.

        Args:
            states: Shape ``(sequences, tokens, layers * hidden)``, the last layer at the end.
            batch: What the encoder read.
        """
        ...

    def join(self, outputs: Sequence[FloatArray]) -> Sequence[FloatArray]:
        """Return what the head makes of the outputs of one input's sequences together."""
        ...


def linear(inputs: FloatArray, weights: Weights, name: str) -> FloatArray:
    """Apply a layer by name: weight ``(outputs, inputs)`` and bias ``(outputs,)``."""
    outputs: FloatArray = inputs @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]
    return outputs


def perceptron(inputs: FloatArray, weights: Weights) -> FloatArray:
    """Apply `layers.0`, `layers.1` and so on, with a GELU between each two."""
    number = 0
    outputs = linear(inputs, weights, "layers.0")
    while f"layers.{number + 1}.weight" in weights:
        number += 1
        outputs = linear(gelu(outputs), weights, f"layers.{number}")
    return outputs


def gelu(values: FloatArray) -> FloatArray:
    """Return the GELU in its form with tanh (Hendrycks and Gimpel, 2016)."""
    inner = np.sqrt(2 / np.pi) * (values + 0.044715 * values**3)
    result: FloatArray = (0.5 * values * (1 + np.tanh(inner))).astype(np.float32)
    return result


def softmax(logits: FloatArray) -> NDArray[np.float64]:
    """Return probabilities over the logits of one example, shape ``(classes,)``."""
    exponentials = np.exp(logits.astype(np.float64) - logits.max())
    probs: NDArray[np.float64] = exponentials / exponentials.sum()
    return probs


def last_layers(states: FloatArray, num_layers: int, hidden_size: int) -> FloatArray:
    """Return the states of the last layers out of those that the encoder gave."""
    return states[..., states.shape[-1] - num_layers * hidden_size :]


def pool(
    states: FloatArray, attention_mask: NDArray[np.int64], pooling: Pooling, weights: Weights
) -> FloatArray:
    """Return one vector for each sequence.

    Args:
        states: Shape ``(sequences, tokens, width)``.
        attention_mask: 1 on real tokens, ``(sequences, tokens)``.
        pooling: The rule.
        weights: The head's, for attention's scores.
    """
    match pooling:
        case Pooling.FIRST:
            return states[:, 0]
        case Pooling.MEAN:
            shares = attention_mask / attention_mask.sum(axis=1, keepdims=True)
        case Pooling.ATTENTION:
            scores = linear(states, weights, "pooling.score")[..., 0]
            scores = np.where(attention_mask == 1, scores, -np.inf)
            exponentials = np.exp(scores - scores.max(axis=1, keepdims=True))
            shares = exponentials / exponentials.sum(axis=1, keepdims=True)
    pooled: FloatArray = np.einsum("st,sth->sh", shares.astype(np.float32), states)
    return pooled


def sequence_vectors(
    states: FloatArray,
    attention_mask: NDArray[np.int64],
    spec: HeadSpec,
    weights: Weights,
    hidden_size: int,
) -> FloatArray:
    """Return each sequence's pooled states, projected where the head has that, ``(sequences, n)``.

    Args:
        states: Shape ``(sequences, tokens, layers * hidden)``.
        attention_mask: 1 on real tokens, ``(sequences, tokens)``.
        spec: The head's shape.
        weights: Of `pooling` and `projection`.
        hidden_size: The encoder's.
    """
    own = last_layers(states, spec.num_layers, hidden_size)
    pooled = pool(own, attention_mask, spec.pooling, weights)
    return linear(pooled, weights, "projection") if spec.projection_size else pooled


def part_of(weights: Weights, name: str) -> Weights:
    """Return the weights whose names begin with `NAME.`, without that beginning."""
    start = f"{name}."
    return {key.removeprefix(start): weights[key] for key in weights if key.startswith(start)}
