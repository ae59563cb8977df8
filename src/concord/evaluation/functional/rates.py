"""Shares and paired changes, with intervals that know which cases belong together."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from concord.evaluation.metrics import Estimate, Indices, Vector
from concord.evaluation.metrics.significance import Resampled, draw_counts

_TAIL: Final = 0.025
_NOTHING = Estimate(float("nan"), float("nan"), float("nan"))


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
        return _NOTHING
    names, group = np.unique(np.asarray(groups), return_inverse=True)
    draws = _resampled_means([(values, group.astype(np.int64))], len(names), seed)[0]
    return Resampled(float(np.mean(values)), draws).estimate()


def estimate_rate(failed: Vector, groups: Sequence[str], *, seed: int = 0) -> Estimate:
    """Return the share of failures with a 95 % interval, whole groups drawn anew.

    Where all cases fail, or none, every resample says so too; the open end is then the exact one
    (Clopper and Pearson, 1934) of as many independent cases as there are groups.

    Args:
        failed: 1 for a failure, else 0, shape ``(cases,)``.
        groups: The group of each case.
        seed: Seed of the bootstrap.
    """
    found = estimate_clustered(failed, groups, seed=seed)
    if found.value not in {0.0, 1.0}:
        return found
    least = _TAIL ** (1 / len(set(groups)))  # the rate at which all fail this often
    return replace(found, low=least) if found.value else replace(found, high=1 - least)


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
        return _NOTHING
    names, group = np.unique(np.asarray([*groups, *other_groups]), return_inverse=True)
    own, other_own = np.split(group.astype(np.int64), [len(values)])
    sides = [(values, own), (others, other_own)]
    one, other = _resampled_means(sides, len(names), seed)
    return Resampled(float(np.mean(values) - np.mean(others)), one - other).estimate()


def _resampled_means(
    sides: Sequence[tuple[Vector, Indices]], num_groups: int, seed: int
) -> list[Vector]:
    """Return the means of some values on resamples of groups; NaN where none of them is drawn.

    Args:
        sides: Values with the number of the group of each.
        num_groups: How many groups there are.
        seed: Decides the draws, which all sides share.
    """
    counts = np.concatenate(list(draw_counts(num_groups, name="groups", seed=seed)))
    means = []
    for values, group in sides:
        sums = np.bincount(group, weights=values, minlength=num_groups)
        sizes = np.bincount(group, minlength=num_groups)
        with np.errstate(invalid="ignore"):
            means.append((counts @ sums) / (counts @ sizes))
    return means
