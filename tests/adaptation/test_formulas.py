"""Each family against its formula, computed in NumPy by a BERT of our own."""

from typing import Any

import numpy as np
import pytest
import torch
from tests.plain_bert import Additions, Array, shares, states_of_text, weights_of
from tests.tiny_adapted import IDS, MASK, TYPES, adapted, states, tiny_encoder
from torch import nn

ROW = 1  # the text without padding


def _reference(weights: dict[str, Array], config: Any, added: Additions | None = None) -> Array:
    return states_of_text(weights, config, IDS[ROW].tolist(), TYPES[ROW].tolist(), added)


def _array(tensor: torch.Tensor) -> Array:
    array: Array = tensor.detach().numpy().astype(float)
    return array


def _check(encoder: nn.Module, expected: Array) -> None:
    assert MASK[ROW].all()
    np.testing.assert_allclose(states(encoder)[ROW].numpy(), expected, rtol=0, atol=2e-5)


def test_the_reference_is_a_bert() -> None:
    plain = tiny_encoder()
    _check(plain, _reference(weights_of(plain), plain.config))


@pytest.mark.parametrize("kind", ["lora", "dora"])
def test_low_rank_products_are_added_to_the_matrices(kind: str) -> None:
    plain = tiny_encoder()
    _, encoder = adapted(plain, {"kind": kind, "rank": 4, "alpha": 6.0})
    weights, learned = weights_of(plain), encoder.state_dict()
    for number in range(2):
        for part in ("query", "value"):
            name = f"encoder.layer.{number}.attention.self.{part}"
            a = _array(learned[f"{name}.lora_A.default.weight"])
            b = _array(learned[f"{name}.lora_B.default.weight"])
            matrix = weights[f"{name}.weight"] + 1.5 * b @ a  # 6 / 4
            if kind == "dora":
                lengths = _array(learned[f"{name}.lora_magnitude_vector.default.weight"])
                rows = np.sqrt((matrix**2).sum(axis=1, keepdims=True))
                matrix = lengths[:, None] * matrix / rows
            weights[f"{name}.weight"] = matrix
    _check(encoder, _reference(weights, plain.config))


def test_ia3_multiplies_keys_values_and_inner_activations() -> None:
    plain = tiny_encoder()
    _, encoder = adapted(plain, {"kind": "ia3"})
    weights, learned = weights_of(plain), encoder.state_dict()
    for number in range(2):
        layer = f"encoder.layer.{number}"
        for part in ("key", "value"):
            name = f"{layer}.attention.self.{part}"
            scale = _array(learned[f"{name}.ia3_l.default"])  # (32, 1), one for each output
            weights[f"{name}.weight"] *= scale
            weights[f"{name}.bias"] *= scale[:, 0]
        # one for each of its inputs, and none before the attention's own output layer
        inner = _array(learned[f"{layer}.output.dense.ia3_l.default"])
        weights[f"{layer}.output.dense.weight"] *= inner
        assert f"{layer}.attention.output.dense.weight" in learned
    _check(encoder, _reference(weights, plain.config))


@pytest.mark.parametrize("placement", ["both", "feed_forward"])
def test_bottlenecks_stand_before_the_sum(placement: str) -> None:
    plain = tiny_encoder()
    _, encoder = adapted(plain, {"kind": "bottleneck", "width": 5, "placement": placement})
    learned = encoder.state_dict()
    names = [name for name in learned if "bottleneck_down.default.weight" in name]
    assert len(names) == (4 if placement == "both" else 2)
    bottlenecks = {}
    for name in names:
        layer = name.removesuffix(".bottleneck_down.default.weight")
        down, bias, up, up_bias = (
            _array(learned[f"{layer}.bottleneck_{part}.default.{kind}"])
            for part in ("down", "up")
            for kind in ("weight", "bias")
        )
        bottlenecks[layer] = (down, bias, up, up_bias)
    added = Additions(bottlenecks=bottlenecks)
    _check(encoder, _reference(weights_of(plain), plain.config, added))


@pytest.mark.parametrize("gate", ["soft", "hard"])
def test_a_gate_shares_out_adapters_for_each_token(gate: str) -> None:
    plain = tiny_encoder()
    table = {"kind": "adapter_experts", "width": 5, "gate": gate}
    _, encoder = adapted(plain, table)
    learned = {name: _array(value) for name, value in encoder.state_dict().items()}
    experts = {}
    for number in range(2):
        layer = f"encoder.layer.{number}.output.dense"
        each = [
            (
                learned[f"{layer}.down.{place}.weight"],
                learned[f"{layer}.down.{place}.bias"],
                learned[f"{layer}.up.{place}.weight"],
                learned[f"{layer}.up.{place}.bias"],
            )
            for place in range(3)
        ]
        matrix, bias = (learned[f"{layer}.gate.linear.{kind}"] for kind in ("weight", "bias"))
        experts[layer] = (matrix, bias, each)
    added = Additions(experts=experts, is_gate_hard=gate == "hard")
    _check(encoder, _reference(weights_of(plain), plain.config, added))


@pytest.mark.parametrize("gate", ["soft", "hard"])
def test_a_gate_shares_out_encoders_for_each_text(gate: str) -> None:
    plain = tiny_encoder()
    _, encoder = adapted(plain, {"kind": "encoder_experts", "gate": gate})
    learned = {name: _array(value) for name, value in encoder.state_dict().items()}
    prefixes = ("base_layer.", "others.0.", "others.1.")
    each = [
        {name.removeprefix(prefix): learned[name] for name in learned if name.startswith(prefix)}
        for prefix in prefixes
    ]
    vectors = each[0]["embeddings.word_embeddings.weight"]
    mean = sum(vectors[token] for token in IDS[ROW].tolist()) / 11
    logits = learned["gate.linear.weight"] @ mean + learned["gate.linear.bias"]
    given = shares(logits, is_hard=gate == "hard")
    assert np.ptp(given) > 0.01  # else any gate would do
    answers = [_reference(weights, plain.config) for weights in each]
    expected = np.tensordot(given, np.stack(answers), axes=1)
    _check(encoder, np.asarray(expected))


def test_a_prompt_takes_the_first_positions_of_the_first_text() -> None:
    plain = tiny_encoder()
    _, encoder = adapted(plain, {"kind": "prompt", "num_tokens": 3})
    added = Additions(prompt=_array(encoder.state_dict()["prompt.embedding.weight"]))
    _check(encoder, _reference(weights_of(plain), plain.config, added))


def test_a_prompt_starts_as_vectors_of_tokens() -> None:
    plain = tiny_encoder()
    _, encoder = adapted(plain, {"kind": "prompt", "num_tokens": 3}, is_trained=False)
    table = plain.get_input_embeddings().state_dict()["weight"]
    for vector in encoder.state_dict()["prompt.embedding.weight"]:
        assert (table == vector).all(dim=1).any()


@pytest.mark.parametrize("is_projected", [False, True])
def test_a_prefix_is_keys_and_values_of_each_layer(is_projected: bool) -> None:
    plain = tiny_encoder()
    table = {"kind": "prefix", "num_tokens": 3, "is_projected": is_projected}
    _, encoder = adapted(plain, table)
    learned = {name: _array(value) for name, value in encoder.state_dict().items()}
    found = learned["prefix.embedding.weight"]
    if is_projected:
        inner = np.tanh(
            found @ learned["prefix.transform.0.weight"].T + learned["prefix.transform.0.bias"]
        )
        found = inner @ learned["prefix.transform.2.weight"].T + learned["prefix.transform.2.bias"]
    parts = found.reshape(3, 4, 32).transpose(1, 0, 2)  # key, value, key, value
    added = Additions(keys=list(parts[::2]), values=list(parts[1::2]))
    _check(encoder, _reference(weights_of(plain), plain.config, added))
