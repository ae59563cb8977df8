"""Which layers learn when: a worked table, the gradients of a run, and layers' rates."""

import pytest
import torch
from tests.model.test_layers import WithHead, encoder_of
from tests.tiny_models import tiny_model

from concord.errors import ConfigError
from concord.training.optimization.optim import OptimizerOptions, build_optimizer
from concord.training.optimization.parameter_groups import group_parameters
from concord.training.optimization.schedules import FIRST_STEP
from concord.training.optimization.unfreezing import (
    UnfreezingOptions,
    compute_first_step,
    freeze_before,
)


def test_rates_fall_from_the_heads_down_to_the_embeddings() -> None:
    model = WithHead(encoder_of("bert"))
    options = OptimizerOptions(learning_rate=1.0, layer_decay=0.5)
    rates = {
        parameter: group["lr"]
        for group in build_optimizer(model, options).param_groups
        for parameter in group["params"]
    }
    found = {name: rates[parameter] for name, parameter in model.named_parameters()}
    assert found["head.weight"] == 1.0
    assert found["encoder.encoder.layer.2.output.dense.weight"] == 0.5
    assert found["encoder.encoder.layer.0.output.dense.bias"] == 0.125
    assert found["encoder.embeddings.word_embeddings.weight"] == 0.0625
    assert len(found) == len(list(model.parameters()))


@pytest.mark.parametrize(
    ("options", "table"),
    [
        # heads and the top layer from the start; then one more at each due step
        (UnfreezingOptions(every=4, unit="steps"), [0, 0, 4, 8, 12]),
        # epochs of 5, 3 and 4 steps: the third layer joins at 5, the second at 8, ...
        (UnfreezingOptions(every=1, unit="epochs"), [0, 0, 5, 8, 12]),
        (UnfreezingOptions(every=2, unit="epochs"), [0, 0, 8, 12, 12]),
    ],
)
def test_layers_join_from_the_top(options: UnfreezingOptions, table: list[int]) -> None:
    assert [compute_first_step(depth, options, [5, 3, 4]) for depth in range(5)] == table


def test_frozen_layers_have_no_gradient_until_their_step() -> None:
    model = tiny_model()
    unfreezing = UnfreezingOptions(every=2, unit="steps")
    optimizer = build_optimizer(model, OptimizerOptions(), unfreezing=unfreezing)
    ids = torch.arange(12).reshape(2, 6)
    inputs = (ids, torch.ones_like(ids), torch.zeros_like(ids))
    learned = []
    for step in range(5):
        freeze_before(optimizer, step)
        optimizer.zero_grad()
        output = model(*inputs)
        assert isinstance(output, torch.Tensor)
        output.sum().backward()  # type: ignore[no-untyped-call]
        with_gradient = {
            name for name, parameter in model.named_parameters() if parameter.grad is not None
        }
        learned.append(
            (
                any("layer.1." in name for name in with_gradient),
                any("layer.0." in name for name in with_gradient),
                any("embeddings" in name for name in with_gradient),
            )
        )
        assert any(name.startswith("heads") for name in with_gradient)
    top, lowest, embeddings = zip(*learned, strict=True)
    assert top == (True, True, True, True, True)
    assert lowest == (False, False, True, True, True)  # two layers: the lower one after 2 steps
    assert embeddings == (False, False, False, False, True)


def test_nothing_to_unfreeze_is_refused() -> None:
    model = tiny_model()
    model.encoder.requires_grad_(False)
    with pytest.raises(
        ConfigError, match=r"trainer\.unfreezing is about the encoder's layers, and"
    ):
        group_parameters(model, learning_rate=1, weight_decay=0, unfreezing=UnfreezingOptions())
    with pytest.raises(ConfigError, match=r"unfreezing\.every must be at least 1, got 0"):
        UnfreezingOptions(every=0)


def test_without_such_wishes_there_are_two_groups() -> None:
    groups = group_parameters(tiny_model(), learning_rate=1, weight_decay=0.5)
    assert [group["weight_decay"] for group in groups] == [0.5, 0.0]
    assert all(FIRST_STEP not in group for group in groups)
