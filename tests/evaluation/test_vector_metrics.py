"""Metrics of numbers, pairs, options and embeddings, against sums by hand."""

import math

import pytest

from concord.errors import InputError
from concord.evaluation.vector_metrics import (
    choose_score_threshold,
    option_accuracy,
    pair_label_f1,
    preference_accuracy,
    root_mean_squared_error,
    value_pearson,
    value_spearman,
)
from concord.tasks.paraphrase import PairLabel
from concord.tasks.preference import PreferenceAnswer

YES, NO = PairLabel("1", "positive"), PairLabel("0")


def test_numbers_are_compared_by_correlation_and_distance() -> None:
    golds, found = [0.0, 1.0, 2.0], [0.0, 1.0, 5.0]
    assert value_spearman(golds, found) == pytest.approx(1.0)
    # both centred: (-1, 0, 1) and (-2, -1, 3): 5 / sqrt(2 * 14)
    assert value_pearson(golds, found) == pytest.approx(5 / math.sqrt(28))
    assert root_mean_squared_error(golds, found) == pytest.approx(math.sqrt(3))  # 9 / 3
    assert math.isnan(value_pearson(golds, [1.0, 1.0, 1.0]))


def test_f1_is_that_of_the_positive_label() -> None:
    golds, found = [YES, YES, NO, NO], [YES, NO, YES, NO]
    assert pair_label_f1(golds, found) == pytest.approx(0.5)  # 2 * 1 / (2 + 2)
    assert pair_label_f1([NO, NO], [NO, NO]) == 0


def test_the_right_option_counts() -> None:
    assert option_accuracy([0, 1, 2], [0, 1, 0]) == pytest.approx(2 / 3)


def test_a_tie_of_two_texts_counts_half() -> None:
    # right, tie, wrong, and right where the second text is the better one
    assert preference_accuracy([1, 1, 1, -1], [0.3, 0.0, -2.0, -0.1]) == pytest.approx(2.5 / 4)


def test_a_threshold_on_scores_parts_texts_that_have_it() -> None:
    answers = [PreferenceAnswer((score,)) for score in (-1.0, 0.0, 2.0, 3.0)]
    chosen = choose_score_threshold(answers, [False, False, True, True])
    assert (chosen.value, chosen.balanced_accuracy) == (1.0, 1.0)  # midway between 0 and 2
    with pytest.raises(InputError, match="a threshold needs"):
        choose_score_threshold(answers, [True] * 4)
