"""Tiny searches over the settings of a tiny fine-tuning run."""

from collections.abc import Sequence
from pathlib import Path

from tests.tiny_finetuning import write_tasks

from concord.errors import ConcordError
from concord.workflows.search.trial_process import TrialEndedError, train_trial
from concord.workflows.search.trials import MayGoOn

_SEARCH = """
base = "tasks.toml"
output = "{folder}/search"
num_trials = 3
startup_trials = 1
overrides = ["trainer.epochs=1", "trainer.validations=3"]

[space]
max_batch_tokens = {{ choices = [64, 128] }}

[space.trainer.optimizer]
learning_rate = {{ low = 1e-5, high = 1e-2, log = true }}
layer_decay = {{ low = 0.5, high = 1.0 }}

[pruning]
startup_trials = 1
"""


def write_search(folder: Path) -> Path:
    """Write a tiny fine-tuning config, its data and a search of three trials over it."""
    write_tasks(folder)
    path = folder / "search.toml"
    path.write_text(_SEARCH.format(folder=folder), encoding="utf-8")
    return path


def run_here(
    base: Path,
    overrides: Sequence[str],
    folder: Path,
    *,
    may_go_on: MayGoOn,
    lock: int | None = None,
) -> str | None:
    """Run a trial in this process, which saves the time that a new one needs to start."""
    del folder, lock
    try:
        train_trial(base, overrides, may_go_on=may_go_on)
    except TrialEndedError:
        return None
    except ConcordError as error:
        return str(error)
    return None
