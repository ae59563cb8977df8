"""Figures of resamples equal the library's on the rows written out as often as they were drawn."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import pearsonr, spearmanr
from sklearn.metrics import balanced_accuracy_score, f1_score, roc_auc_score

from concord.data.recipe import Metric
from concord.evaluation.metrics import Vector
from concord.evaluation.metrics.weighted import (
    WeightedFigure,
    auc_figure,
    balanced_accuracy_figure,
    f1_figure,
    mean_figure,
    pearson_figure,
    spearman_figure,
    weighted_figure,
)

_NUM_ROWS = 60


def _rows(seed: int) -> tuple[Vector, Vector, Vector]:
    """Return scores with ties, decisions and targets."""
    rng = np.random.default_rng(seed)
    targets = (rng.random(_NUM_ROWS) < 0.4).astype(np.float64)
    scores = np.clip(0.3 * targets + rng.random(_NUM_ROWS) * 0.7, 0, 1).round(1)
    return scores, (scores > 0.5).astype(np.float64), targets


def _counts(num_resamples: int = 25) -> Vector:
    rng = np.random.default_rng(7)
    drawn = rng.integers(_NUM_ROWS, size=(num_resamples, _NUM_ROWS))
    return np.stack([np.bincount(row, minlength=_NUM_ROWS) for row in drawn]).astype(np.float64)


def _library_figures(
    compute: Callable[[Vector, Vector], float], values: Vector, targets: Vector, counts: Vector
) -> list[float]:
    return [
        float(compute(np.repeat(values, row), np.repeat(targets, row)))
        for row in counts.astype(np.int64)
    ]


def test_auc_of_resamples_is_that_of_scikit_learn() -> None:
    scores, _, targets = _rows(0)
    expected = _library_figures(lambda s, t: roc_auc_score(t, s), scores, targets, _counts())
    assert auc_figure(scores, targets).compute(_counts()) == pytest.approx(expected, abs=1e-12)


def test_f1_of_resamples_is_that_of_scikit_learn() -> None:
    _, decisions, targets = _rows(1)
    expected = _library_figures(lambda d, t: f1_score(t, d), decisions, targets, _counts())
    assert f1_figure(decisions, targets).compute(_counts()) == pytest.approx(expected)


def test_balanced_accuracy_of_resamples_is_that_of_scikit_learn() -> None:
    _, decisions, targets = _rows(2)
    expected = _library_figures(
        lambda d, t: balanced_accuracy_score(t, d), decisions, targets, _counts()
    )
    assert balanced_accuracy_figure(decisions, targets).compute(_counts()) == pytest.approx(
        expected
    )


def test_correlations_of_resamples_are_those_of_scipy() -> None:
    scores, _, _ = _rows(3)
    grades = np.round(np.random.default_rng(3).random(_NUM_ROWS) + scores, 1)
    pearsons = _library_figures(lambda s, t: pearsonr(s, t).statistic, scores, grades, _counts())
    spearmans = _library_figures(lambda s, t: spearmanr(s, t).statistic, scores, grades, _counts())
    assert pearson_figure(scores, grades).compute(_counts()) == pytest.approx(pearsons)
    assert spearman_figure(scores, grades).compute(_counts()) == pytest.approx(spearmans)


def test_a_resample_of_one_class_has_no_auc() -> None:
    figure = auc_figure(np.array([0.1, 0.9]), np.array([0.0, 1.0]))
    # only the second row is drawn, twice; then each once: the aligned one is above the other
    assert np.isnan(figure.compute(np.array([[0.0, 2.0]]))[0])
    assert figure.compute(np.array([[1.0, 1.0]]))[0] == 1.0


def test_scores_that_do_not_vary_have_no_correlation() -> None:
    constant, grades = np.full(4, 0.3), np.array([0.0, 0.2, 0.4, 1.0])
    assert np.isnan(pearson_figure(constant, grades).value())
    assert np.isnan(spearman_figure(constant, grades).value())


def test_a_row_drawn_twice_earns_twice() -> None:
    figure = mean_figure(np.array([1.0, 0.0, 0.5]))
    # the first twice and the third once: 2.5 of 3
    assert figure.compute(np.array([[2.0, 0.0, 1.0]]))[0] == pytest.approx(2.5 / 3)


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        (Metric.ACCURACY, 0.75),  # only the second row is decided wrongly
        (Metric.F1, 0.8),  # 2 found of 3 given and 2 wanted: 4 / 5
        (Metric.AUC, 1.0),  # 0.9 and 0.8 above 0.6 and 0.1
        (Metric.OPTION_ACCURACY, 1.0),  # of each question the right option is higher
    ],
)
def test_a_recipe_is_judged_by_its_metric(metric: Metric, expected: float) -> None:
    figure = weighted_figure(
        metric,
        np.array([0.9, 0.6, 0.8, 0.1]),
        np.array([1.0, 1.0, 1.0, 0.0]),
        np.array([1.0, 0.0, 1.0, 0.0]),
        ["a", "a", "b", "b"],
    )
    assert figure.value() == pytest.approx(expected)


def test_no_rows_have_no_figure() -> None:
    assert np.isnan(WeightedFigure(0, lambda counts: counts).value())
