"""Metrics of tasks that answer with spans or tokens."""

import math
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from concord.evaluation.metrics.additive import AdditiveMetric, Counts, ratio
from concord.tasks.masked_language import TokenGuess
from concord.tasks.replaced_tokens import TokenVerdict
from concord.tasks.tagging import EntitySpan


def entity_counts(
    golds: Sequence[Sequence[EntitySpan]], found: Sequence[Sequence[EntitySpan]]
) -> Counts:
    """Return for each text how many entities were found rightly, were found, and are there.

    An entity is right if its class, start and end are, as in seqeval's default mode.
    """
    counts = [
        (len(set(gold) & set(each)), len(set(each)), len(set(gold)))
        for gold, each in zip(golds, found, strict=True)
    ]
    return np.array(counts, dtype=np.float64).reshape(-1, 3)


def f1_of_counts(counts: Counts) -> float:
    """Return the F1 of right, found and gold ones; 0 where nothing is right or there."""
    right, found, gold = counts[:3]
    return 2 * float(right) / max(float(found + gold), 1.0)


def precision_of_counts(counts: Counts) -> float:
    """Return the share of those found that are right; 0 where nothing was found."""
    return float(counts[0]) / max(float(counts[1]), 1.0)


def recall_of_counts(counts: Counts) -> float:
    """Return the share of the gold ones that were found; 0 where there are none."""
    return float(counts[0]) / max(float(counts[2]), 1.0)


def guess_counts(golds: Sequence[object], found: Sequence[Sequence[TokenGuess]]) -> Counts:
    """Return for each text its hidden tokens, those guessed rightly, and their log-likelihood."""
    del golds  # the text itself was the answer
    counts = [
        (len(each), sum(guess.is_right for guess in each), sum(guess.log_prob for guess in each))
        for each in found
    ]
    return np.array(counts, dtype=np.float64).reshape(-1, 3)


def perplexity_of_counts(counts: Counts) -> float:
    """Return the exponential of the mean negative log-likelihood of a hidden token."""
    return math.exp(-ratio(counts[2], counts[0]))


def verdict_counts(golds: Sequence[object], found: Sequence[Sequence[TokenVerdict]]) -> Counts:
    """Return for each text the tokens called replaced rightly, so called, and replaced; and all.

    Before all tokens stand those that were judged rightly.
    """
    del golds  # the text itself was the answer
    counts = np.zeros((len(found), 5))
    for row, each in zip(counts, found, strict=True):
        is_called = np.array([verdict.prob > 0.5 for verdict in each], dtype=bool)
        is_replaced = np.array([verdict.is_replaced for verdict in each], dtype=bool)
        row[:3] = (is_called & is_replaced).sum(), is_called.sum(), is_replaced.sum()
        row[3:] = (is_called == is_replaced).sum(), len(each)
    return counts


TOKEN_METRICS: Final[Mapping[str, AdditiveMetric]] = {
    "entity_f1": AdditiveMetric(entity_counts, f1_of_counts),
    "entity_precision": AdditiveMetric(entity_counts, precision_of_counts),
    "entity_recall": AdditiveMetric(entity_counts, recall_of_counts),
    "masked_accuracy": AdditiveMetric(guess_counts, lambda sums: ratio(sums[1], sums[0])),
    "perplexity": AdditiveMetric(guess_counts, perplexity_of_counts),
    "replaced_f1": AdditiveMetric(verdict_counts, f1_of_counts),
    "replaced_precision": AdditiveMetric(verdict_counts, precision_of_counts),
    "replaced_recall": AdditiveMetric(verdict_counts, recall_of_counts),
    "replaced_accuracy": AdditiveMetric(verdict_counts, lambda sums: ratio(sums[3], sums[4])),
}
"""By the names that tasks give."""
