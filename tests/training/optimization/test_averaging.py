"""Averages of weights: worked by hand, against NumPy over a run's checkpoints, and resumed."""

import shutil
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file
from tests.tiny_objective import TinyBatches, TinyObjective, TwoHeads
from tests.tiny_training import read_log
from torch import nn

from concord.errors import ConfigError
from concord.training import Trainer, TrainerOptions, TrainingResult
from concord.training.optimization.averaging import AveragingOptions, MovingAverage, RecentMean
from concord.training.optimization.optim import OptimizerOptions

EMA = AveragingOptions(kind="ema", decay=0.3)
LAST = AveragingOptions(kind="last", last=2)
STEPS = 8  # four batches to a step, in four epochs of eight


def train(
    model: TwoHeads, folder: Path, averaging: AveragingOptions | None, *, is_validated: bool = True
) -> TrainingResult:
    options = TrainerOptions(
        epochs=4,
        accumulation_steps=4,
        mixed_precision="no",
        checkpoint_steps=1,
        keep_checkpoints=99,
        validations=4,
        best_metric="sum",
        averaging=averaging,
        optimizer=OptimizerOptions(learning_rate=0.05, warmup_ratio=0.0),
    )

    def validate(validated: TwoHeads) -> Mapping[str, float]:
        return {"sum": float(validated.shared.weight.detach().sum())}

    return Trainer(
        model,
        TinyBatches(),
        TinyObjective(),
        options,
        folder,
        seed=0,
        validate=validate if is_validated else None,
    ).train()


def weights_of_steps(folder: Path) -> list[NDArray[np.float64]]:
    """Return the shared weights at the start and after each step of a run."""
    found = [
        load_file(path / "model.safetensors")["shared.weight"].double().numpy()
        for path in sorted(folder.glob("checkpoint-*"))
    ]
    assert len(found) == STEPS
    return [TwoHeads().shared.weight.detach().double().numpy(), *found]


def reference(averaging: AveragingOptions, weights: list[NDArray[np.float64]]) -> list[float]:
    """Return the sum of the averaged shared weights at each of the four validations."""
    if averaging.kind == "last":  # validated after steps 2, 4, 6 and 8
        means = [weights[2], *((weights[n - 2] + weights[n]) / 2 for n in (4, 6, 8))]
        return [float(mean.sum()) for mean in means]
    average, found = weights[0], []
    for step in range(1, STEPS + 1):
        decay = min(0.3, (1 + step) / (10 + step))  # 2/11, 1/4, then 0.3
        average = decay * average + (1 - decay) * weights[step]
        found.append(float(average.sum()))
    return found[1::2]


def test_the_first_steps_of_a_moving_average_worked_out_by_hand() -> None:
    weight = nn.Parameter(torch.zeros(1))
    average = MovingAverage([weight], decay=0.999)
    for value in (11.0, 21.0):
        weight.data.fill_(value)
        average.after_step()
    # 2/11 of 0 and 9/11 of 11 are 9; 3/12 of 9 and 9/12 of 21 are 2.25 + 15.75
    assert average.values()[0].item() == pytest.approx(18.0)


def test_a_moving_average_keeps_at_most_its_decay() -> None:
    weight = nn.Parameter(torch.ones(1))
    average = MovingAverage([weight], decay=0.125)
    weight.data.fill_(9.0)
    average.after_step()
    assert average.values()[0].item() == pytest.approx(8.0)  # 1/8 of 1 and 7/8 of 9


def test_the_mean_is_of_the_last_validations_alone() -> None:
    weight = nn.Parameter(torch.zeros(1))
    mean = RecentMean([weight], number=2)
    for value in (1.0, 2.0, 4.0):
        weight.data.fill_(value)
        mean.before_validation()
    assert mean.values()[0].item() == 3.0


@pytest.mark.parametrize("averaging", [EMA, LAST], ids=["ema", "last"])
def test_the_average_of_a_run_is_validated_and_saved(
    tmp_path: Path, averaging: AveragingOptions
) -> None:
    model = TwoHeads()
    result = train(model, tmp_path, averaging)
    wanted = reference(averaging, weights_of_steps(tmp_path))
    found = [line["metrics"]["sum"] for line in read_log(tmp_path) if line["metrics"]]
    assert found == pytest.approx(wanted, abs=1e-6)
    assert result.model_folder is not None
    saved = load_file(result.model_folder / "model.safetensors")["shared.weight"]
    assert float(saved.sum()) == pytest.approx(max(wanted), abs=1e-6)
    assert float(model.shared.weight.detach().sum()) == pytest.approx(wanted[-1], abs=1e-6)


@pytest.mark.parametrize("averaging", [EMA, LAST], ids=["ema", "last"])
def test_averaging_leaves_the_steps_as_they_are(
    tmp_path: Path, averaging: AveragingOptions
) -> None:
    train(TwoHeads(), tmp_path / "plain", None)
    train(TwoHeads(), tmp_path / "averaged", averaging)
    plain, averaged = (
        [line["loss"] for line in read_log(tmp_path / name)] for name in ("plain", "averaged")
    )
    assert averaged == plain


@pytest.mark.parametrize("is_validated", [True, False])
@pytest.mark.parametrize("averaging", [EMA, LAST], ids=["ema", "last"])
def test_a_resumed_run_has_the_average_of_an_unbroken_one(
    tmp_path: Path, averaging: AveragingOptions, is_validated: bool
) -> None:
    whole, resumed, finished = TwoHeads(), TwoHeads(), TwoHeads()
    train(whole, tmp_path, averaging, is_validated=is_validated)
    metrics = [line["metrics"] for line in read_log(tmp_path)]
    for step in range(4, STEPS + 1):
        shutil.rmtree(tmp_path / f"checkpoint-{step:08d}")
    train(resumed, tmp_path, averaging, is_validated=is_validated)  # from step 3
    train(finished, tmp_path, averaging, is_validated=is_validated)  # nothing is left to do
    for other in (resumed, finished):
        assert all(
            ours.equal(theirs)
            for ours, theirs in zip(other.parameters(), whole.parameters(), strict=True)
        )
    assert [line["metrics"] for line in read_log(tmp_path)] == metrics


def test_options_that_cannot_work_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"averaging.decay lies between 0 and 1, got 1"):
        AveragingOptions(decay=1)
    with pytest.raises(ConfigError, match=r"averaging.last must be at least 2, got 1"):
        AveragingOptions(kind="last", last=1)
    with pytest.raises(ConfigError, match=r"takes the weights at validations"):
        TrainerOptions(averaging=LAST, validations=0)
