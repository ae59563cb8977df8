"""A set for a head of a model of tasks in a run: what is asked, kept, and judged."""

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from concord.data.recipe import LicenceClass
from concord.errors import DataError
from concord.evaluation.board import Confusion, SetCard, SetResult, WorstRow
from concord.evaluation.leaderboard.asking import Opened
from concord.evaluation.leaderboard.curves import count_confusion
from concord.evaluation.leaderboard.outcomes import SetOutcome
from concord.evaluation.leaderboard.predictions import (
    Header,
    predictions_path,
    read_header,
    read_lines,
    write_lines,
)
from concord.evaluation.leaderboard.task_sets import (
    AskedTask,
    answer_task,
    as_answer,
    head_for,
    read_task_set,
    task_figure,
)
from concord.evaluation.leaderboard.worst_rows import MOST_CHARACTERS, MOST_ROWS
from concord.evaluation.metrics.significance import resample
from concord.evaluation.metrics.tasks import compute_task_metrics
from concord.evaluation.suites.suite import Progress, TaskSet
from concord.process import cpu_seconds, peak_memory_mb, restart_peak_memory
from concord.workflows.leaderboard_options import LeaderboardOptions
from concord.workflows.planned_set import Kept

logger = logging.getLogger(__name__)
_CLASSES: Final = "classification"


@dataclass(frozen=True, slots=True)
class PlannedTask:
    """A set for a head whose files are there, without its rows.

    Attributes:
        suite: The suite's name.
        asked: What is reported.
    """

    suite: str
    asked: AskedTask

    @property
    def card(self) -> SetCard:
        """What results say of the set."""
        return self.asked.card()

    def answer(
        self, opened: Opened, options: LeaderboardOptions, progress: Progress | None
    ) -> Kept | None:
        """Let a system answer what it has not yet; None where it has no head for it."""
        head = head_for(opened.system, self.asked)
        if head is None:
            logger.warning(
                "%s has no head for %s (%s); left out",
                opened.name,
                self.card.name,
                ", ".join(self.asked.declared.heads),
            )
            return None
        path = predictions_path(options.output, opened.name, self.card.name)
        header = Header(
            system=opened.name,
            set=self.card.name,
            data_hash=self.asked.data_hash,
            model=opened.system.fingerprint,
            seed=options.seed,
            head=head,
            split=self.asked.split.value,
            rows_hash=self.asked.rows_hash,
            examples=self.asked.num_rows,
            load_seconds=opened.load_seconds,
            threads=opened.threads,
        )
        try:
            known, _ = read_lines(path)
        except (DataError, FileNotFoundError):
            known = None
        if known is None or not known.is_of(header):
            asked = _read_again(self.asked, options)
            restart_peak_memory()
            started, cpu_started = time.perf_counter(), cpu_seconds()
            found = answer_task(opened.system, asked, head, progress=progress)
            if found is None:
                return None
            header = replace(
                header,
                seconds=round(time.perf_counter() - started, 6),
                cpu_seconds=round(cpu_seconds() - cpu_started, 6),
                peak_memory_mb=round(peak_memory_mb(), 1),
            )
            pairs = enumerate(zip(asked.golds, found, strict=True))
            rows = [{"row": row, "gold": gold, "answer": each} for row, (gold, each) in pairs]
            write_lines(path, header, rows)
        return Kept(path=path, headers=(read_header(path),))

    def judge(self, kept: Mapping[str, Kept], main: str, options: LeaderboardOptions) -> SetOutcome:
        """Return what systems achieved, by the answers that were kept."""
        asked = _read_again(self.asked, options)
        answers = {name: self._answers_of(each) for name, each in kept.items()}
        figures = [task_figure(self.card.metric, asked.golds, each) for each in answers.values()]
        found = resample(figures, name=self.card.name, seed=options.seed)
        draws = dict(zip(answers, found, strict=True))
        results = tuple(
            SetResult(
                system=name,
                suite=self.suite,
                set=self.card.name,
                metric=self.card.metric,
                figure=draws[name].estimate(),
                secondary=_others(asked, answers[name]),
                examples=asked.num_rows,
                truncated=0,
                seconds=each.headers[0].seconds,
                confusion=_confusion(asked, answers[name]),
                worst=_wrong_rows(asked, answers[name]),
                predictions=each.path.relative_to(options.output).as_posix(),
            )
            for name, each in kept.items()
        )
        pairs = {
            name: (draws[main], draws[name]) for name in draws if main in draws and name != main
        }
        return SetOutcome(
            suite=self.suite, set=self.card.name, results=results, draws=draws, pairs=pairs
        )

    def _answers_of(self, kept: Kept) -> list[Any]:
        _, rows = read_lines(kept.path)
        return [as_answer(self.asked.task.kind, row["answer"]) for row in rows]


def plan_task(suite: str, declared: TaskSet, options: LeaderboardOptions) -> PlannedTask | None:
    """Return a set for a head if its files are there and its licence is wanted."""
    if LicenceClass(declared.licence_class) not in options.licences:
        return None
    asked = read_task_set(declared, options.data_dir, max_rows=options.max_rows)
    return None if asked is None else PlannedTask(suite, asked.without_rows())


def _read_again(planned: AskedTask, options: LeaderboardOptions) -> AskedTask:
    asked = read_task_set(planned.declared, options.data_dir, max_rows=options.max_rows)
    if asked is None or asked.rows_hash != planned.rows_hash:
        raise DataError(
            f"the files of {planned.declared.name} changed during the run; start it again"
        )
    return asked


def _others(asked: AskedTask, found: Sequence[Any]) -> dict[str, float]:
    known = compute_task_metrics(asked.task, asked.golds, found, are_predictions=True)
    return {name: value for name, value in known.items() if name != asked.declared.metric}


def _confusion(asked: AskedTask, found: Sequence[Any]) -> Confusion | None:
    if asked.task.kind != _CLASSES:
        return None
    labels = sorted({label for each in (*asked.golds, *found) for label in each})
    places = {label: float(place) for place, label in enumerate(labels)}
    given, wanted = (np.array([places[each[0]] for each in side]) for side in (found, asked.golds))
    return count_confusion(labels, given, wanted)


def _wrong_rows(asked: AskedTask, found: Sequence[Any]) -> tuple[WorstRow, ...]:
    """Return the first wrong answers; how sure they were is not known."""
    triples = zip(asked.inputs, asked.golds, found, strict=True)
    wrong = [
        WorstRow(
            row=row,
            context=_shown(each)[:MOST_CHARACTERS],
            claim="",
            label=_shown(gold),
            prediction=_shown(answer),
            score=0.0,
        )
        for row, (each, gold, answer) in enumerate(triples)
        if gold != answer
    ]
    return tuple(wrong[:MOST_ROWS])


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return value
    return (
        " ".join(_shown(each) for each in value if each is not None)
        if _is_several(value)
        else (str(value))
    )


def _is_several(value: Any) -> bool:
    return isinstance(value, list | tuple)
