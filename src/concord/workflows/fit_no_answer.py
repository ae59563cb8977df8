"""Chooses from how much doubt on a question-answering task of a model answers "none"."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from concord.data.sources import Split
from concord.data.task_rows import read_labelled
from concord.errors import ConfigError
from concord.evaluation.metrics import Estimate
from concord.evaluation.metrics.answers import fit_no_answer_threshold, with_no_answer_threshold
from concord.evaluation.metrics.tasks import estimate_task_metric
from concord.scoring.task_predictor import TaskPredictor
from concord.tasks import AnyTask, replace_task
from concord.tasks.question_answering import Answers, QuestionAnswering, SpanAnswer

_FEWEST_ROWS = 2


@dataclass(frozen=True, slots=True)
class FittedThreshold:
    """A task's new threshold, and what it is worth.

    Attributes:
        task: The task with it.
        num_rows: The labelled rows that it was chosen on.
        always: By metric, the figures where every question is given an answer.
        before: The same with the threshold that the model had.
        after: The same with one that the other half of the rows chose, so that no row is measured
            with a threshold of its own choice.
        trivial: The F1 of answering "none" to every question.
    """

    task: QuestionAnswering
    num_rows: int
    always: dict[str, Estimate]
    before: dict[str, Estimate]
    after: dict[str, Estimate]
    trivial: float


def fit_no_answer(
    predictor: TaskPredictor,
    tasks: Mapping[str, AnyTask],
    name: str,
    *,
    split: Split = Split.VALIDATION,
    data_dir: Path | None = None,
    seed: int = 0,
) -> FittedThreshold:
    """Choose the threshold with which F1 is best on labelled rows.

    Args:
        predictor: The model.
        tasks: By the names that they have in the model; they name the data.
        name: The task.
        split: The part of its data; not one that is reported afterwards.
        data_dir: What relative file names start from.
        seed: Of the bootstrap.

    Raises:
        ConfigError: If there is no such task, it answers in another way, or it has no rows.
        DataError: If a row cannot be read.
    """
    if name not in tasks:
        raise ConfigError(f"the config has no task {name!r}; it has {', '.join(tasks)}")
    saved = predictor.task(name)
    if not isinstance(saved, QuestionAnswering):
        raise ConfigError(
            f"task {name!r} is of kind {saved.kind!r}; only one of kind "
            f"{QuestionAnswering.kind!r} has a threshold for no answer"
        )
    task = saved.with_data_of(tasks[name])
    rows = list(read_labelled(task, split, folder=data_dir))
    if len(rows) < _FEWEST_ROWS:
        raise ConfigError(f"tasks.{name}: the {split} data hold {len(rows)} labelled rows; 2 do")
    predictor.tasks[name] = replace(task, no_answer_threshold=math.inf)
    try:
        answers = predictor.answer_together({name: [row.input for row in rows]})[name]
    finally:
        predictor.tasks[name] = saved
    golds = [row.gold for row in rows]

    def measure(given: Sequence[SpanAnswer]) -> dict[str, Estimate]:
        return {
            metric: estimate_task_metric(task, metric, golds, given, seed=seed)
            for metric in task.metrics
        }

    none = with_no_answer_threshold(answers, -math.inf)
    return FittedThreshold(
        task=replace(saved, no_answer_threshold=fit_no_answer_threshold(golds, answers)),
        num_rows=len(rows),
        always=measure(answers),
        before=measure(with_no_answer_threshold(answers, saved.no_answer_threshold)),
        after=measure(_cross_fitted(golds, answers)),
        trivial=estimate_task_metric(task, task.metrics[0], golds, none, seed=seed).value,
    )


def save_threshold(folder: Path, name: str, fitted: FittedThreshold) -> None:
    """Keep a task's new threshold in its model's folder."""
    replace_task(folder, name, fitted.task)


def _cross_fitted(golds: Sequence[Answers], answers: Sequence[SpanAnswer]) -> list[SpanAnswer]:
    """Return the answers of each half of the rows with the threshold that the other one chose."""
    found = list(answers)
    for half in (0, 1):
        threshold = fit_no_answer_threshold(golds[1 - half :: 2], answers[1 - half :: 2])
        found[half::2] = with_no_answer_threshold(answers[half::2], threshold)
    return found
