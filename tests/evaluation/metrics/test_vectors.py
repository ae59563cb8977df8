"""Metrics of numbers, pairs, options and embeddings, against sums by hand."""

import math

import numpy as np
import pytest

from concord.errors import InputError
from concord.evaluation.metrics.vectors import (
    alignment_mean,
    binary_accuracy,
    choose_score_threshold,
    clustering_v_measure,
    embedding_spearman,
    mean_reciprocal_rank,
    option_accuracy,
    pair_label_f1,
    preference_accuracy,
    regression_pearson,
    retrieval_accuracy,
    root_mean_squared_error,
    three_way_accuracy,
    triplet_accuracy,
    value_pearson,
    value_spearman,
)
from concord.tasks.alignment import AlignmentGold
from concord.tasks.heads import FloatArray
from concord.tasks.paraphrase import PairLabel
from concord.tasks.preference import PreferenceAnswer


def vectors(*rows: tuple[float, float]) -> FloatArray:
    return np.array(rows, dtype=np.float32)


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


def test_cosines_are_ranked_against_scores_whatever_the_lengths() -> None:
    pairs = [vectors((1, 0), (9, 0)), vectors((2, 0), (3, 4)), vectors((1, 0), (0, 1))]
    # cosines of 1, 0.6 and 0
    assert embedding_spearman([5.0, 3.0, 1.0], pairs) == pytest.approx(1.0)
    assert embedding_spearman([1.0, 3.0, 5.0], pairs) == pytest.approx(-1.0)


def test_a_triplet_is_right_where_the_positive_is_nearer() -> None:
    near, far = (3.0, 4.0), (0.0, 1.0)
    triplets = [vectors((1, 0), near, far), vectors((1, 0), far, near), vectors((1, 0), far, far)]
    assert triplet_accuracy([1.0] * 3, triplets) == pytest.approx(1 / 3)


def test_the_rank_of_the_own_positive_counts() -> None:
    # The first two anchors find their own; the third finds both of the others' nearer.
    pairs = [vectors((1, 0), (1, 0)), vectors((0, 1), (0, 1)), vectors((1, 1), (-1, -1))]
    assert mean_reciprocal_rank([1.0] * 3, pairs) == pytest.approx((1 + 1 + 1 / 3) / 3)
    assert retrieval_accuracy([1.0] * 3, pairs) == pytest.approx(2 / 3)


def test_clusters_that_are_the_classes_have_a_v_measure_of_1() -> None:
    near_two_points = [vectors((x + shift, 0))[0] for x in (0, 10) for shift in (0, 0.1, 0.2)]
    assert clustering_v_measure(near_two_points, list("aaabbb")) == pytest.approx(1.0)
    # each cluster holds a third of one class and two thirds of the other, or the reverse
    mixed = clustering_v_measure(near_two_points, list("aababb"))
    entropy = -(math.log(1 / 3) / 3 + 2 * math.log(2 / 3) / 3) / math.log(2)
    assert mixed == pytest.approx(1 - entropy)


def test_alignment_is_measured_by_head_on_the_rows_that_ask_it() -> None:
    golds = [AlignmentGold(binary=1), AlignmentGold(binary=0), AlignmentGold(three_way=2)]
    found = [AlignmentGold(1, 0, 0.5), AlignmentGold(1, 0, 0.5), AlignmentGold(1, 2, 0.5)]
    assert binary_accuracy(golds, found) == 0.5
    assert three_way_accuracy(golds, found) == 1
    assert math.isnan(regression_pearson(golds, found))
    assert alignment_mean(golds, found) == 0.75  # of 0.5 and 1
    degrees = [AlignmentGold(regression=value) for value in (0.1, 0.2, 0.4)]
    assert regression_pearson(degrees, degrees) == pytest.approx(1.0)
