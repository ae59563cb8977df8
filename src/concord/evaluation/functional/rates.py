"""Shares and paired changes, with intervals that know which cases belong together."""

from collections.abc import Sequence

import numpy as np

from concord.evaluation.metrics import NUM_RESAMPLES, Estimate, Vector

_INTERVAL = (2.5, 97.5)  # percentiles
_RESAMPLES_AT_ONCE = 100


def estimate_clustered(values: Vector, groups: Sequence[str], *, seed: int = 0) -> Estimate:
    """Return the mean of some values with a 95 % interval, whole groups drawn anew.

    Cases made of one template, or claims on one context, go right or wrong together: drawn one
    by one they would seem to tell more than they do.

    Args:
        values: One for each case: 1 for a failure, or a difference, shape ``(cases,)``.
        groups: The group of each case.
        seed: Seed of the bootstrap.
    """
    if not len(values):
        return Estimate(float("nan"), float("nan"), float("nan"))
    _, group = np.unique(np.asarray(groups), return_inverse=True)
    sums = np.bincount(group, weights=values)
    sizes = np.bincount(group)
    rng = np.random.default_rng(seed)
    means = []
    for start in range(0, NUM_RESAMPLES, _RESAMPLES_AT_ONCE):
        count = min(_RESAMPLES_AT_ONCE, NUM_RESAMPLES - start)
        drawn = rng.integers(len(sums), size=(count, len(sums)))
        means.append(sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1))
    low, high = np.percentile(np.concatenate(means), _INTERVAL)
    return Estimate(float(np.mean(values)), float(low), float(high))


def estimate_difference(
    values: Vector,
    groups: Sequence[str],
    others: Vector,
    other_groups: Sequence[str],
    *,
    seed: int = 0,
) -> Estimate:
    """Return the mean of some values less that of others, with a 95 % interval.

    Groups that both have are drawn together.

    Args:
        values: One for each case, shape ``(cases,)``.
        groups: The group of each case.
        others: What they are held against, shape ``(others,)``.
        other_groups: The group of each of these.
        seed: Seed of the bootstrap.
    """
    if not len(values) or not len(others):
        return Estimate(float("nan"), float("nan"), float("nan"))
    _, group = np.unique(np.asarray([*groups, *other_groups]), return_inverse=True)
    count = int(group.max()) + 1
    sides = []
    for own, numbers in ((values, group[: len(values)]), (others, group[len(values) :])):
        sums = np.bincount(numbers, weights=own, minlength=count)
        sides.append((sums, np.bincount(numbers, minlength=count)))
    rng = np.random.default_rng(seed)
    differences = np.empty(NUM_RESAMPLES)
    for position in range(NUM_RESAMPLES):
        drawn = rng.integers(count, size=count)
        one, other = (_mean(sums[drawn].sum(), sizes[drawn].sum()) for sums, sizes in sides)
        differences[position] = one - other
    defined = differences[~np.isnan(differences)]
    low, high = np.percentile(defined, _INTERVAL) if len(defined) else (np.nan, np.nan)
    return Estimate(float(np.mean(values) - np.mean(others)), float(low), float(high))


def _mean(total: float, count: int) -> float:
    return float(total / count) if count else float("nan")
