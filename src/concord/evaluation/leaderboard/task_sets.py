"""Sets for heads of a model of tasks: reading them, asking, and what their figures are made of."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from concord.alignment import Head
from concord.data.evenly import take_evenly
from concord.data.sources import Split
from concord.data.task_rows import read_labelled
from concord.evaluation.board import SetCard
from concord.evaluation.leaderboard.predictions import HASH_DIGITS, hash_files
from concord.evaluation.metrics import Vector
from concord.evaluation.metrics.additive import AdditiveMetric
from concord.evaluation.metrics.tasks import task_metric
from concord.evaluation.metrics.weighted import Counts, WeightedFigure
from concord.evaluation.runner import Progress
from concord.evaluation.suites.suite import TaskSet
from concord.evaluation.systems.system import System
from concord.evaluation.systems.task_model import TaskModelSystem
from concord.scoring.zero_label import option_probabilities
from concord.tasks import AnyTask, build_task
from concord.tasks.question_answering import AnswerSpan
from concord.tasks.tagging import EntitySpan

ZERO_LABEL: Final = "zero-label"
CONSTANT: Final = "constant"
_MAJORITY: Final = "majority"


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedTask:
    """The rows of one split of a set for a head.

    Attributes:
        declared: What the suite asks for.
        task: The task that read them.
        split: The part that was read.
        inputs: What is read, in the task's own form.
        golds: The right answers.
        num_rows: How many there are.
        data_hash: Of the files.
        rows_hash: Of the inputs and answers.
    """

    declared: TaskSet
    task: AnyTask
    split: Split
    inputs: tuple[Any, ...]
    golds: tuple[Any, ...]
    num_rows: int
    data_hash: str
    rows_hash: str

    def card(self) -> SetCard:
        """Return what results say of the set."""
        return SetCard(
            name=self.declared.name,
            title=self.declared.title,
            split=self.split.value,
            metric=self.declared.metric,
            head=self.task.kind,
            licence_class=self.declared.licence_class,
            examples=self.num_rows,
            data_hash=self.data_hash,
            note=self.declared.note,
        )

    def without_rows(self) -> "AskedTask":
        """Return the set as a whole run can hold it in memory."""
        return replace(self, inputs=(), golds=())


def read_task_set(
    declared: TaskSet, data_dir: Path, *, max_rows: int | None = None
) -> AskedTask | None:
    """Read the test split of a set, else its validation split; None where neither is there.

    Args:
        declared: What the suite asks for.
        data_dir: The folder that holds the data sets' folders.
        max_rows: How many rows to ask at most, evenly from all of them; all unless given.

    Raises:
        DataError: If a row cannot be read.
    """
    task = build_task(declared.task, source="the suite", name=declared.name)
    for split in (Split.TEST, Split.VALIDATION):
        files = sorted(data_dir.glob(str(getattr(task, split.value))))
        if files:
            break
    else:
        return None
    rows = take_evenly(list(read_labelled(task, split, folder=data_dir)), max_rows)
    text = json.dumps([[row.input, row.gold] for row in rows], ensure_ascii=False, default=str)
    return AskedTask(
        declared=declared,
        task=task,
        split=split,
        inputs=tuple(row.input for row in rows),
        golds=tuple(row.gold for row in rows),
        num_rows=len(rows),
        data_hash=hash_files(files),
        rows_hash=hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:HASH_DIGITS],
    )


def head_for(system: System, asked: AskedTask) -> str | None:
    """Return what of a system would answer the set: a task's name, a way, or nothing."""
    if isinstance(system, TaskModelSystem):
        return next(
            (
                name
                for name in asked.declared.heads
                if name in system.tasks and system.tasks[name].kind == asked.task.kind
            ),
            None,
        )
    if system.name == _MAJORITY:
        return CONSTANT
    return ZERO_LABEL if asked.declared.claims and system.kind != "baseline" else None


def answer_task(
    system: System, asked: AskedTask, head: str, *, progress: Progress | None = None
) -> list[Any] | None:
    """Return a system's answers in the form of gold answers; None where it has no constant one."""
    if head == CONSTANT:
        constant = asked.task.trivial(asked.golds)
        return None if constant is None else [constant] * len(asked.golds)
    if isinstance(system, TaskModelSystem):
        own = system.tasks[head]
        found = system.answer(head, asked.inputs, progress=progress)
        return [own.prediction(answer) for answer in found]
    claims = asked.declared.claims
    contexts = [each.text for each in asked.inputs for _ in claims]
    scores = system.score(
        contexts,
        list(claims.values()) * len(asked.inputs),
        head=Head.THREE_WAY.value,
        progress=progress,
    ).reshape(len(asked.inputs), len(claims))
    labels = list(claims)
    return [(labels[int(option_probabilities(row).argmax())],) for row in scores]


def as_answer(kind: str, plain: Sequence[Any]) -> Any:
    """Return an answer in its task's form from what JSON made of it."""
    if kind == "question_answering":
        return tuple(AnswerSpan(*each) for each in plain)
    if kind == "entities":
        return tuple(EntitySpan(*each) for each in plain)
    return tuple(plain)


def task_figure(metric: str, golds: Sequence[Any], found: Sequence[Any]) -> WeightedFigure:
    """Return a metric of answers, ready to be resampled.

    It must be the mean of what rows earn alone, or follow from sums over rows.
    """
    known = task_metric(metric)
    if isinstance(known, AdditiveMetric):
        table, figure = known.rows(golds, found), known.figure

        def compute(counts: Counts) -> Vector:
            return np.array([figure(sums) for sums in counts @ table])

        return WeightedFigure(len(golds), compute)
    credits = np.array([known([one], [other]) for one, other in zip(golds, found, strict=True)])
    return WeightedFigure(len(golds), lambda counts: counts @ credits / counts.sum(axis=1))
