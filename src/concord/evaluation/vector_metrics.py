"""Metrics of tasks that read one vector of each text: numbers, pairs, options and embeddings."""

from collections.abc import Sequence

import numpy as np

from concord.evaluation.metrics import Threshold, choose_threshold, pearson, spearman
from concord.tasks.paraphrase import PairLabel
from concord.tasks.preference import PreferenceAnswer


def value_pearson(golds: Sequence[float], found: Sequence[float]) -> float:
    """Return the linear correlation; NaN where one side does not vary."""
    return pearson(np.asarray(found, dtype=np.float64), np.asarray(golds, dtype=np.float64))


def value_spearman(golds: Sequence[float], found: Sequence[float]) -> float:
    """Return the correlation of the ranks; NaN where one side does not vary."""
    return spearman(np.asarray(found, dtype=np.float64), np.asarray(golds, dtype=np.float64))


def root_mean_squared_error(golds: Sequence[float], found: Sequence[float]) -> float:
    """Return the root of the mean squared difference, in the labels' own unit; 0 is best."""
    return float(np.sqrt(np.mean(np.square(np.subtract(golds, found)))))


def pair_label_f1(golds: Sequence[PairLabel], found: Sequence[PairLabel]) -> float:
    """Return the F1 of the task's positive label; 0 where it never occurs."""
    is_positive, is_found = (
        np.array([label.is_positive for label in several]) for several in (golds, found)
    )
    num_both = float(np.sum(is_positive & is_found))
    return 2 * num_both / max(float(np.sum(is_positive) + np.sum(is_found)), 1.0)


def option_accuracy(golds: Sequence[int], found: Sequence[int]) -> float:
    """Return the share of questions whose right option was chosen."""
    return float(np.mean(np.equal(golds, found)))


def preference_accuracy(golds: Sequence[float], found: Sequence[float]) -> float:
    """Return the share of pairs whose better text has the higher score; a tie counts half.

    Args:
        golds: 1 where the first text is the better one, -1 where it is the second.
        found: By how much the first text's score is above the second's.
    """
    agreement = np.sign(np.asarray(golds, dtype=np.float64) * np.asarray(found, dtype=np.float64))
    return float(np.mean((agreement + 1) / 2))


def choose_score_threshold(
    answers: Sequence[PreferenceAnswer], has_it: Sequence[bool]
) -> Threshold:
    """Choose the score from which a text has what a preference task learned, such as hatefulness.

    Put its value into the task's `threshold`.

    Args:
        answers: Of single texts, on validation rows.
        has_it: Whether each text has it; both kinds must occur.

    Raises:
        InputError: If only one kind occurs.
    """
    scores = np.array([answer.score for answer in answers], dtype=np.float64)
    return choose_threshold(scores, np.asarray(has_it, dtype=np.float64))
