"""What is decayed, and how the learning rate rises and falls."""

from typing import Literal

import pytest
import torch
from tests.tiny_models import tiny_model

from concord.errors import ConfigError
from concord.training.optimization.optim import OptimizerOptions, build_optimizer, build_schedule


def rates(schedule_name: Literal["linear", "cosine", "constant_with_warmup"]) -> list[float]:
    options = OptimizerOptions(learning_rate=0.8, schedule=schedule_name, warmup_ratio=0.2)
    optimizer = build_optimizer(torch.nn.Linear(1, 1), options)
    schedule = build_schedule(optimizer, options, 10)
    values = []
    for _ in range(10):
        values.append(float(schedule.get_last_lr()[0]))
        optimizer.step()
        schedule.step()
    return [*values, float(schedule.get_last_lr()[0])]


def test_the_rate_rises_for_a_fifth_of_the_steps_and_falls_to_zero() -> None:
    # 0, 1/2, 1, then 7/8, 6/8, ... of 0.8
    wanted = [0.0, 0.4, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.0]
    assert rates("linear") == pytest.approx(wanted)


def test_other_schedules_share_the_warm_up() -> None:
    assert rates("constant_with_warmup") == pytest.approx([0.0, 0.4, *[0.8] * 9])
    cosine = rates("cosine")
    assert cosine[:3] == pytest.approx([0.0, 0.4, 0.8])
    assert cosine[6] == pytest.approx(0.4)  # half way down
    assert cosine[10] == pytest.approx(0.0)


def test_biases_and_normalisation_are_not_decayed() -> None:
    model = tiny_model()
    decayed, spared = build_optimizer(model, OptimizerOptions(weight_decay=0.1)).param_groups
    assert (decayed["weight_decay"], spared["weight_decay"]) == (0.1, 0.0)
    names = {id(parameter): name for name, parameter in model.named_parameters()}
    spared_names = {names[id(parameter)] for parameter in spared["params"]}
    assert spared_names == {
        name for name in names.values() if name.endswith(".bias") or "LayerNorm" in name
    }
    assert len(decayed["params"]) + len(spared["params"]) == len(names)


def test_frozen_parameters_are_left_out() -> None:
    model = tiny_model()
    model.encoder.requires_grad_(False)
    groups = build_optimizer(model, OptimizerOptions()).param_groups
    assert sum(len(group["params"]) for group in groups) == 6  # three heads


def test_options_that_cannot_work_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"learning_rate must be above 0, got 0"):
        OptimizerOptions(learning_rate=0)
    with pytest.raises(ConfigError, match=r"warmup_ratio lies in \[0, 1\), got 1"):
        OptimizerOptions(warmup_ratio=1)
