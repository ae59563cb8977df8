"""Tiny training runs: their config, and children that train and die at chosen moments."""

import itertools
import json
import multiprocessing
import os
import pkgutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any
from unittest import mock

from tests.tiny_data import write_data_folder
from tests.tiny_models import save_tiny_model

from concord.data.mixture import Mixture
from concord.model import AlignmentModel
from concord.training import Trainer, TrainerOptions
from concord.training.alignment import AlignmentBatches, AlignmentObjective
from concord.training.batches.collate import TrainingBatch
from concord.workflows.train import train

DIED = 9
"""The exit code of a run that died by its own hand."""

_CONFIG = """
output = "{folder}/run"
chunk_tokens = 32
threads = 1

[encoder]
name = "{folder}/encoder"

[data]
folder = "{folder}/data"
recipes = ["snli", "paws", "stsb"]
max_tokens = 64
max_batch_tokens = 128

[trainer]
epochs = 2
mixed_precision = "no"
checkpoint_steps = 3
validations = 4

[trainer.optimizer]
learning_rate = 3e-3
"""


def write_config(folder: Path, *, rows: int = 24) -> Path:
    """Write data, a two-layer encoder and a config that trains it for 14 steps."""
    write_data_folder(folder / "data", rows=rows)
    save_tiny_model(folder / "encoder")
    path = folder / "config.toml"
    path.write_text(_CONFIG.format(folder=folder), encoding="utf-8")
    return path


def alignment_trainer(
    model: AlignmentModel, mixture: Mixture, options: TrainerOptions, folder: Path, *, seed: int
) -> Trainer[AlignmentModel, TrainingBatch]:
    """Return a loop that trains a model on a mixture, without validation."""
    if options.masking.weight > 0:
        model.add_masked_language_head()
    batches = AlignmentBatches(mixture, model.tokenizer, options.masking, seed)
    objective = AlignmentObjective(options.masking, options.regularization)
    return Trainer(model, batches, objective, options, folder, seed=seed)


def read_log(run: Path) -> list[dict[str, Any]]:
    """Return the finished lines of a run's log."""
    path = run / "log.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True) if path.exists() else []
    return [json.loads(line) for line in lines if line.endswith("\n")]


@dataclass(frozen=True, slots=True)
class RunTrace:
    """What two equal runs have in common: each step of the log, and the final weights."""

    steps: tuple[dict[str, Any], ...]
    weights: bytes

    @classmethod
    def read(cls, run: Path) -> "RunTrace":
        """Read a finished run."""
        steps = [{k: v for k, v in step.items() if k != "seconds"} for step in read_log(run)]
        last = max(run.glob("checkpoint-*"))
        return cls(tuple(steps), (last / "model.safetensors").read_bytes())


def build_context() -> ForkServerContext:
    """Return a way to start children that have everything imported, so that they start fast."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.tiny_training"])
    return context


def train_without_export(config: Path, overrides: Sequence[str]) -> None:
    """Train, and leave out the exported graph, which takes longer than these runs."""
    with mock.patch("concord.workflows.train.export_model"):
        train(config, overrides)


def train_in_child(context: ForkServerContext, config: Path, *overrides: str) -> None:
    """Train in a process of its own, to the end."""
    child = context.Process(target=train_without_export, args=(config, overrides))
    child.start()
    child.join()
    assert child.exitcode == 0


def kill_at_step(
    context: ForkServerContext, config: Path, run: Path, step: int, overrides: Sequence[str]
) -> bool:
    """Train in a child and kill it (SIGKILL) once its log has a step; tell if it was alive."""
    child = context.Process(target=train_without_export, args=(config, overrides))
    child.start()
    while child.is_alive() and not _has_step(run, step):
        time.sleep(0.001)
    child.kill()
    child.join()
    return child.exitcode == -9


def _has_step(run: Path, step: int) -> bool:
    return any(record["step"] >= step for record in read_log(run))


def die_in_child(
    context: ForkServerContext, function: str, call: int, config: Path, *overrides: str
) -> None:
    """Train in a child that dies in the n-th call of a function, after half of its work."""
    child = context.Process(target=_train_until, args=(function, call, config, overrides))
    child.start()
    child.join()
    assert child.exitcode == DIED


def _train_until(function: str, call: int, config: Path, overrides: Sequence[str]) -> None:
    original = pkgutil.resolve_name(function)
    calls = itertools.count(1)

    def dying(*arguments: Any, **options: Any) -> Any:
        if next(calls) == call:
            _do_half(arguments)
            os._exit(DIED)
        return original(*arguments, **options)

    with mock.patch(function.replace(":", "."), dying):
        train_without_export(config, overrides)


def _do_half(arguments: tuple[Any, ...]) -> None:
    """Leave a truncated file where a folder is being filled, as a kill does."""
    for argument in arguments:
        if isinstance(argument, str | Path) and Path(argument).is_dir():
            (Path(argument) / "model.safetensors").write_bytes(b"half")
