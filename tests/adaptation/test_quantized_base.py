"""Encoders whose frozen layers are kept in 4 or 8 bits, against NumPy's own rounding."""

import copy
import sys
from importlib.util import find_spec
from typing import Any, Final

import numpy as np
import pytest
import torch
from tests.plain_bert import Array, states_of_text, weights_of
from tests.tiny_adapted import IDS, MASK, TYPES, adapted, states, tiny_encoder
from torch import Tensor, nn

from concord.adaptation import build_adaptation
from concord.adaptation.added import added_parameters
from concord.adaptation.quantized import (
    Format,
    QuantizedLinear,
    import_bitsandbytes,
    unpack_layers,
)
from concord.errors import ConfigError, MissingExtraError

NEEDS_LIBRARY: Final = pytest.mark.skipif(
    find_spec("bitsandbytes") is None, reason="needs the extra lowbit"
)
FORMATS: Final = (pytest.param("nf4", marks=NEEDS_LIBRARY), "int8")
# Appendix E of the QLoRA paper, to seven digits.
NF4_LEVELS: Final = np.array([
    -1.0, -0.6961928, -0.5250731, -0.3949175, -0.2844414, -0.1847734, -0.0910500, 0.0,
    0.0795803, 0.1609302, 0.2461123, 0.3379152, 0.4407098, 0.5626170, 0.7229568, 1.0,
])  # fmt: skip


def rounded(weight: Array, kept_as: str) -> Array:
    """Return what is left of a matrix after it was packed."""
    if kept_as == "int8":
        largest = np.abs(weight).max(axis=1, keepdims=True)
        steps: Array = np.rint(weight * 127 / largest) * largest / 127
        return steps
    found = weight.ravel().copy()
    for start in range(0, found.size, 64):
        block = found[start : start + 64]
        largest = np.abs(block).max()
        nearest = np.abs(block[:, None] / largest - NF4_LEVELS).argmin(axis=1)
        found[start : start + 64] = NF4_LEVELS[nearest] * largest
    return found.reshape(weight.shape)


def _layer(rows: list[list[float]], kept_as: Format) -> QuantizedLinear:
    plain = nn.Linear(len(rows[0]), len(rows))
    plain.weight = nn.Parameter(torch.tensor(rows))
    return QuantizedLinear(plain, kept_as)


def _random_layer(kept_as: Format, width: int = 22) -> tuple[nn.Linear, QuantizedLinear]:
    torch.manual_seed(0)
    plain = nn.Linear(width, 10)
    return plain, QuantizedLinear(copy.deepcopy(plain), kept_as)


def _array(tensor: Tensor) -> Array:
    array: Array = tensor.detach().double().numpy()
    return array


@NEEDS_LIBRARY
def test_four_bits_keep_the_nearest_of_sixteen_levels() -> None:
    # The largest is 2. 1 / 2 lies nearer to 0.4407098 than to 0.5626170, and -0.6 / 2 nearer to
    # -0.2844414 than to -0.3949175; times 2 that is 0.8814196 and -0.5688828.
    found = _layer([[2.0, 1.0, -0.6, 0.0]], "nf4").weight
    expected = torch.tensor([[2.0, 0.8814196, -0.5688828, 0.0]])
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-6)


def test_eight_bits_keep_the_nearest_step_of_each_row() -> None:
    # The steps are 1.27 / 127 = 0.01 and 0.254 / 127 = 0.002; a row of zeros stays so.
    found = _layer([[1.27, -0.634], [0.0509, -0.254], [0.0, 0.0]], "int8").weight
    expected = torch.tensor([[1.27, -0.63], [0.05, -0.254], [0.0, 0.0]])
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-6)


# Blocks of 64 begin within a row, and the last one has 28 weights of 220, or all 64 of 960.
@pytest.mark.parametrize("width", [22, 96])
@pytest.mark.parametrize("kept_as", FORMATS)
def test_a_packed_weight_is_what_numpy_rounds_to(kept_as: Format, width: int) -> None:
    plain, layer = _random_layer(kept_as, width)
    expected = rounded(_array(plain.weight), kept_as)
    np.testing.assert_allclose(_array(layer.weight), expected, rtol=0, atol=1e-6)
    assert np.abs(expected - _array(plain.weight)).max() > 1e-4
    assert layer.codes.nbytes == (5 * width if kept_as == "nf4" else 10 * width)
    assert layer.scales.numel() == ({22: 4, 96: 15}[width] if kept_as == "nf4" else 10)


@pytest.mark.parametrize("kept_as", FORMATS)
@pytest.mark.parametrize("is_half", [False, True])
def test_a_packed_layer_computes_and_learns_as_a_plain_one(kept_as: Format, is_half: bool) -> None:
    _, layer = _random_layer(kept_as)
    plain = layer.to_plain()
    inputs = torch.randn(3, 5, 22)
    found: list[tuple[Tensor, Tensor]] = []
    for each in (layer, layer.eval(), plain):
        variable = inputs.clone().requires_grad_()
        with torch.autocast("cpu", torch.bfloat16, enabled=is_half):
            outputs = each(variable)
        (gradient,) = torch.autograd.grad(outputs.float().square().sum(), variable)
        found.append((outputs, gradient))
    (outputs, gradient), evaluated, expected = found
    assert outputs.dtype == expected[0].dtype == (torch.bfloat16 if is_half else torch.float32)
    assert torch.equal(outputs, evaluated[0])
    assert torch.equal(gradient, evaluated[1])
    tolerance = 2e-2 if is_half else 1e-5  # bfloat16 has 8 bits
    torch.testing.assert_close(outputs, expected[0], rtol=tolerance, atol=tolerance)
    torch.testing.assert_close(gradient, expected[1], rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("kept_as", FORMATS)
def test_curvature_goes_through_a_packed_layer(kept_as: Format) -> None:
    _, layer = _random_layer(kept_as)
    inputs, direction = torch.randn(2, 22), torch.randn(2, 22)
    products = []
    for each in (layer, layer.to_plain()):
        variable = inputs.clone().requires_grad_()
        (first,) = torch.autograd.grad(each(variable).tanh().sum(), variable, create_graph=True)
        products.append(torch.autograd.grad((first * direction).sum(), variable)[0])
    torch.testing.assert_close(*products)
    assert products[0].abs().max() > 0.01


@pytest.mark.parametrize("kept_as", FORMATS)
def test_a_packed_layer_is_copied_and_loaded_bit_by_bit(kept_as: Format) -> None:
    plain, layer = _random_layer(kept_as)
    with torch.no_grad():
        plain.weight.mul_(3)
    other = QuantizedLinear(plain, kept_as)
    assert not torch.equal(other.weight, layer.weight)
    other.load_state_dict(layer.state_dict())
    for each in (other, copy.deepcopy(layer)):
        assert torch.equal(each.weight, layer.weight)
    assert sorted(layer.state_dict()) == ["bias", "codes", "scales"]


@pytest.mark.parametrize("kept_as", FORMATS)
@pytest.mark.parametrize("kind", ["lora", "dora"])
def test_states_are_those_of_rounded_weights_and_what_was_learned(kind: str, kept_as: str) -> None:
    plain = tiny_encoder()
    table = {"kind": kind, "rank": 4, "alpha": 12.0, "base": kept_as}
    _, encoder = adapted(plain, table)
    weights, learned = weights_of(plain), encoder.state_dict()
    packed = [name for name in weights if ".layer." in name and weights[name].ndim == 2]
    assert len(packed) == 2 * 6  # query, key, value, their output, and two of the feed-forward part
    for name in packed:
        matrix = rounded(weights[name], kept_as)
        layer = name.removesuffix(".weight")
        if f"{layer}.lora_A.default.weight" in learned:
            thin, thick = (_array(learned[f"{layer}.lora_{part}.default.weight"]) for part in "AB")
            matrix = matrix + 12 / 4 * thick @ thin
            if kind == "dora":
                lengths = _array(learned[f"{layer}.lora_magnitude_vector.default.weight"])
                rows = np.sqrt((matrix**2).sum(axis=1, keepdims=True))
                matrix = lengths[:, None] * matrix / rows
        weights[name] = matrix
    expected = states_of_text(weights, plain.config, IDS[1].tolist(), TYPES[1].tolist())
    assert MASK[1].all()
    np.testing.assert_allclose(states(encoder)[1].numpy(), expected, rtol=0, atol=2e-5)


@pytest.mark.parametrize("kept_as", FORMATS)
@pytest.mark.parametrize("kind", ["lora", "dora"])
def test_gradients_reach_what_was_added_alone(kind: str, kept_as: str) -> None:
    _, encoder = adapted(tiny_encoder(), {"kind": kind, "base": kept_as})
    whole = copy.deepcopy(encoder)
    unpack_layers(whole)
    assert not any(isinstance(each, QuantizedLinear) for each in whole.modules())
    for each in (encoder, whole):
        outputs = each(input_ids=IDS, attention_mask=MASK, token_type_ids=TYPES)
        outputs.last_hidden_state[..., :7].sum().backward()
    added = list(added_parameters(encoder))
    assert {id(each) for each in encoder.parameters() if each.grad is not None} == set(
        map(id, added)
    )
    for mine, plain in zip(added, added_parameters(whole), strict=True):
        assert mine.grad is not None
        assert mine.grad.abs().max() > 0
        torch.testing.assert_close(mine.grad, plain.grad, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("kept_as", FORMATS)
@pytest.mark.parametrize("kind", ["lora", "dora"])
@pytest.mark.parametrize("architecture", ["bert", "albert", "modernbert"])
def test_a_merged_encoder_computes_the_same_without_packed_layers(
    architecture: str, kind: str, kept_as: str
) -> None:
    plain = tiny_encoder(architecture)
    table: dict[str, Any] = {"kind": kind, "base": kept_as}
    if architecture == "modernbert":
        table["targets"] = ["Wqkv"]
    adaptation, encoder = adapted(plain, table)
    merged = adaptation.merge(encoder)
    assert list(merged.state_dict()) == list(plain.state_dict())
    assert any(isinstance(each, QuantizedLinear) for each in encoder.modules())
    ids = torch.arange(12).reshape(2, 6) + 5
    with torch.inference_mode():
        inputs = {"input_ids": ids, "attention_mask": torch.ones_like(ids)}
        found, expected = (each(**inputs).last_hidden_state for each in (merged, encoder))
    torch.testing.assert_close(found, expected, rtol=0, atol=2e-5)


@pytest.mark.parametrize("kept_as", FORMATS)
def test_packed_weights_are_counted_one_by_one(kept_as: str) -> None:
    plain = tiny_encoder()
    _, encoder = adapted(plain, {"kind": "lora", "base": kept_as})
    # in each of 2 layers: 4 of 32 * 32, and two of 32 * 64
    assert QuantizedLinear.count(encoder) == 2 * (4 * 1024 + 2 * 2048)
    whole = sum(each.numel() for each in plain.parameters()) + 2 * 2 * 512  # query and value
    left = sum(each.numel() for each in encoder.parameters())
    assert left + QuantizedLinear.count(encoder) == whole


def test_four_bits_without_their_library_are_told_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    adaptation = build_adaptation({"kind": "lora", "base": "nf4"})
    monkeypatch.setitem(sys.modules, "bitsandbytes", None)
    expected = r"'nf4' needs the 'bitsandbytes' package: pip install 'concord\[lowbit\]'"
    with pytest.raises(MissingExtraError, match=expected):
        adaptation.adapt(tiny_encoder())


def test_eight_bits_need_no_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "bitsandbytes", None)
    _, encoder = adapted(tiny_encoder(), {"kind": "lora", "base": "int8"})
    assert states(encoder).isfinite().all()


@NEEDS_LIBRARY
def test_a_device_without_four_bits_is_told_in_one_sentence() -> None:
    with pytest.raises(ConfigError, match=r"'nf4' runs on cpu, cuda, .*not on xla; choose 'int8'"):
        import_bitsandbytes("xla")


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        ({"kind": "lora", "base": "nf3"}, r"adaptation\.base should be 'full', 'nf4' or 'int8'"),
        ({"kind": "lora", "base": "nf4", "per_task": True}, "or per_task = false"),
        ({"kind": "ia3", "base": "nf4"}, r"unknown key 'adaptation\.base'"),
    ],
)
def test_a_base_that_cannot_be_is_told_in_one_sentence(table: dict[str, Any], problem: str) -> None:
    with pytest.raises(ConfigError, match=problem) as caught:
        build_adaptation(table)
    assert "\n" not in str(caught.value)
