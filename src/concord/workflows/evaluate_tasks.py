"""Measures a model of tasks on the data that a config names for them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeAlias

from concord.config import load_table
from concord.data.evenly import read_evenly
from concord.data.sources import Split
from concord.data.task_rows import has_split, read_labelled
from concord.errors import ConfigError
from concord.evaluation.task_results import (
    TaskResult,
    judge_task,
    save_results,
    save_wrong_rows,
)
from concord.scoring.task_predictor import TaskPredictor
from concord.tasks import AnyTask, build_task

Progress: TypeAlias = Callable[[str, int, int], None]
"""Called with the task's name, the rows done and all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskEvaluationOptions:
    """What to measure, and what to keep.

    Attributes:
        split: The part of each task's data.
        data_dir: What relative file names start from.
        names: Which tasks; all that have data unless given.
        max_rows: At most so many rows of each, evenly from all.
        seed: Of the bootstrap.
        first_metric: Whether to leave it at each task's first metric; the bootstrap of the others
            takes a while.
        output: Where to keep the figures, as JSON.
        wrong_rows: Where to keep the rows got wrong, as JSON lines.
    """

    split: Split = Split.VALIDATION
    data_dir: Path | None = None
    names: tuple[str, ...] = ()
    max_rows: int | None = None
    seed: int = 0
    first_metric: bool = False
    output: Path | None = None
    wrong_rows: Path | None = None


@dataclass(frozen=True, slots=True)
class TaskSources:
    """What a config of `concord finetune` says of the tasks and their data."""

    tasks: Mapping[str, AnyTask]
    data_dir: Path


def load_task_sources(path: Path, overrides: Sequence[str] = ()) -> TaskSources:
    """Read the tasks of a config of `concord finetune`; what it says of training is left aside.

    Raises:
        ConfigError: If the file cannot be read, or a task cannot be as it is.
    """
    table = load_table(path, overrides)
    tables = table.get("tasks")
    if not isinstance(tables, Mapping) or not tables:
        raise ConfigError(f"{path} names no tasks; add a table such as [tasks.sentiment]")
    tasks = {name: build_task(each, source=str(path), name=name) for name, each in tables.items()}
    return TaskSources(tasks, Path(table.get("data_dir") or path.parent))


def evaluate_tasks(
    predictor: TaskPredictor,
    tasks: Mapping[str, AnyTask],
    options: TaskEvaluationOptions,
    *,
    progress: Progress | None = None,
) -> list[TaskResult]:
    """Answer labelled rows with a model's tasks and compare.

    Args:
        predictor: The model.
        tasks: By the names that they have in the model; they name the data.
        options: What to measure.
        progress: Called now and then.

    Raises:
        ConfigError: If the model has no such task, or nothing is there to measure.
        DataError: If a row cannot be read.
    """
    names = options.names or tuple(name for name in tasks if has_split(tasks[name], options.split))
    unknown = [name for name in names if name not in tasks]
    if unknown or not names:
        asked = f"no task {unknown[0]!r}" if unknown else f"no task with {options.split} data"
        raise ConfigError(f"the config has {asked}; it has {', '.join(tasks)}")
    results = []
    for name in names:
        # The model knows the labels; the config knows where the rows are.
        own = predictor.task(name).with_data_of(tasks[name])
        read = partial(read_labelled, own, options.split, folder=options.data_dir)
        rows = read_evenly(read, options.max_rows)
        if not rows:
            raise ConfigError(f"tasks.{name}: the {options.split} data hold no labelled row")
        inputs = [row.input for row in rows]
        answers = predictor.answer_together(
            {name: inputs},
            progress=None if progress is None else _named(progress, name),
        )[name]
        golds = [row.gold for row in rows]
        results.append(
            judge_task(
                name,
                own,
                inputs,
                golds,
                answers,
                split=options.split,
                seed=options.seed,
                metrics=own.metrics[:1] if options.first_metric else None,
            )
        )
    if options.output is not None:
        save_results(results, options.output)
    if options.wrong_rows is not None:
        save_wrong_rows(results, options.wrong_rows)
    return results


def _named(progress: Progress, name: str) -> Callable[[int, int], None]:
    return lambda done, total: progress(name, done, total)
