"""Tiny runs of `concord finetune` on two tasks, and such runs killed and resumed."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from tests.tiny_models import save_tiny_model
from tests.tiny_tasks import write_reviews, write_rows
from tests.tiny_training import RunTrace

from concord.workflows.finetune import FinetuneOutcome, run_finetuning
from concord.workflows.finetuning.config import load_finetune_config

_CONFIG = """
output = "{folder}/run"
threads = 1
max_tokens = 32
max_batch_tokens = 64

[encoder]
name = "{folder}/encoder"

[tasks.mood]
kind = "classification"
train = "reviews.jsonl"
held_out = 0.3
text = "body"
label = "stars"

[tasks.alike]
kind = "similarity"
train = "pairs.jsonl"
held_out = 0.3
text = "a"
text_pair = "b"

[trainer]
epochs = 3
mixed_precision = "no"
checkpoint_steps = 1
keep_checkpoints = 99
validations = 4

[trainer.optimizer]
learning_rate = 3e-3
"""


def write_tasks(folder: Path) -> Path:
    """Write data, a two-layer encoder and a config that trains it on two tasks."""
    save_tiny_model(folder / "encoder")
    write_reviews(folder / "reviews.jsonl", copies=2)
    pairs = [
        {"a": f"the bridge {n % 7}", "b": f"the bridge {n % 5}", "label": 5.0 * (n % 7 == n % 5)}
        for n in range(20)
    ]
    write_rows(folder / "pairs.jsonl", pairs)
    path = folder / "tasks.toml"
    path.write_text(_CONFIG.format(folder=folder), encoding="utf-8")
    return path


def finetune_tiny(config: Path, overrides: Sequence[str] = ()) -> FinetuneOutcome:
    """Train, and leave out the exported graph, which takes longer than these runs."""
    with mock.patch("concord.workflows.finetuning.model_folder.export_encoder"):
        return run_finetuning(*load_finetune_config(config, overrides))


@dataclass(frozen=True, slots=True)
class FinetuneTrace:
    """What two equal runs have in common: their steps, last weights and model."""

    run: RunTrace
    encoder: bytes

    @classmethod
    def read(cls, run: Path) -> "FinetuneTrace":
        """Read a finished run."""
        return cls(RunTrace.read(run), (run / "model" / "model.safetensors").read_bytes())


def forget_after(run: Path, step: int) -> None:
    """Leave a run as a kill does whose last checkpoint is that of a step."""
    shutil.rmtree(run / "model")
    for path in (*run.glob("checkpoint-*"), *run.glob("best-*")):
        if int(path.name.rpartition("-")[2]) > step:
            shutil.rmtree(path)
