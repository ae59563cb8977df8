"""Figures of a model's tasks, with intervals, beside the trivial answer; and the rows got wrong."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, is_dataclass
from pathlib import Path
from typing import Any

from concord.evaluation.metrics import Estimate
from concord.evaluation.metrics.tasks import compute_task_metrics, estimate_task_metric
from concord.evaluation.results import write_text_atomically
from concord.tasks import AnyTask


@dataclass(frozen=True, slots=True)
class WrongRow:
    """A row that a task got wrong.

    Attributes:
        place: Its place among the rows that were measured, counted from 0.
        input: What was read.
        gold: The right answer.
        answer: What was predicted.
        error: How wrong that is, by the family's own measure.
    """

    place: int
    input: Any
    gold: Any
    answer: Any
    error: float


@dataclass(frozen=True, slots=True)
class TaskResult:
    """What a model achieves on one task.

    Attributes:
        name: The task's.
        kind: Its family.
        split: Which rows were measured.
        num_rows: How many.
        figures: Each of the task's metrics with its 95 % interval.
        trivial: The same metrics of the best answer that reads nothing; empty if there is none.
        wrong: The rows got wrong, the worst first.
    """

    name: str
    kind: str
    split: str
    num_rows: int
    figures: dict[str, Estimate]
    trivial: dict[str, float]
    wrong: tuple[WrongRow, ...]

    def to_mapping(self) -> dict[str, Any]:
        """Return the result as plain tables and numbers, without the wrong rows."""
        return {
            "task": self.name,
            "kind": self.kind,
            "split": self.split,
            "rows": self.num_rows,
            "figures": {name: asdict(figure) for name, figure in self.figures.items()},
            "trivial": self.trivial,
            "wrong": len(self.wrong),
        }


def judge_task(
    name: str,
    task: AnyTask,
    inputs: Sequence[Any],
    golds: Sequence[Any],
    answers: Sequence[Any],
    *,
    split: str,
    seed: int = 0,
    metrics: Sequence[str] | None = None,
) -> TaskResult:
    """Compare a task's answers with the right ones.

    Args:
        name: The task's.
        task: Whose answers they are.
        inputs: What was read.
        golds: The right answers, place by place.
        answers: What was predicted.
        split: What the rows are called.
        seed: Decides the bootstrap.
        metrics: Which of the task's are estimated; all of them unless given.
    """
    errors = [task.error(gold, answer) for gold, answer in zip(golds, answers, strict=True)]
    worst_first = sorted(range(len(errors)), key=lambda place: -errors[place])
    return TaskResult(
        name=name,
        kind=task.kind,
        split=split,
        num_rows=len(golds),
        figures={
            metric: estimate_task_metric(task, metric, golds, answers, seed=seed)
            for metric in (task.metrics if metrics is None else metrics)
        },
        trivial=_trivial_figures(task, golds),
        wrong=tuple(
            WrongRow(place, inputs[place], golds[place], answers[place], errors[place])
            for place in worst_first
            if errors[place] > 0
        ),
    )


def _trivial_figures(task: AnyTask, golds: Sequence[Any]) -> dict[str, float]:
    found = task.trivial(golds)
    if found is None:
        return {}
    return compute_task_metrics(task, golds, [found] * len(golds), are_predictions=True)


def save_results(results: Sequence[TaskResult], path: Path) -> None:
    """Write figures as JSON."""
    text = json.dumps([result.to_mapping() for result in results], indent=2, ensure_ascii=False)
    write_text_atomically(path, text + "\n")


def save_wrong_rows(results: Sequence[TaskResult], path: Path) -> None:
    """Write the rows got wrong as JSON lines, the worst of each task first."""
    lines = [
        json.dumps(
            {
                "task": result.name,
                "row": row.place,
                "input": as_plain(row.input),
                "gold": as_plain(row.gold),
                "answer": as_plain(row.answer),
                "error": row.error,
            },
            ensure_ascii=False,
        )
        for result in results
        for row in result.wrong
    ]
    write_text_atomically(path, "".join(f"{line}\n" for line in lines))


def as_plain(value: Any) -> Any:
    """Return an input, a gold answer or an answer as what JSON can hold."""
    if is_dataclass(value) and not isinstance(value, type):
        return {key: as_plain(each) for key, each in asdict(value).items()}
    if hasattr(value, "_asdict"):
        return {key: each for key, each in value._asdict().items() if each is not None}
    if isinstance(value, list | tuple):
        return [as_plain(each) for each in value]
    return value.tolist() if hasattr(value, "tolist") else value
