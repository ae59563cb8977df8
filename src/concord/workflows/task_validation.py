"""What a model of tasks gets right on validation rows while it is trained."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from concord.artifact import TasksSettings
from concord.data.evenly import read_evenly
from concord.data.sources import Split
from concord.data.task_rows import has_split, read_labelled
from concord.errors import ConfigError
from concord.evaluation.metrics.tasks import compute_task_metrics
from concord.model import TaskModel
from concord.scoring.backends.pytorch import TorchEncoder
from concord.scoring.task_predictor import TaskPredictor
from concord.tasks import AnyTask
from concord.tasks.heads import build_numpy_head


@dataclass(frozen=True, slots=True)
class TaskRows:
    """Inputs of a task and their right answers, place by place."""

    inputs: Sequence[Any]
    golds: Sequence[Any]


def load_task_rows(
    task: AnyTask, split: Split, *, folder: Path | None, max_rows: int | None = None
) -> TaskRows:
    """Read a task's labelled rows into memory, at most so many, evenly from all.

    Raises:
        ConfigError: If there is none.
        DataError: If a row cannot be read.
    """
    rows = read_evenly(partial(read_labelled, task, split, folder=folder), max_rows)
    if not rows:
        is_parted = split is Split.VALIDATION and task.validation is None
        remedy = f"; raise held_out, which is {task.held_out}, or name a file" if is_parted else ""
        raise ConfigError(f"the {split} data hold no labelled row{remedy}")
    return TaskRows([row.input for row in rows], [row.gold for row in rows])


class TaskValidator:
    """Holds validation rows and measures models on them.

    Args:
        tasks: By name, with their labels; those without validation data are left out.
        folder: What relative file names start from.
        max_rows: At most so many rows of each, evenly from all.
        max_batch_tokens: Bound on a batch's sequences times its longest one.
    """

    def __init__(
        self,
        tasks: Mapping[str, AnyTask],
        *,
        folder: Path | None,
        max_rows: int | None,
        max_batch_tokens: int = 4096,
    ) -> None:
        self._tasks = {
            name: task for name, task in tasks.items() if has_split(task, Split.VALIDATION)
        }
        self._rows: dict[str, TaskRows] = {}
        for name, task in self._tasks.items():
            try:
                self._rows[name] = load_task_rows(
                    task, Split.VALIDATION, folder=folder, max_rows=max_rows
                )
            except ConfigError as error:
                raise ConfigError(f"tasks.{name}: {error}") from None
        self._max_batch_tokens = max_batch_tokens

    @property
    def metric_names(self) -> tuple[str, ...]:
        """What `validate` gives: each task's metrics as "task/metric", and "mean"."""
        names = [f"{name}/{each}" for name, task in self._tasks.items() for each in task.metrics]
        return (*names, "mean") if names else ()

    def validate(self, model: TaskModel) -> dict[str, float]:
        """Return each task's metrics, and the "mean" of every task's first one."""
        predictor = live_predictor(model, max_batch_tokens=self._max_batch_tokens)
        asked = {name: rows.inputs for name, rows in self._rows.items()}
        answers = predictor.answer_together(asked)
        values: dict[str, float] = {}
        firsts = []
        for name, task in self._tasks.items():
            figures = compute_task_metrics(task, self._rows[name].golds, answers[name])
            firsts.append(figures[task.metrics[0]])
            values |= {f"{name}/{metric}": figure for metric, figure in figures.items()}
        return {**values, "mean": float(np.mean(firsts))}


def live_predictor(model: TaskModel, *, max_batch_tokens: int = 4096) -> TaskPredictor:
    """Return a predictor of a model as it is in memory; its heads are copied."""
    settings = TasksSettings(
        max_tokens=model.max_tokens, num_layers=model.num_layers, hidden_size=model.hidden_size
    )
    heads = {
        name: build_numpy_head(
            task.head, model.head_weights(name), model.hidden_size, model.word_embedding
        )
        for name, task in model.tasks.items()
    }
    return TaskPredictor(
        TorchEncoder(model),
        model.tokenizer,
        settings,
        model.tasks,
        heads,
        adapted=model.adapters,
        max_batch_tokens=max_batch_tokens,
    )
