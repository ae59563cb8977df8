"""How well answers agree with the gold ones, and how sure one can be of the figure."""

from concord.evaluation.metrics.estimates import (
    NUM_RESAMPLES,
    Estimate,
    Indices,
    Threshold,
    Vector,
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

__all__ = [
    "NUM_RESAMPLES",
    "Estimate",
    "Indices",
    "Threshold",
    "Vector",
    "accuracy",
    "auc",
    "balanced_accuracy",
    "choose_threshold",
    "estimate",
    "estimate_mean",
    "f1",
    "option_hits",
    "pearson",
    "spearman",
]
