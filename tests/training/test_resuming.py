"""A run killed at any moment goes on to exactly the losses and weights of an unbroken one."""

from multiprocessing.context import ForkServerContext
from pathlib import Path

import numpy as np
import pytest
from tests.tiny_training import (
    RunTrace,
    build_context,
    die_in_child,
    kill_at_step,
    read_log,
    train_in_child,
    write_config,
)

EPOCHS = "trainer.epochs=4"
RUN_STATE = "concord.training.run_state"


@pytest.fixture(scope="module")
def context() -> ForkServerContext:
    return build_context()


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_config(tmp_path_factory.mktemp("resuming"))


@pytest.fixture(scope="module")
def unbroken(context: ForkServerContext, config: Path) -> RunTrace:
    """The run that was never killed, 28 steps with a checkpoint after each third."""
    train_in_child(context, config, EPOCHS)
    trace = RunTrace.read(config.parent / "run")
    assert len(trace.steps) == 28
    return trace


def kill_and_resume(
    context: ForkServerContext, config: Path, run: Path, steps: list[int], *overrides: str
) -> int:
    """Kill a run at each of some steps, then let it end; return how many kills hit it alive."""
    options = (EPOCHS, f"output={run}", *overrides)
    kills = [kill_at_step(context, config, run, step, options) for step in steps]
    train_in_child(context, config, *options)
    return sum(kills)


def test_a_run_killed_twice_ends_as_the_unbroken_one(
    context: ForkServerContext, config: Path, unbroken: RunTrace, tmp_path: Path
) -> None:
    # before the first checkpoint, and between two
    assert kill_and_resume(context, config, tmp_path / "run", [2, 11]) == 2
    assert RunTrace.read(tmp_path / "run") == unbroken


def test_so_does_one_with_whatever_stands_around_a_step(
    context: ForkServerContext, config: Path, unbroken: RunTrace, tmp_path: Path
) -> None:
    overrides = (
        "trainer.averaging={kind='ema', decay=0.9}",
        "trainer.regularization.kind='r_drop'",
        "trainer.unfreezing={every=5, unit='steps'}",
        "trainer.optimizer.name='sophia_h'",
        "trainer.optimizer.sophia.interval=4",
        "trainer.optimizer.schedule='plateau'",
    )
    train_in_child(context, config, EPOCHS, f"output={tmp_path / 'unbroken'}", *overrides)
    assert kill_and_resume(context, config, tmp_path / "run", [2, 11], *overrides) == 2
    found = RunTrace.read(tmp_path / "run")
    assert found == RunTrace.read(tmp_path / "unbroken")
    assert found != unbroken


@pytest.mark.slow
@pytest.mark.parametrize("precision", ["no", "bf16"])
def test_a_run_killed_at_ten_random_moments_ends_as_the_unbroken_one(
    context: ForkServerContext, config: Path, tmp_path: Path, precision: str
) -> None:
    overrides = (f'trainer.mixed_precision="{precision}"', "trainer.masking.weight=0.5")
    train_in_child(context, config, EPOCHS, f"output={tmp_path / 'unbroken'}", *overrides)
    moments = np.random.default_rng(0).choice(np.arange(1, 28), 10, replace=False)
    steps = sorted(moments.tolist())
    kills = kill_and_resume(context, config, tmp_path / "run", steps, *overrides)
    assert kills == 10
    assert RunTrace.read(tmp_path / "run") == RunTrace.read(tmp_path / "unbroken")


@pytest.mark.parametrize(
    ("function", "call"),
    [
        ("accelerate:Accelerator.save_state", 2),
        (f"{RUN_STATE}:_flush", 3),
        ("concord.model:AlignmentModel.save_pretrained", 2),
    ],
    ids=["filling a checkpoint", "before a folder gets its name", "filling the best model"],
)
def test_a_half_written_folder_is_never_loadable(
    context: ForkServerContext,
    config: Path,
    unbroken: RunTrace,
    tmp_path: Path,
    function: str,
    call: int,
) -> None:
    run = tmp_path / "run"
    options = (EPOCHS, f"output={run}")
    die_in_child(context, function, call, config, *options)
    complete = [*run.glob("checkpoint-*"), *run.glob("best-*")]
    (partial,) = run.glob(".*.partial")  # it did die while writing
    assert partial.name[1:].removesuffix(".partial") not in [path.name for path in complete]
    for folder in complete:
        assert (folder / "model.safetensors").stat().st_size > 10_000
    train_in_child(context, config, *options)
    assert RunTrace.read(run) == unbroken
    assert list(run.glob(".*")) == []


def test_a_run_killed_while_it_deletes_old_folders_goes_on(
    context: ForkServerContext, config: Path, unbroken: RunTrace, tmp_path: Path
) -> None:
    options = (EPOCHS, f"output={tmp_path / 'run'}")
    die_in_child(context, f"{RUN_STATE}:_discard", 2, config, *options)
    train_in_child(context, config, *options)
    assert RunTrace.read(tmp_path / "run") == unbroken


def test_patience_survives_a_kill(context: ForkServerContext, config: Path, tmp_path: Path) -> None:
    # 14 validations, every second step; the first stays the best, so the run ends at step 12
    patience = ("trainer.patience=5", "trainer.min_delta=10", "trainer.validations=14")
    assert kill_and_resume(context, config, tmp_path / "run", [9], *patience) == 1
    assert read_log(tmp_path / "run")[-1]["step"] == 12
