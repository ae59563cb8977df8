"""Metrics on numbers small enough to work out by hand."""

import math

import numpy as np
import pytest

from concord.errors import InputError
from concord.evaluation.metrics import (
    accuracy,
    auc,
    balanced_accuracy,
    choose_threshold,
    estimate,
    estimate_mean,
    f1,
    option_hits,
    pearson,
    spearman,
)


def test_accuracy_is_the_fraction_of_equal_answers() -> None:
    # three of four are equal
    assert accuracy(np.array([0.0, 1, 2, 1]), np.array([0.0, 1, 2, 2])) == 0.75


def test_balanced_accuracy_weighs_each_gold_class_alike() -> None:
    # class 0: 3 of 4 found; class 1: 1 of 1 found; mean of 0.75 and 1
    predictions, targets = np.array([0.0, 0, 0, 1, 1]), np.array([0.0, 0, 0, 0, 1])
    assert balanced_accuracy(predictions, targets) == pytest.approx(0.875)


def test_balanced_accuracy_takes_a_predicted_class_that_is_never_gold_as_wrong() -> None:
    # class 0: 1 of 2 found (the other answered 1, neutral); class 2: 1 of 1
    predictions, targets = np.array([0.0, 1, 2]), np.array([0.0, 0, 2])
    assert balanced_accuracy(predictions, targets) == pytest.approx(0.75)


def test_f1_joins_precision_and_recall_of_aligned() -> None:
    # precision 1/2, recall 1/1: 2 * 0.5 * 1 / 1.5
    assert f1(np.array([1.0, 1, 0]), np.array([1.0, 0, 0])) == pytest.approx(2 / 3)


def test_auc_counts_the_pairs_in_the_right_order() -> None:
    # aligned 0.9 and 0.4 against 0.5 and 0.1: 3 of the 4 pairs are in order
    scores, targets = np.array([0.9, 0.4, 0.5, 0.1]), np.array([1.0, 1, 0, 0])
    assert auc(scores, targets) == pytest.approx(0.75)


def test_auc_of_one_class_is_undefined() -> None:
    assert math.isnan(auc(np.array([0.2, 0.3]), np.array([1.0, 1.0])))


def test_pearson_agrees_with_scipy() -> None:
    stats = pytest.importorskip("scipy.stats")
    rng = np.random.default_rng(3)
    scores = rng.random(50)
    targets = scores + rng.normal(size=50)
    assert pearson(scores, targets) == pytest.approx(stats.pearsonr(scores, targets).statistic)


def test_spearman_sees_only_the_order() -> None:
    scores, targets = np.array([0.1, 0.2, 0.9]), np.array([1.0, 2.0, 3.0])
    assert spearman(scores, targets) == pytest.approx(1.0)
    assert pearson(scores, targets) < 1


@pytest.mark.parametrize("correlation", [pearson, spearman])
def test_a_correlation_with_a_constant_is_undefined(correlation: object) -> None:
    assert callable(correlation)
    assert math.isnan(correlation(np.array([0.5, 0.5, 0.5]), np.array([1.0, 2.0, 3.0])))


def test_a_question_is_right_when_its_right_option_scores_highest() -> None:
    scores = np.array([0.2, 0.7, 0.9, 0.1])
    targets = np.array([0.0, 1.0, 0.0, 1.0])
    # question a: the right option leads; question b: it does not
    assert option_hits(scores, targets, ["a", "a", "b", "b"]).tolist() == [1.0, 0.0]


def test_options_that_tie_share_the_credit() -> None:
    scores, targets = np.array([0.5, 0.5, 0.1]), np.array([1.0, 0.0, 0.0])
    assert option_hits(scores, targets, ["a", "a", "a"]).tolist() == [0.5]


def test_a_question_without_exactly_one_right_option_is_left_out() -> None:
    scores, targets = np.array([0.5, 0.6, 0.7, 0.8, 0.9]), np.array([1.0, 1.0, 0.0, 0.0, 1.0])
    # a has two right options, b none, c one
    assert option_hits(scores, targets, ["a", "a", "b", "b", "c"]).tolist() == [1.0]


def test_the_interval_of_a_mean_is_about_two_standard_errors_wide() -> None:
    values = np.array([1.0] * 80 + [0.0] * 20)
    found = estimate_mean(values)
    # standard error: sqrt(0.8 * 0.2 / 100) = 0.04, so about 0.72 to 0.88
    assert found.value == pytest.approx(0.8)
    assert found.low == pytest.approx(0.72, abs=0.02)
    assert found.high == pytest.approx(0.88, abs=0.02)


def test_the_interval_is_the_same_for_the_same_seed() -> None:
    values = np.array([0.0, 1.0, 0.5, 1.0])
    assert estimate_mean(values, seed=7) == estimate_mean(values, seed=7)


def test_resampling_rows_and_resampling_counts_give_the_same_interval() -> None:
    rng = np.random.default_rng(0)
    targets = rng.integers(2, size=400).astype(np.float64)
    predictions = np.where(rng.random(400) < 0.7, targets, 1 - targets)
    by_rows = estimate(accuracy, predictions, targets)
    by_counts = estimate_mean((predictions == targets).astype(np.float64))
    assert by_rows.value == by_counts.value
    assert by_rows.low == pytest.approx(by_counts.low, abs=0.01)
    assert by_rows.high == pytest.approx(by_counts.high, abs=0.01)


def test_a_figure_of_no_rows_is_undefined() -> None:
    assert math.isnan(estimate_mean(np.array([])).value)
    assert math.isnan(estimate(accuracy, np.array([]), np.array([])).low)


def test_the_threshold_lies_midway_between_the_scores_that_it_parts() -> None:
    scores, targets = np.array([0.1, 0.3, 0.6, 0.9]), np.array([0.0, 0.0, 1.0, 1.0])
    found = choose_threshold(scores, targets)
    assert found.value == pytest.approx(0.45)  # midway between 0.3 and 0.6
    assert found.balanced_accuracy == 1.0


def test_the_threshold_has_the_best_balanced_accuracy_there_is() -> None:
    # at 0.35 (between 0.2 and 0.5): aligned 3 of 3, not aligned 1 of 2: (1 + 0.5) / 2
    scores, targets = np.array([0.2, 0.5, 0.6, 0.7, 0.8]), np.array([0.0, 1, 0, 1, 1])
    found = choose_threshold(scores, targets)
    assert found.value == pytest.approx(0.65)  # aligned 2 of 3, not aligned 2 of 2
    assert found.balanced_accuracy == pytest.approx((2 / 3 + 1) / 2)


def test_equal_scores_are_never_parted() -> None:
    # all the same: everything counts as aligned, 1 of 1 and 0 of 1
    found = choose_threshold(np.array([0.4, 0.4]), np.array([0.0, 1.0]))
    assert found.value == pytest.approx(0.4)
    assert found.balanced_accuracy == 0.5


def test_a_threshold_needs_both_classes() -> None:
    with pytest.raises(InputError, match="2 aligned of 2"):
        choose_threshold(np.array([0.4, 0.6]), np.array([1.0, 1.0]))
