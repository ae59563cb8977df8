"""Metrics of tasks that read one vector of each text: numbers, pairs, options and embeddings."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from concord.alignment import Head
from concord.evaluation.metrics.estimates import (
    Threshold,
    Vector,
    choose_threshold,
    pearson,
    spearman,
)
from concord.tasks.alignment import AlignmentGold
from concord.tasks.heads import FloatArray
from concord.tasks.paraphrase import PairLabel
from concord.tasks.preference import PreferenceAnswer

_ROWS_AT_ONCE: Final = 1024
_SMALLEST_NORM: Final = 1e-12
_ROUNDING: Final = 1e-9  # cosines that differ by less are the same


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


def embedding_spearman(golds: Sequence[float], found: Sequence[FloatArray]) -> float:
    """Return the rank correlation of pairs' cosines with their scores.

    Args:
        golds: Scores.
        found: The vectors of each pair, ``(2, width)``.
    """
    first, second = _unit_vectors(found, 0), _unit_vectors(found, 1)
    cosines = np.einsum("nw,nw->n", first, second)
    return spearman(cosines, np.asarray(golds, dtype=np.float64))


def triplet_accuracy(golds: Sequence[float], found: Sequence[FloatArray]) -> float:
    """Return the share of anchors that are nearer to their positive than to their negative.

    Args:
        golds: Not read.
        found: The vectors of each anchor, positive and negative, ``(3, width)``.
    """
    del golds
    anchor, positive, negative = (_unit_vectors(found, place) for place in range(3))
    return float(np.mean(np.einsum("nw,nw->n", anchor, positive - negative) > 0))


def mean_reciprocal_rank(golds: Sequence[float], found: Sequence[FloatArray]) -> float:
    """Return the mean of 1 / rank of each anchor's positive among all positives, by cosine.

    Args:
        golds: Not read.
        found: The vectors of each anchor and positive, ``(2 or more, width)``.
    """
    del golds
    return float(np.mean(1 / _ranks(found)))


def retrieval_accuracy(golds: Sequence[float], found: Sequence[FloatArray]) -> float:
    """Return the share of anchors that no positive is nearer to than their own.

    Args:
        golds: Not read.
        found: The vectors of each anchor and positive, ``(2 or more, width)``.
    """
    del golds
    return float(np.mean(_ranks(found) == 1))


def clustering_v_measure(
    vectors: Sequence[FloatArray], labels: Sequence[str], *, seed: int = 0
) -> float:
    """Return the V-measure of k-means over embeddings (Rosenberg and Hirschberg, 2007).

    Args:
        vectors: One for each text.
        labels: Each text's class; there are as many clusters as classes.
        seed: Where k-means starts, ten times.

    Returns:
        The harmonic mean of homogeneity and completeness, in [0, 1].
    """
    from sklearn.cluster import KMeans
    from sklearn.metrics import v_measure_score

    clusters = KMeans(n_clusters=len(set(labels)), n_init=10, random_state=seed)
    return float(v_measure_score(labels, clusters.fit_predict(np.stack(list(vectors)))))


def binary_accuracy(golds: Sequence[AlignmentGold], found: Sequence[AlignmentGold]) -> float:
    """Return the share of right answers of the binary head; NaN where it is not asked."""
    right, wanted = _of_head(golds, found, Head.BINARY)
    return float(np.mean(right == wanted)) if len(wanted) else float("nan")


def three_way_accuracy(golds: Sequence[AlignmentGold], found: Sequence[AlignmentGold]) -> float:
    """Return the share of right answers of the three-way head; NaN where it is not asked."""
    right, wanted = _of_head(golds, found, Head.THREE_WAY)
    return float(np.mean(right == wanted)) if len(wanted) else float("nan")


def regression_pearson(golds: Sequence[AlignmentGold], found: Sequence[AlignmentGold]) -> float:
    """Return the correlation of the regression head's answers; NaN where they do not vary."""
    values, wanted = _of_head(golds, found, Head.REGRESSION)
    return pearson(values, wanted)


def alignment_mean(golds: Sequence[AlignmentGold], found: Sequence[AlignmentGold]) -> float:
    """Return the mean of the three heads' figures, of those that are defined."""
    figures = [
        compute(golds, found)
        for compute in (binary_accuracy, three_way_accuracy, regression_pearson)
    ]
    defined = [figure for figure in figures if not np.isnan(figure)]
    return float(np.mean(defined)) if defined else float("nan")


def _of_head(
    golds: Sequence[AlignmentGold], found: Sequence[AlignmentGold], head: Head
) -> tuple[Vector, Vector]:
    """Return what was found and what is right, where the head has a gold answer."""
    several = [
        (answer.of(head), gold.of(head))
        for gold, answer in zip(golds, found, strict=True)
        if gold.of(head) is not None
    ]
    table = np.array(several, dtype=np.float64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def _ranks(found: Sequence[FloatArray]) -> Vector:
    """Return the rank of each anchor's own positive, from 1; ties count for it."""
    anchors, positives = _unit_vectors(found, 0), _unit_vectors(found, 1)
    own = np.einsum("nw,nw->n", anchors, positives)
    ranks = np.empty(len(own))
    for start in range(0, len(own), _ROWS_AT_ONCE):  # all similarities at once could be too many
        rows = slice(start, start + _ROWS_AT_ONCE)
        similarities = anchors[rows] @ positives.T
        ranks[rows] = 1 + np.sum(similarities > own[rows, np.newaxis] + _ROUNDING, axis=1)
    return ranks


def _unit_vectors(found: Sequence[FloatArray], place: int) -> Vector:
    """Return one text of each example as vectors of length 1, ``(examples, width)``."""
    vectors = np.stack([each[place] for each in found]).astype(np.float64)
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Vector = vectors / np.maximum(norms, _SMALLEST_NORM)
    return unit
