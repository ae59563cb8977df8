"""How well a task's answers agree with the gold ones, by the metrics that its family names."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias

import numpy as np

from concord.errors import ConfigError, MissingExtraError
from concord.evaluation.metrics.additive import AdditiveMetric
from concord.evaluation.metrics.answers import ANSWER_METRICS
from concord.evaluation.metrics.estimates import NUM_RESAMPLES, Estimate
from concord.evaluation.metrics.tokens import TOKEN_METRICS
from concord.evaluation.metrics.vectors import (
    alignment_mean,
    binary_accuracy,
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
from concord.tasks import AnyTask

TaskMetric: TypeAlias = Callable[[Sequence[Any], Sequence[Any]], float]
"""From gold answers and predictions of the same form, place by place, to a figure.

An `AdditiveMetric` is one whose interval costs little.
"""

_INTERVAL: Final = (2.5, 97.5)  # percentiles


def label_accuracy(golds: Sequence[tuple[str, ...]], found: Sequence[tuple[str, ...]]) -> float:
    """Return the share of texts whose labels are exactly the gold ones."""
    return float(np.mean([set(gold) == set(each) for gold, each in zip(golds, found, strict=True)]))


def macro_f1(golds: Sequence[tuple[str, ...]], found: Sequence[tuple[str, ...]]) -> float:
    """Return the mean over the labels that occur of the F1 of each."""
    from sklearn.metrics import f1_score

    gold_table, found_table = _label_tables(golds, found)
    return float(f1_score(gold_table, found_table, average="macro", zero_division=0.0))


def matthews(golds: Sequence[tuple[str, ...]], found: Sequence[tuple[str, ...]]) -> float:
    """Return the correlation of gold and predicted classes (Gorodkin, 2004).

    It lies in [-1, 1]; where only one class occurs, it is 0.
    """
    from sklearn.metrics import matthews_corrcoef

    right, chosen = (list(map(",".join, several)) for several in (golds, found))
    return 0.0 if len({*right, *chosen}) < 2 else float(matthews_corrcoef(right, chosen))


def _label_tables(
    golds: Sequence[tuple[str, ...]], found: Sequence[tuple[str, ...]]
) -> tuple[Any, Any]:
    """Return 0 or 1 for each text and label that occurs, of the gold and of the found ones."""
    labels = sorted({label for each in (*golds, *found) for label in each})
    tables = (
        np.array([[label in each for label in labels] for each in several], dtype=np.int64)
        for several in (golds, found)
    )
    gold_table, found_table = tables
    return gold_table, found_table


TASK_METRICS: Final[Mapping[str, TaskMetric]] = {
    "accuracy": label_accuracy,
    "macro_f1": macro_f1,
    "mcc": matthews,
    "pearson": value_pearson,
    "spearman": value_spearman,
    "rmse": root_mean_squared_error,
    "f1": pair_label_f1,
    "option_accuracy": option_accuracy,
    "pair_accuracy": preference_accuracy,
    **ANSWER_METRICS,
    **TOKEN_METRICS,
    "embedding_spearman": embedding_spearman,
    "triplet_accuracy": triplet_accuracy,
    "mean_reciprocal_rank": mean_reciprocal_rank,
    "retrieval_accuracy": retrieval_accuracy,
    "alignment_mean": alignment_mean,
    "binary_accuracy": binary_accuracy,
    "three_way_accuracy": three_way_accuracy,
    "regression_pearson": regression_pearson,
}
"""By the names that tasks give."""


def task_metric(name: str) -> TaskMetric:
    """Return a metric by name.

    Raises:
        ConfigError: If there is none of that name.
    """
    if name not in TASK_METRICS:
        raise ConfigError(f"unknown metric {name!r} (known: {', '.join(sorted(TASK_METRICS))})")
    return TASK_METRICS[name]


def compute_task_metrics(
    task: AnyTask, golds: Sequence[Any], answers: Sequence[Any], *, are_predictions: bool = False
) -> dict[str, float]:
    """Return the task's metrics by name.

    Args:
        task: Whose answers they are.
        golds: The right answers.
        answers: What was predicted, place by place.
        are_predictions: Whether the answers have the form of gold ones already.
    """
    found = answers if are_predictions else [task.prediction(answer) for answer in answers]
    try:
        return {name: task_metric(name)(golds, found) for name in task.metrics}
    except ModuleNotFoundError as error:
        package = str(error.name)
        raise MissingExtraError.needing("evaluation", package, "evaluate") from error


def estimate_task_metric(
    task: AnyTask,
    metric: str,
    golds: Sequence[Any],
    answers: Sequence[Any],
    *,
    seed: int = 0,
    num_resamples: int = NUM_RESAMPLES,
) -> Estimate:
    """Return one metric with its 95 % bootstrap interval over rows.

    Args:
        task: Whose answers they are.
        metric: One of the task's.
        golds: The right answers.
        answers: What was predicted, place by place.
        seed: Decides which rows are drawn.
        num_resamples: How often.
    """
    compute = task_metric(metric)
    found = [task.prediction(answer) for answer in answers]
    rng = np.random.default_rng(seed)
    if isinstance(compute, AdditiveMetric):
        values = compute.resampled(golds, found, rng, num_resamples)
    else:
        values = []
        for _ in range(num_resamples):
            rows = rng.integers(0, len(golds), len(golds)).tolist()
            values.append(compute([golds[row] for row in rows], [found[row] for row in rows]))
    low, high = np.nanpercentile(values, _INTERVAL)
    return Estimate(compute(golds, found), float(low), float(high))
