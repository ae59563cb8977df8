"""Metrics of tasks that answer with spans or tokens."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from concord.evaluation.additive_metrics import AdditiveMetric, Counts
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
    right, found, gold = counts
    return 2 * float(right) / max(float(found + gold), 1.0)


def precision_of_counts(counts: Counts) -> float:
    """Return the share of those found that are right; 0 where nothing was found."""
    return float(counts[0]) / max(float(counts[1]), 1.0)


def recall_of_counts(counts: Counts) -> float:
    """Return the share of the gold ones that were found; 0 where there are none."""
    return float(counts[0]) / max(float(counts[2]), 1.0)


TOKEN_METRICS: Final[Mapping[str, AdditiveMetric]] = {
    "entity_f1": AdditiveMetric(entity_counts, f1_of_counts),
    "entity_precision": AdditiveMetric(entity_counts, precision_of_counts),
    "entity_recall": AdditiveMetric(entity_counts, recall_of_counts),
}
"""By the names that tasks give."""
