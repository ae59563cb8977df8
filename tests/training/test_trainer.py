"""The loop trains any model on any loss, and its steps are those of a NumPy reading of them."""

import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file
from tests.tiny_objective import TinyBatch, TinyBatches, TinyObjective, TwoHeads
from tests.tiny_training import read_log
from tests.training.optimization.test_pcgrad import reference as project

from concord.training import Trainer, TrainerOptions
from concord.training.optimization.optim import OptimizerOptions, build_optimizer

Array = NDArray[np.float64]
SEED = 4
STEPS = 8  # two epochs of eight batches, two to a step
OPTIMIZER = OptimizerOptions(
    learning_rate=0.05, schedule="constant_with_warmup", warmup_ratio=0.0, max_grad_norm=1e9
)


def options(gradients: Literal["sum", "pcgrad"], validations: int = 0) -> TrainerOptions:
    return TrainerOptions(
        epochs=2,
        accumulation_steps=2,
        mixed_precision="no",
        validations=validations,
        optimizer=OPTIMIZER,
        gradients=gradients,
        best_metric="quality",
    )


def train(model: TwoHeads, folder: Path, options: TrainerOptions) -> None:
    Trainer(model, TinyBatches(), TinyObjective(), options, folder, seed=SEED).train()


def part_gradients(model: TwoHeads, batches: list[TinyBatch]) -> tuple[Array, list[float]]:
    """Return each head's gradient, laid end to end with zeros elsewhere, and its loss."""
    shared, *heads = (value.detach().double().numpy() for value in model.parameters())
    gradients, losses = np.zeros((2, shared.size + 4)), [0.0, 0.0]
    for number in range(2):
        chosen = [batch for batch in batches if batch.head == number]
        if not chosen:
            continue
        inputs = np.concatenate([batch.inputs.double().numpy() for batch in chosen])
        target = np.concatenate([batch.target.double().numpy() for batch in chosen])
        hidden = inputs @ shared.T
        error = hidden @ heads[number][0] - target
        losses[number] = float(np.mean(error**2))
        slope = 2 * error / len(error)
        gradients[number, : shared.size] = np.outer(heads[number][0], slope @ inputs).ravel()
        start = shared.size + 2 * number
        gradients[number, start : start + 2] = slope @ hidden
    return gradients, losses


def reference_run(gradients: str) -> tuple[TwoHeads, list[Array], list[list[float]]]:
    """Train by gradients worked out in NumPy; also return those of each step, and the losses."""
    model = TwoHeads()
    optimizer = build_optimizer(model, OPTIMIZER)
    batches = [batch for number in range(2) for batch in TinyBatches().epoch(number)]
    of_steps, losses = [], []
    for step in range(STEPS):
        of_parts, of_step = part_gradients(model, batches[2 * step : 2 * step + 2])
        of_steps.append(of_parts)
        losses.append(of_step)
        rng = np.random.default_rng([SEED, step])
        whole = project(of_parts, rng) if gradients == "pcgrad" else of_parts.sum(axis=0)
        sizes = [parameter.numel() for parameter in model.parameters()]
        pieces = np.split(whole, np.cumsum(sizes)[:-1])
        for parameter, piece in zip(model.parameters(), pieces, strict=True):
            # a head without examples in the step stays as it is
            gradient = torch.from_numpy(piece).float().view_as(parameter)
            parameter.grad = gradient if piece.any() else None
        optimizer.step()
    return model, of_steps, losses


@pytest.mark.parametrize("gradients", ["sum", "pcgrad"])
def test_a_run_is_the_reference(tmp_path: Path, gradients: Literal["sum", "pcgrad"]) -> None:
    model = TwoHeads()
    train(model, tmp_path, options(gradients))
    wanted, of_steps, losses = reference_run(gradients)
    conflicts = [bool(first @ second < 0) for first, second in of_steps]
    assert 0 < sum(conflicts) < STEPS
    for ours, theirs in zip(model.parameters(), wanted.parameters(), strict=True):
        torch.testing.assert_close(ours, theirs, atol=1e-5, rtol=0)
    for record, (first, second) in zip(read_log(tmp_path), losses, strict=True):
        assert record["losses"] == pytest.approx({"first": first, "second": second}, abs=1e-5)
        assert record["loss"] == pytest.approx(first + second, abs=1e-5)


def test_projecting_leads_elsewhere_where_gradients_conflict(tmp_path: Path) -> None:
    summed, projected = TwoHeads(), TwoHeads()
    train(summed, tmp_path / "sum", options("sum"))
    train(projected, tmp_path / "pcgrad", options("pcgrad"))
    assert not torch.allclose(summed.shared.weight, projected.shared.weight, atol=1e-3)


def test_the_log_counts_what_the_objective_counts(tmp_path: Path) -> None:
    train(TwoHeads(), tmp_path, options("sum"))
    log = read_log(tmp_path)
    assert [record["pairs"] for record in log] == [8 * step for step in range(1, 9)]
    assert log[-1]["tokens"] == 8 * 8 * 3


def test_the_best_model_is_saved_by_its_own_hand(tmp_path: Path) -> None:
    seen: list[float] = []

    def validate(model: TwoHeads) -> Mapping[str, float]:
        seen.append(float(model.shared.weight.detach().sum()))
        return {"quality": -float(len(seen))}  # the first is the best

    trainer = Trainer(
        TwoHeads(),
        TinyBatches(),
        TinyObjective(),
        options("sum", validations=4),
        tmp_path,
        seed=SEED,
        validate=validate,
    )
    result = trainer.train()
    assert (len(seen), result.state.best_step) == (4, 2)
    assert result.model_folder is not None
    weights = load_file(result.model_folder / "model.safetensors")
    assert float(weights["shared.weight"].sum()) == pytest.approx(seen[0])


def test_a_projected_run_goes_on_from_a_checkpoint_to_the_same_weights(tmp_path: Path) -> None:
    whole, resumed = TwoHeads(), TwoHeads()
    each_third = replace(options("pcgrad"), checkpoint_steps=3, keep_checkpoints=9)
    train(whole, tmp_path, each_third)
    for later in ("checkpoint-00000006", "checkpoint-00000008"):
        shutil.rmtree(tmp_path / later)
    train(resumed, tmp_path, each_third)  # from step 3
    assert len(read_log(tmp_path)) == STEPS
    assert all(
        ours.equal(theirs)
        for ours, theirs in zip(resumed.parameters(), whole.parameters(), strict=True)
    )
