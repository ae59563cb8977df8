"""Asks a system the rows of a set, and takes down what it said and what that took."""

import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from concord.alignment import Head
from concord.alignment.scores import FloatArray
from concord.data.examples import DatasetReport, has_split, read_examples
from concord.data.recipe import Split
from concord.evaluation.leaderboard.predictions import Header, Predictions, hash_files
from concord.evaluation.leaderboard.set_reading import AskedSet, metric_of
from concord.evaluation.metrics import Vector
from concord.evaluation.runner import Answers, Progress
from concord.evaluation.systems.system import Learner, System
from concord.process import cpu_seconds, peak_memory_mb, restart_peak_memory

DEFAULT_THRESHOLD: Final = 0.5
_LEARN_FROM_REPORTED: Final = frozenset({"majority"})
"""Systems that are the best constant of the very rows that are reported."""
_MOST_LEARNED: Final = 5_000  # training rows that a baseline learns a set's answers from
_MOST_COUNTED: Final = 500  # pairs whose tokens are counted; the others are like them


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A system that is ready, under the name that it has in this run.

    Attributes:
        system: What answers.
        name: Unlike all others of the run.
        load_seconds: What opening it took.
        threads: How many threads it was given.
    """

    system: System
    name: str
    load_seconds: float = 0.0
    threads: int = 0


def shipped_threshold(system: System, head: Head) -> float:
    """Return the score from which a system calls a claim aligned where nothing else is known."""
    whole = getattr(system, "whole", system)  # a system without splitting has that of the whole
    settings = getattr(getattr(whole, "aligner", None), "settings", None)
    known = getattr(whole, "thresholds", None) or getattr(settings, "thresholds", None) or {}
    return float(known.get(head.value, DEFAULT_THRESHOLD))


def expected_header(opened: Opened, asked: AskedSet, data_dir: Path, *, seed: int) -> Header:
    """Return what the header of a system's answers to a set must say for them to be used."""
    return Header(
        system=opened.name,
        set=asked.declared.title,
        data_hash=asked.data_hash,
        model=opened.system.fingerprint,
        seed=seed,
        head=asked.head.value,
        split=asked.split.value,
        rows_hash=asked.rows_hash,
        examples=asked.num_examples,
        fitted_hash=_hash_of_lessons(opened.system, asked, data_dir),
        load_seconds=opened.load_seconds,
        threads=opened.threads,
    )


def ask(
    opened: Opened,
    asked: AskedSet,
    header: Header,
    data_dir: Path,
    *,
    progress: Progress | None = None,
) -> Predictions:
    """Return a system's answers to all rows of a set, with what they took in their header."""
    system = _taught(opened.system, asked, data_dir)
    restart_peak_memory()
    started, cpu_started = time.perf_counter(), cpu_seconds()
    answers, probs = _answers(system, asked, progress)
    seconds, taken = time.perf_counter() - started, cpu_seconds() - cpu_started
    return Predictions(
        header=replace(
            header,
            truncated=int(getattr(system, "num_truncated", 0)),
            seconds=round(seconds, 6),
            cpu_seconds=round(taken, 6),
            tokens=_count_tokens(system, asked),
            peak_memory_mb=round(peak_memory_mb(), 1),
        ),
        rows=asked.rows,
        groups=tuple(each.group for each in asked.examples),
        targets=np.array([each.target for each in asked.examples], dtype=np.float64),
        degrees=answers.degrees,
        decisions=answers.decisions,
        probs=probs,
    )


def _answers(
    system: System, asked: AskedSet, progress: Progress | None
) -> tuple[Answers, Vector | None]:
    recipe = asked.recipe
    contexts = [each.context for each in asked.examples]
    claims = [each.claim for each in asked.examples]
    if recipe.is_judged_split:
        degrees: FloatArray = system.score(
            contexts, claims, head=asked.head.value, progress=progress
        )
        return Answers.from_degrees(recipe, degrees), None
    scores = system.predict(contexts, claims, progress=progress)
    is_three_way = recipe.head is Head.THREE_WAY
    probs = scores.three_way.astype(np.float64) if is_three_way else None
    return Answers.from_scores(recipe, scores), probs


def _taught(system: System, asked: AskedSet, data_dir: Path) -> System:
    """Return the system after it saw what its answers mean on this set, if it learns that."""
    if not isinstance(system, Learner):
        return system
    if system.name in _LEARN_FROM_REPORTED:
        lessons = list(asked.examples)
    elif _has_lessons(asked, data_dir):
        lessons = list(read_examples(asked.recipe, data_dir, Split.TRAIN, max_rows=_MOST_LEARNED))
    else:
        return system
    taught: System = system.fitted(asked.recipe.head, lessons, metric=metric_of(asked))
    return taught


def _has_lessons(asked: AskedSet, data_dir: Path) -> bool:
    """Tell whether there are training rows that are not reported, and that would change anything.

    Scores of split texts are judged as they are.
    """
    is_reported = asked.split is Split.TRAIN
    is_there = has_split(asked.recipe, data_dir, Split.TRAIN)
    return is_there and not is_reported and not asked.recipe.is_judged_split


def _hash_of_lessons(system: System, asked: AskedSet, data_dir: Path) -> str:
    if not isinstance(system, Learner) or system.name in _LEARN_FROM_REPORTED:
        return ""
    if not _has_lessons(asked, data_dir):
        return ""
    report = DatasetReport()
    next(read_examples(asked.recipe, data_dir, Split.TRAIN, max_rows=1, report=report), None)
    return hash_files([Path(path) for path in report.files])


def _count_tokens(system: System, asked: AskedSet) -> int:
    """Return about how many tokens all pairs have, or 0 where the system has no tokenizer."""
    aligner = getattr(system, "aligner", None) or getattr(
        getattr(system, "whole", None), "aligner", None
    )
    tokenizer = getattr(aligner, "tokenizer", None)
    if tokenizer is None:
        return 0
    step = max(1, len(asked.examples) // _MOST_COUNTED)
    sample = asked.examples[::step]
    texts = [text for each in sample for text in (each.context, each.claim)]
    counted = sum(len(each) for each in tokenizer.token_ids(texts))
    return round(counted * len(asked.examples) / len(sample))
