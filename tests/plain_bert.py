"""A BERT encoder in NumPy, as its paper has it, with what adaptations say they add to it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from transformers import PreTrainedModel

Array: TypeAlias = NDArray[np.float64]
Bottleneck: TypeAlias = tuple[Array, Array, Array, Array]


@dataclass(frozen=True)
class Additions:
    """What an adaptation adds.

    Attributes:
        prompt: Vectors before each text, ``(prompt, hidden)``.
        keys: Of each layer, ``(prefix, hidden)``.
        values: Likewise.
        bottlenecks: By the name of the linear layer before it: down, its bias, up, its bias.
        experts: By that name, a gate's matrix, its bias, and the bottlenecks that it shares out.
        is_gate_hard: Whether the gates choose one.
        vectors: Added to those of the words, ``(tokens, hidden)``.
    """

    prompt: Array | None = None
    keys: Sequence[Array] = ()
    values: Sequence[Array] = ()
    bottlenecks: Mapping[str, Bottleneck] = field(default_factory=dict)
    experts: Mapping[str, tuple[Array, Array, Sequence[Bottleneck]]] = field(default_factory=dict)
    is_gate_hard: bool = False
    vectors: Array | float = 0.0


def weights_of(encoder: PreTrainedModel) -> dict[str, Array]:
    """Return an encoder's weights in float64."""
    return {name: value.numpy().astype(float) for name, value in encoder.state_dict().items()}


def states_of_text(
    weights: Mapping[str, Array],
    config: Any,
    ids: Sequence[int],
    types: Sequence[int],
    additions: Additions | None = None,
) -> Array:
    """Return the last layer's states of one text without padding, ``(tokens, hidden)``."""
    added = additions or Additions()
    words = weights["embeddings.word_embeddings.weight"][list(ids)] + added.vectors
    kinds = list(types)
    num_before = 0
    if added.prompt is not None:
        num_before = len(added.prompt)
        words, kinds = np.concatenate([added.prompt, words]), [0] * num_before + kinds
    first = len(added.keys[0]) if added.keys else 0
    positions = weights["embeddings.position_embeddings.weight"][first : first + len(words)]
    states = words + positions + weights["embeddings.token_type_embeddings.weight"][kinds]
    states = _normalize(states, weights, "embeddings.LayerNorm")
    for number in range(config.num_hidden_layers):
        states = _layer(states, weights, f"encoder.layer.{number}.", number, config, added)
    return states[num_before:]


def _layer(
    states: Array,
    weights: Mapping[str, Array],
    name: str,
    number: int,
    config: Any,
    added: Additions,
) -> Array:
    query, key, value = (
        _linear(states, weights, f"{name}attention.self.{part}", added)
        for part in ("query", "key", "value")
    )
    if added.keys:
        key = np.concatenate([added.keys[number], key])
        value = np.concatenate([added.values[number], value])
    size = config.hidden_size // config.num_attention_heads
    attended = np.empty_like(query)
    for start in range(0, config.hidden_size, size):
        own = slice(start, start + size)
        scores = query[:, own] @ key[:, own].T / math.sqrt(size)
        shares = np.exp(scores - scores.max(axis=1, keepdims=True))
        attended[:, own] = shares / shares.sum(axis=1, keepdims=True) @ value[:, own]
    output = _linear(attended, weights, f"{name}attention.output.dense", added)
    states = _normalize(states + output, weights, f"{name}attention.output.LayerNorm")
    inner = gelu(_linear(states, weights, f"{name}intermediate.dense", added))
    output = _linear(inner, weights, f"{name}output.dense", added)
    return _normalize(states + output, weights, f"{name}output.LayerNorm")


def gelu(values: Array) -> Array:
    """Return x times the share of a normal distribution below x."""
    below = np.vectorize(lambda x: 0.5 * (1 + math.erf(x / math.sqrt(2))))
    return np.asarray(values * below(values))


def _linear(states: Array, weights: Mapping[str, Array], name: str, added: Additions) -> Array:
    outputs = states @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]
    if name in added.bottlenecks:
        outputs = outputs + _narrow(outputs, *added.bottlenecks[name])
    if name in added.experts:
        gate, bias, experts = added.experts[name]
        changed = outputs.copy()
        for place, token in enumerate(outputs):  # one token after the other
            given = shares(gate @ token + bias, is_hard=added.is_gate_hard)
            for share, expert in zip(given, experts, strict=True):
                changed[place] += share * _narrow(token, *expert)
        outputs = changed
    return outputs


def shares(logits: Array, *, is_hard: bool) -> Array:
    """Return what a gate gives each expert for its numbers, shape ``(experts,)``."""
    if is_hard:
        return np.asarray(np.arange(len(logits)) == int(np.argmax(logits)), dtype=float)
    powers = np.array([math.exp(each) for each in logits])
    return np.asarray(powers / powers.sum())


def _narrow(states: Array, down: Array, down_bias: Array, up: Array, up_bias: Array) -> Array:
    return np.asarray(gelu(states @ down.T + down_bias) @ up.T + up_bias)


def _normalize(states: Array, weights: Mapping[str, Array], name: str) -> Array:
    centered = states - states.mean(axis=1, keepdims=True)
    scaled = centered / np.sqrt((centered**2).mean(axis=1, keepdims=True) + 1e-12)
    return np.asarray(scaled * weights[f"{name}.weight"] + weights[f"{name}.bias"])
