"""Counting shared words, as a system beside models."""

from functools import partial

from concord.evaluation.baselines import lexical_overlap
from concord.evaluation.systems.graded import GradedSystem, measure_each


def lexical_overlap_system() -> GradedSystem:
    """Return what scores a claim by the share of its words that the context has."""
    return GradedSystem(
        name="lexical overlap",
        description="The share of the claim's words that occur in the context.",
        definition="share of the claim's lower-cased words found in the context",
        measure=measure_each(lexical_overlap),
    )


def bigram_overlap_system() -> GradedSystem:
    """Return what scores a claim by the share of its pairs of neighbouring words."""
    return GradedSystem(
        name="bigram overlap",
        description="The share of the claim's neighbouring word pairs that occur in the context.",
        definition="share of the claim's lower-cased word bigrams found in the context",
        measure=measure_each(partial(lexical_overlap, order=2)),
    )
