"""The optimisers besides AdamW: their updates, their state, and the sentence where one is not."""

import sys
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from tests.tiny_models import tiny_model
from torch import nn

from concord.errors import ConfigError, MissingExtraError
from concord.training.optimization.optim import OptimizerOptions, build_optimizer
from concord.training.optimization.sophia import Sophia, SophiaOptions

Array = NDArray[np.float64]


def build(model: nn.Module, name: Any, **options: Any) -> torch.optim.Optimizer:
    return build_optimizer(model, OptimizerOptions(name=name, **options))


def adafactor(start: Array, gradients: list[Array], rate: float, decay: float) -> Array:
    """Follow Shazeer and Stern's update of a matrix, without momentum and with a given rate."""
    weight, rows, columns = start.copy(), np.zeros(len(start)), np.zeros(start.shape[1])
    for step, gradient in enumerate(gradients, start=1):
        kept = 1 - step**-0.8
        squares = gradient**2 + 1e-30
        rows = kept * rows + (1 - kept) * squares.mean(axis=1)
        columns = kept * columns + (1 - kept) * squares.mean(axis=0)
        second = np.outer(rows, columns) / rows.mean()
        update = gradient / np.sqrt(second)
        update /= max(1.0, float(np.sqrt((update**2).mean())))
        weight = weight - rate * decay * weight - rate * update
    return weight


def test_adafactor_is_the_reference_with_our_rate() -> None:
    rng = np.random.default_rng(0)
    model = nn.Linear(3, 2, bias=False)
    start = model.weight.detach().double().numpy()
    optimizer = build(model, "adafactor", learning_rate=0.05, weight_decay=0.2)
    gradients = [rng.normal(size=(2, 3)) for _ in range(4)]
    for gradient in gradients:
        model.weight.grad = torch.from_numpy(gradient).float()
        optimizer.step()
    wanted = adafactor(start, gradients, rate=0.05, decay=0.2)
    np.testing.assert_allclose(model.weight.detach().numpy(), wanted, rtol=1e-4)


def test_adafactor_keeps_two_vectors_for_a_matrix() -> None:
    model = nn.Linear(30, 20, bias=False)
    optimizer = build(model, "adafactor")
    model.weight.grad = torch.ones(20, 30)
    optimizer.step()
    state = [each for each in optimizer.state[model.weight].values() if hasattr(each, "numel")]
    assert sorted(each.numel() for each in state)[-2:] == [20, 30]  # of 600 numbers


@pytest.mark.parametrize(("name", "gamma"), [("sophia_g", 0.05), ("sophia_h", 0.01)])
def test_sophia_has_the_paper_s_numbers_unless_given(name: str, gamma: float) -> None:
    found = build(tiny_model(), name)
    assert isinstance(found, Sophia)
    assert found.defaults["gamma"] == gamma
    assert found.defaults["betas"] == (0.96, 0.99)
    given = build(tiny_model(), name, sophia=SophiaOptions(gamma=0.5))
    assert given.defaults["gamma"] == 0.5


def test_the_8_bit_optimiser_without_its_library_is_told_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "bitsandbytes", None)
    monkeypatch.setitem(sys.modules, "bitsandbytes.optim", None)
    with pytest.raises(MissingExtraError, match=r"'adamw_8bit' needs the 'bitsandbytes' package: "
                       r"pip install 'concord\[lowbit\]'"):  # fmt: skip
        build(tiny_model(), "adamw_8bit")


def test_the_8_bit_optimiser_moves_weights_as_adamw_does() -> None:
    pytest.importorskip("bitsandbytes")
    moved = []
    for name in ("adamw", "adamw_8bit"):
        torch.manual_seed(0)
        model = nn.Linear(64, 128, bias=False)  # 8,192 numbers, enough for a state in 8 bits
        start = model.weight.detach().clone()
        optimizer = build(model, name, learning_rate=1e-3, weight_decay=0.0)
        inputs = torch.randn(32, 64)
        for _ in range(20):
            optimizer.zero_grad()
            (model(inputs) - 1).square().mean().backward()
            optimizer.step()
        moved.append(model.weight.detach() - start)
    whole, rounded = moved
    assert optimizer.state[model.weight]["state1"].dtype == torch.uint8
    assert torch.cosine_similarity(whole.flatten(), rounded.flatten(), dim=0).item() > 0.99


def test_options_that_cannot_work_are_refused() -> None:
    for value in (0.0, 1.1):
        with pytest.raises(ConfigError, match=r"optimizer\.layer_decay lies in \(0, 1\], got"):
            OptimizerOptions(layer_decay=value)
