"""Answers that need no model."""

import numpy as np
import pytest

from concord.evaluation.baselines import (
    OverlapClassifier,
    lexical_overlap,
    majority_accuracy,
    majority_option_accuracy,
)


def test_overlap_is_the_fraction_of_claim_words_in_the_context() -> None:
    # "a" and "man" of "a man runs" occur: 2 of 3
    assert lexical_overlap("A man sleeps.", "a man runs") == pytest.approx(2 / 3)


def test_bigram_overlap_counts_neighbouring_words() -> None:
    # claim bigrams: (a, man), (man, runs); the first occurs: 1 of 2
    assert lexical_overlap("A man sleeps.", "a man runs", order=2) == 0.5


@pytest.mark.parametrize(("claim", "order"), [("", 1), ("?!", 1), ("word", 2)])
def test_a_claim_without_ngrams_has_no_overlap(claim: str, order: int) -> None:
    assert lexical_overlap("word", claim, order=order) == 0.0


def test_the_majority_is_the_most_frequent_target() -> None:
    assert majority_accuracy(np.array([0.0, 0.0, 2.0, 0.0])) == 0.75


def test_the_majority_option_is_the_place_that_is_right_most_often() -> None:
    # right places: a first, b second, c second; always the second: 2 of 3
    targets = np.array([1.0, 0, 0, 1, 0, 1])
    assert majority_option_accuracy(targets, ["a", "a", "b", "b", "c", "c"]) == pytest.approx(2 / 3)


def test_the_overlap_classifier_learns_that_much_overlap_means_aligned() -> None:
    overlaps = np.linspace(0, 1, 100)
    classifier = OverlapClassifier.fit(overlaps, (overlaps > 0.6).astype(np.float64))
    assert classifier.predict(np.array([0.1, 0.95])).tolist() == [0.0, 1.0]


def test_the_overlap_classifier_parts_three_classes_too() -> None:
    overlaps = np.linspace(0, 1, 90)
    targets = np.where(overlaps < 0.3, 1.0, np.where(overlaps < 0.6, 2.0, 0.0))
    classifier = OverlapClassifier.fit(overlaps, targets)
    assert classifier.predict(np.array([0.1, 0.45, 0.9])).tolist() == [1.0, 2.0, 0.0]


def test_the_overlap_classifier_of_constant_overlaps_gives_the_majority() -> None:
    classifier = OverlapClassifier.fit(np.ones(5), np.array([0.0, 2.0, 2.0, 2.0, 1.0]))
    assert classifier.predict(np.array([0.2, 1.0])).tolist() == [2.0, 2.0]
