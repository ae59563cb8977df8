"""How the rates of groups rise and fall: by hand, and resumed."""

from typing import Any, get_args

import pytest
import torch
from torch import nn
from transformers import get_scheduler

from concord.errors import ConfigError
from concord.training import TrainerOptions
from concord.training.optimization.optim import OptimizerOptions, build_schedule
from concord.training.optimization.schedules import (
    FIRST_STEP,
    PlateauOptions,
    RateSchedule,
    Shape,
    compute_rate,
)


def optimizer_of(*first_steps: int) -> torch.optim.Optimizer:
    """Return an optimiser whose groups, each of one weight, learn from different steps on."""
    groups = [
        {"params": [nn.Parameter(torch.zeros(1))], "lr": 0.8, FIRST_STEP: step}
        for step in first_steps
    ]
    return torch.optim.SGD(groups, lr=0.8)


def rates(schedule: RateSchedule, steps: int) -> list[list[float]]:
    """Return the rates of some steps, group by group."""
    found = []
    for _ in range(steps):
        found.append([float(rate) for rate in schedule.get_last_lr()])
        schedule.optimizer.step()
        schedule.step()
    return [list(of_group) for of_group in zip(*found, strict=True)]


@pytest.mark.parametrize("shape", ["linear", "cosine", "constant_with_warmup", "constant"])
def test_the_shapes_are_those_of_transformers(shape: Shape) -> None:
    theirs = get_scheduler(shape, optimizer_of(0), num_warmup_steps=6, num_training_steps=50)
    for step in range(50):
        ours = compute_rate(shape, step, num_steps=50, warmup_ratio=0.12)
        assert 0.8 * ours == pytest.approx(theirs.get_last_lr()[0], abs=1e-12)
        theirs.optimizer.step()
        theirs.step()
    assert set(get_args(Shape)) > {"linear", "cosine", "constant_with_warmup", "constant"}


def test_a_layer_s_schedule_begins_when_the_layer_joins() -> None:
    options = OptimizerOptions(learning_rate=0.8, schedule="linear", warmup_ratio=0.2)
    schedule = build_schedule(optimizer_of(0, 5), options, 10)
    heads, layer = rates(schedule, 10)
    assert heads == pytest.approx([0.0, 0.4, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1])
    # five steps are left, one of them to warm up: 0, 1, then 3/4, 1/2 and 1/4 of 0.8
    assert layer == pytest.approx([0.0] * 5 + [0.0, 0.8, 0.6, 0.4, 0.2])


def test_a_layer_that_never_joins_has_no_rate() -> None:
    schedule = build_schedule(optimizer_of(12), OptimizerOptions(schedule="constant"), 10)
    assert rates(schedule, 10) == [[0.0] * 10]


def plateau(direction: Any = "max") -> RateSchedule:
    options = OptimizerOptions(
        learning_rate=0.8,
        schedule="plateau",
        warmup_ratio=0.2,
        plateau=PlateauOptions(factor=0.5, patience=2),
    )
    return build_schedule(optimizer_of(0), options, 10, direction=direction)


def follow(schedule: RateSchedule, values: list[float]) -> list[float]:
    """Validate after each step, and return the rate of the next."""
    found = []
    for value in values:
        schedule.optimizer.step()
        schedule.step()
        schedule.observe(value)
        assert schedule.get_last_lr() == [schedule.optimizer.param_groups[0]["lr"]]
        found.append(float(schedule.get_last_lr()[0]))
    return found


def test_a_plateau_halves_the_rate_after_two_validations_without_a_better_one() -> None:
    # warm-up gives 0.4 and 0.8; 5 is not beaten by 4 and 5, so the rate halves; 6 beats it; 6 and
    # 6 do not beat 6, so it halves again, and 1 is only the first one stale after that
    found = follow(plateau(), [3, 5, 4, 5, 6, 6, 6, 1])
    assert found == pytest.approx([0.4, 0.8, 0.8, 0.4, 0.4, 0.4, 0.2, 0.2])


def test_a_plateau_may_be_of_something_that_should_fall() -> None:
    assert follow(plateau("min"), [3, 2, 1, 2, 1]) == pytest.approx([0.4, 0.8, 0.8, 0.8, 0.4])


def test_a_plateau_goes_on_where_it_was_saved() -> None:
    values = [3.0, 5.0, 4.0, 5.0, 6.0, 6.0, 6.0, 1.0]
    whole, first, second = plateau(), plateau(), plateau()
    wanted = follow(whole, values)
    follow(first, values[:3])
    second.load_state_dict(first.state_dict())
    for group, rate in zip(second.optimizer.param_groups, first.get_last_lr(), strict=True):
        group["lr"] = rate  # which is in the optimiser's own state
    assert follow(second, values[3:]) == wanted[3:]


def test_validations_mean_nothing_to_other_shapes() -> None:
    schedule = build_schedule(optimizer_of(0), OptimizerOptions(schedule="constant"), 10)
    assert follow(schedule, [5, 4, 3, 2]) == pytest.approx([0.8] * 4)


def test_options_that_cannot_work_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"plateau\.factor lies between 0 and 1, got 1"):
        PlateauOptions(factor=1)
    with pytest.raises(ConfigError, match=r"plateau\.patience must be at least 1, got 0"):
        PlateauOptions(patience=0)
    with pytest.raises(ConfigError, match=r"follows a validation metric, and trainer\.validations"):
        TrainerOptions(optimizer=OptimizerOptions(schedule="plateau"), validations=0)
