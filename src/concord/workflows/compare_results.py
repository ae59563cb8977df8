"""Holds two runs of suites against each other: what changed, and whether it is noise."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Final

import numpy as np

from concord.errors import ConfigError, DataError
from concord.evaluation.board import Board, SetResult, load_board
from concord.evaluation.leaderboard.predictions import Predictions, load_predictions
from concord.evaluation.leaderboard.set_judging import figure_named
from concord.evaluation.metrics import Estimate
from concord.evaluation.metrics.significance import Difference, compare, holm, resample

NUM_RESAMPLES: Final = 10_000
"""More than for intervals, so that p-values stay small enough after their correction."""
_CERTAIN: Final = 0.05
_ERRORS_IN_INTERVAL: Final = 2 * 1.959964  # a 95 % interval is so many standard errors wide


class Verdict(StrEnum):
    """What a difference means."""

    BETTER = "better"
    WORSE = "worse"
    NOISE = "within noise"
    SAME = "the same answers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One set in two runs.

    Attributes:
        suite: The suite's name.
        set: The set's name.
        metric: What the figures measure.
        before: The figure of the first run.
        after: That of the second.
        difference: After less before.
        p_value: Two-sided, of this set alone.
        corrected: The same after Holm's correction for all sets.
        rows: How many rows both answered; 0 where only the figures could be compared.
        verdict: What that means.
        note: Why the rows could not be compared, where that is so.
    """

    suite: str
    set: str
    metric: str
    before: Estimate
    after: Estimate
    difference: Estimate
    p_value: float
    corrected: float
    rows: int
    verdict: Verdict
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultsComparison:
    """Two systems of two runs.

    Attributes:
        before: The first system.
        after: The second.
        changes: One for each set that both have.
        only_before: Sets that the first alone has.
        only_after: Sets that the second alone has.
    """

    before: str
    after: str
    changes: tuple[Change, ...]
    only_before: tuple[str, ...] = ()
    only_after: tuple[str, ...] = ()

    def in_words(self) -> list[str]:
        """Return what changed, in sentences."""
        return list(_sentences(self))


def compare_results(
    first: Path,
    second: Path,
    *,
    systems: tuple[str | None, str | None] = (None, None),
    seed: int = 0,
) -> ResultsComparison:
    """Compare a system of one run with a system of another, or of the same.

    Where both runs kept their answers to the same rows, differences are of pairs of answers; else
    they are of the figures alone, whose intervals say how far they would vary by themselves.

    Args:
        first: A run's folder or its `results.json`.
        second: The other's.
        systems: Their names; the main systems unless given.
        seed: Decides the bootstrap.

    Raises:
        ConfigError: If a run has no such system, or the two have no set in common.
        DataError: If results cannot be read.
    """
    boards = load_board(first), load_board(second)
    names = _system_of(boards[0], systems[0], first), _system_of(boards[1], systems[1], second)
    before, after = _results_of(boards[0], names[0]), _results_of(boards[1], names[1])
    common = [key for key in before if key in after]
    if not common:
        raise ConfigError(f"{first} and {second} have no set in common")
    folders = _folder(first), _folder(second)
    changes = [_change(before[key], after[key], folders, seed) for key in common]
    return ResultsComparison(
        before=names[0],
        after=names[1],
        changes=tuple(_judged(changes)),
        only_before=tuple("/".join(key) for key in before if key not in after),
        only_after=tuple("/".join(key) for key in after if key not in before),
    )


def _system_of(board: Board, asked: str | None, path: Path) -> str:
    known = [system.name for system in board.systems]
    if asked is None and known:
        return known[0]
    if asked not in known:
        raise ConfigError(f"{path} has no system {asked!r}; it has {', '.join(known) or 'none'}")
    return str(asked)


def _results_of(board: Board, system: str) -> Mapping[tuple[str, str], SetResult]:
    return {(each.suite, each.set): each for each in board.results if each.system == system}


def _folder(path: Path) -> Path:
    return path if path.is_dir() else path.parent


def _change(before: SetResult, after: SetResult, folders: tuple[Path, Path], seed: int) -> Change:
    change = Change(
        suite=before.suite,
        set=before.set,
        metric=before.metric,
        before=before.figure,
        after=after.figure,
        difference=Estimate(float("nan"), float("nan"), float("nan")),
        p_value=1.0,
        corrected=1.0,
        rows=0,
        verdict=Verdict.NOISE,
    )
    if before.metric != after.metric:
        return replace(change, note=f"{before.metric} before and {after.metric} after")
    try:
        ones, others = _paired(before, after, folders)
    except DataError as error:
        found = _of_figures(before.figure, after.figure)
        return replace(change, difference=found.estimate, p_value=found.p_value, note=str(error))
    figures = [
        figure_named(after.metric, others, after.threshold),
        figure_named(before.metric, ones, before.threshold),
    ]
    draws = resample(figures, name=before.set, seed=seed, num_resamples=NUM_RESAMPLES)
    found = compare(*draws)
    is_same = np.array_equal(ones.degrees, others.degrees) and np.array_equal(
        ones.decisions, others.decisions
    )
    return replace(
        change,
        difference=found.estimate,
        p_value=found.p_value,
        rows=len(ones.rows),
        verdict=Verdict.SAME if is_same else Verdict.NOISE,
    )


def _paired(
    before: SetResult, after: SetResult, folders: tuple[Path, Path]
) -> tuple[Predictions, Predictions]:
    """Return both systems' answers to the rows that both answered.

    Raises:
        DataError: If answers are not there, or not to the same rows.
    """
    ones, others = (
        _loaded(folder / result.predictions)
        for folder, result in zip(folders, (before, after), strict=True)
    )
    if ones.header.data_hash != others.header.data_hash:
        raise DataError("the files of the data set differ")
    common = frozenset(ones.rows) & frozenset(others.rows)
    if not common:
        raise DataError("no row was answered in both runs")
    ones, others = ones.of_rows(common), others.of_rows(common)
    if not np.array_equal(ones.targets, others.targets):
        raise DataError("the rows have other targets")
    return ones, others


def _loaded(path: Path) -> Predictions:
    if not path.is_file():
        raise DataError("the answers were not kept")
    return load_predictions(path)


def _of_figures(before: Estimate, after: Estimate) -> Difference:
    """Return the difference of two figures of independent rows, as their intervals have it."""
    from scipy.stats import norm

    errors = [(each.high - each.low) / _ERRORS_IN_INTERVAL for each in (before, after)]
    error, value = math.hypot(*errors), after.value - before.value
    width = _ERRORS_IN_INTERVAL / 2 * error
    p_value = 2 * float(norm.sf(abs(value) / error)) if error > 0 else float(value == 0)
    if not np.isfinite(p_value):
        p_value = 1.0
    return Difference(Estimate(value, value - width, value + width), p_value)


def _judged(changes: Sequence[Change]) -> Iterator[Change]:
    corrected = holm([each.p_value for each in changes])
    for each, p_value in zip(changes, corrected, strict=True):
        verdict = each.verdict
        if verdict is Verdict.NOISE and p_value < _CERTAIN:
            verdict = Verdict.BETTER if each.difference.value > 0 else Verdict.WORSE
        yield replace(each, corrected=p_value, verdict=verdict)


def _sentences(comparison: ResultsComparison) -> Iterator[str]:
    by_verdict = {
        verdict: [each for each in comparison.changes if each.verdict is verdict]
        for verdict in Verdict
    }
    total = len(comparison.changes)
    for verdict in (Verdict.BETTER, Verdict.WORSE):
        members = by_verdict[verdict]
        if members:
            named = ", ".join(
                f"{each.set} ({each.difference.value * 100:+.1f})" for each in members
            )
            yield (
                f"{comparison.after} is {verdict} than {comparison.before} on {len(members)} of "
                f"{total} sets: {named}."
            )
    num_noise, num_same = len(by_verdict[Verdict.NOISE]), len(by_verdict[Verdict.SAME])
    if num_noise:
        yield (
            f"On {num_noise} of {total} sets the difference is within noise: after Holm's "
            f"correction for {total} sets, its p-value is {_CERTAIN:g} or more."
        )
    if num_same:
        yield f"On {num_same} of {total} sets all answers are the same."
    unpaired = [each for each in comparison.changes if each.note]
    if unpaired:
        named = ", ".join(f"{each.set} ({each.note})" for each in unpaired)
        yield f"Rows could not be compared, figures alone were: {named}."
    for names, run in ((comparison.only_before, "first"), (comparison.only_after, "second")):
        if names:
            yield f"The {run} run alone has {', '.join(names)}."
