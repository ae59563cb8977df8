"""Metrics of rows that count several times, for all resamples of a bootstrap at once.

A resample only matters by how often it holds each row, so a figure of a thousand resamples is
arithmetic on a table of counts, shape ``(resamples, rows)``. Each figure equals what the library's
metric gives on the rows written out as often as they were drawn.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from concord.data.recipe import Metric
from concord.evaluation.metrics.estimates import Vector, option_hits

Counts: TypeAlias = NDArray[np.float64]
"""How often each unit was drawn, shape ``(resamples, units)``."""


@dataclass(frozen=True, slots=True)
class WeightedFigure:
    """A metric of one system's answers, to be computed of resamples.

    Attributes:
        num_units: What is drawn: rows, or questions with options.
        compute: From counts, shape ``(resamples, units)``, to figures, shape ``(resamples,)``;
            NaN where a resample leaves the figure undefined.
    """

    num_units: int
    compute: Callable[[Counts], Vector]

    def value(self) -> float:
        """Return the figure of the units as they are, each counted once."""
        if not self.num_units:
            return float("nan")
        return float(self.compute(np.ones((1, self.num_units)))[0])


def mean_figure(credits: Vector) -> WeightedFigure:
    """Return the mean of what each unit earns."""
    return WeightedFigure(len(credits), lambda counts: counts @ credits / counts.sum(axis=1))


def f1_figure(decisions: Vector, targets: Vector) -> WeightedFigure:
    """Return the F1 of class 1; 0 where nothing is found and nothing was to be found."""
    table = np.stack([(decisions == 1) & (targets == 1), decisions == 1, targets == 1], axis=1)

    def compute(counts: Counts) -> Vector:
        found, given, wanted = (counts @ table.astype(np.float64)).T
        f1: Vector = 2 * found / np.maximum(given + wanted, 1)
        return f1

    return WeightedFigure(len(targets), compute)


def balanced_accuracy_figure(decisions: Vector, targets: Vector) -> WeightedFigure:
    """Return the mean of the drawn classes' shares that were found."""
    classes = [(targets == each).astype(np.float64) for each in np.unique(targets)]
    members = np.stack(classes, axis=1)
    hits = members * (decisions == targets)[:, None]

    def compute(counts: Counts) -> Vector:
        drawn, found = counts @ members, counts @ hits
        recalls = found / np.maximum(drawn, 1)
        balanced: Vector = recalls.sum(axis=1) / np.maximum((drawn > 0).sum(axis=1), 1)
        return balanced

    return WeightedFigure(len(targets), compute)


def auc_figure(scores: Vector, targets: Vector) -> WeightedFigure:
    """Return the area under the ROC curve: a tied pair counts half (Mann and Whitney, 1947)."""
    order = np.argsort(scores, kind="stable")
    is_aligned = (targets[order] == 1).astype(np.float64)
    starts = _starts_of_equals(scores[order])

    def compute(counts: Counts) -> Vector:
        ordered = counts[:, order]
        aligned = np.add.reduceat(ordered * is_aligned, starts, axis=1)
        others = np.add.reduceat(ordered * (1 - is_aligned), starts, axis=1)
        below = np.cumsum(others, axis=1) - others / 2
        won = (aligned * below).sum(axis=1)
        pairs = aligned.sum(axis=1) * others.sum(axis=1)
        return _divided(won, pairs)

    return WeightedFigure(len(targets), compute)


def pearson_figure(scores: Vector, targets: Vector) -> WeightedFigure:
    """Return the linear correlation; NaN where a side does not vary among what was drawn."""
    # centred first: differences of large sums would lose digits
    ones, others = _standardized(scores), _standardized(targets)
    table = np.stack([ones, others, ones * ones, others * others, ones * others], axis=1)

    def compute(counts: Counts) -> Vector:
        total = counts.sum(axis=1)
        sums = counts @ table / total[:, None]
        return _correlation(*sums.T)

    return WeightedFigure(len(targets), compute)


def spearman_figure(scores: Vector, targets: Vector) -> WeightedFigure:
    """Return the correlation of the ranks among what was drawn; ties share their mean rank."""
    rank_scores, rank_targets = _weighted_ranks(scores), _weighted_ranks(targets)

    def compute(counts: Counts) -> Vector:
        total = counts.sum(axis=1, keepdims=True)
        middle = (total + 1) / 2
        ones = (rank_scores(counts) - middle) / total
        others = (rank_targets(counts) - middle) / total
        size = total[:, 0]
        return _correlation(
            np.zeros(len(counts)),
            np.zeros(len(counts)),
            (counts * ones * ones).sum(axis=1) / size,
            (counts * others * others).sum(axis=1) / size,
            (counts * ones * others).sum(axis=1) / size,
        )

    return WeightedFigure(len(targets), compute)


_OF_DEGREES: Final[Mapping[Metric, Callable[[Vector, Vector], WeightedFigure]]] = {
    Metric.AUC: auc_figure,
    Metric.PEARSON: pearson_figure,
    Metric.SPEARMAN: spearman_figure,
}


def weighted_figure(
    metric: Metric, degrees: Vector, decisions: Vector, targets: Vector, groups: Sequence[str]
) -> WeightedFigure:
    """Return a recipe's metric of answers.

    Args:
        metric: Which.
        degrees: How far each claim is aligned, shape ``(N,)``.
        decisions: The same as the targets have it, shape ``(N,)``.
        targets: The right answers, shape ``(N,)``.
        groups: The question that each row is an option of.
    """
    match metric:
        case Metric.ACCURACY:
            return mean_figure((decisions == targets).astype(np.float64))
        case Metric.OPTION_ACCURACY:
            return mean_figure(option_hits(degrees, targets, groups))
        case Metric.F1:
            return f1_figure(decisions, targets)
        case _:
            return _OF_DEGREES[metric](degrees, targets)


def _weighted_ranks(values: Vector) -> Callable[[Counts], Counts]:
    """Return what gives each unit's mean rank among the drawn ones, from 1."""
    order = np.argsort(values, kind="stable")
    starts = _starts_of_equals(values[order])
    group_of = np.empty(len(values), dtype=np.int64)
    group_of[order] = np.searchsorted(starts, np.arange(len(values)), side="right") - 1

    def rank(counts: Counts) -> Counts:
        sizes = np.add.reduceat(counts[:, order], starts, axis=1)
        ranks: Counts = np.cumsum(sizes, axis=1) - (sizes - 1) / 2
        return ranks[:, group_of]

    return rank


def _starts_of_equals(ordered: Vector) -> NDArray[np.int64]:
    return np.concatenate(([0], np.flatnonzero(np.diff(ordered)) + 1))


def _standardized(values: Vector) -> Vector:
    spread = float(np.std(values))
    centred: Vector = values - np.mean(values)
    return centred / spread if spread > 0 else centred


def _correlation(
    mean_one: Vector, mean_other: Vector, square_one: Vector, square_other: Vector, product: Vector
) -> Vector:
    spread = (square_one - mean_one**2) * (square_other - mean_other**2)
    # what rounding leaves of no variance at all
    spread = np.where(spread > 1e-18, spread, 0.0)
    return _divided(product - mean_one * mean_other, np.sqrt(spread))


def _divided(part: Vector, whole: Vector) -> Vector:
    quotient: Vector = np.full(len(part), np.nan)
    np.divide(part, whole, out=quotient, where=whole > 0)
    return quotient
