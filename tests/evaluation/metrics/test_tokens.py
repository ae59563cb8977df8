"""Figures of spans and tokens equal the published scorers'."""

import numpy as np
import pytest
from seqeval.metrics import f1_score, precision_score, recall_score

from concord.evaluation.metrics.additive import AdditiveMetric
from concord.evaluation.metrics.tasks import estimate_task_metric, task_metric
from concord.tasks.entities import Entities, Entity
from concord.tasks.tagging import spans_of_tags

TAGS = ["O", "O", "O", "B-A", "I-A", "B-B", "I-B"]


def _random_tags(seed: int) -> tuple[list[list[str]], list[list[str]]]:
    """Return gold and predicted tags of some sentences, which agree in most places."""
    rng = np.random.default_rng(seed)
    golds = [list(rng.choice(TAGS, rng.integers(1, 12))) for _ in range(40)]
    found = [[tag if rng.random() < 0.8 else str(rng.choice(TAGS)) for tag in row] for row in golds]
    return golds, found


@pytest.mark.parametrize("seed", range(5))
def test_entity_figures_are_those_of_seqeval(seed: int) -> None:
    golds, found = _random_tags(seed)
    spans = [list(map(spans_of_tags, side)) for side in (golds, found)]
    assert task_metric("entity_f1")(*spans) == pytest.approx(f1_score(golds, found))
    assert task_metric("entity_precision")(*spans) == pytest.approx(precision_score(golds, found))
    assert task_metric("entity_recall")(*spans) == pytest.approx(recall_score(golds, found))


def test_entity_figures_of_nothing_are_zero() -> None:
    assert task_metric("entity_f1")([()], [()]) == 0


def test_an_interval_from_sums_is_that_of_drawing_the_rows() -> None:
    golds, found = _random_tags(0)
    spans = [spans_of_tags(tags) for tags in golds]
    metric = task_metric("entity_f1")
    assert isinstance(metric, AdditiveMetric)
    predictions = [spans_of_tags(tags) for tags in found]
    fast = metric.resampled(spans, predictions, np.random.default_rng(3), 20)
    rng = np.random.default_rng(3)
    for value in fast:
        rows = rng.integers(0, len(spans), len(spans)).tolist()
        assert value == pytest.approx(
            metric([spans[row] for row in rows], [predictions[row] for row in rows])
        )
    entities = [
        [Entity(span.label, "", span.start, span.end, 1.0) for span in each] for each in predictions
    ]
    estimate = estimate_task_metric(Entities(), "entity_f1", spans, entities, seed=0)
    assert estimate.low < estimate.value < estimate.high
