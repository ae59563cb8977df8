"""Shares and paired changes, whole groups drawn anew."""

import math

import numpy as np
import pytest

from concord.evaluation.functional.rates import (
    estimate_clustered,
    estimate_difference,
    estimate_rate,
)


def test_the_mean_has_an_interval_that_is_wider_where_cases_go_together() -> None:
    values = np.array([1.0, 0.0] * 20)
    alone = estimate_clustered(values, [str(row) for row in range(40)])
    # two templates, one of which always fails: resamples have 0, 1 or 2 of it
    together = estimate_clustered(values, ["a", "b"] * 20)
    assert alone.value == together.value == 0.5
    assert 0.3 < alone.low < 0.5 < alone.high < 0.7
    assert (together.low, together.high) == (0.0, 1.0)


def test_a_difference_of_means_draws_shared_groups_together() -> None:
    one, other = np.array([1.0, 0.0]), np.array([0.0, 0.0])
    found = estimate_difference(one, ["a", "b"], other, ["a", "b"])
    # by resample: both a 1 - 0, both b 0 - 0, one of each 0.5 - 0
    assert (found.value, found.low, found.high) == (0.5, 0.0, 1.0)
    same = estimate_difference(one, ["a", "b"], one, ["a", "b"])
    assert (same.value, same.low, same.high) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize("count", [0, 1])
def test_nothing_has_no_mean(count: int) -> None:
    nothing, one = np.zeros(0), np.ones(count)
    assert math.isnan(estimate_clustered(nothing, []).value)
    assert math.isnan(estimate_difference(nothing, [], one, ["a"] * count).value)


def test_a_rate_of_all_or_none_is_as_uncertain_as_its_groups_are_few() -> None:
    groups = ["a", "a", "b", "c"]
    # three groups of 0.292 each all fail in 0.292^3 = 0.025 of the times
    assert estimate_rate(np.ones(4), groups).low == pytest.approx(0.2924, abs=1e-4)
    assert estimate_rate(np.ones(4), groups).high == 1
    assert estimate_rate(np.zeros(4), groups).high == pytest.approx(0.7076, abs=1e-4)
    assert estimate_rate(np.zeros(4), groups).low == 0
    mixed = np.array([1.0, 1, 0, 0])
    assert estimate_rate(mixed, groups) == estimate_clustered(mixed, groups)
