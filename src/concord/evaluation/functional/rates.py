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
