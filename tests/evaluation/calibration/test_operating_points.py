import numpy as np
import pytest

from concord.errors import ConfigError, InputError
from concord.evaluation.calibration.operating_points import Want, compute_operating_points
from concord.evaluation.metrics import choose_threshold

# 20 rows: scores 0.05, 0.10, ... 1.00; all from 0.55 on are supported but the one at 0.70,
# and of the lower half only the one at 0.30
SCORES = np.arange(1, 21) / 20
TARGETS = np.isin(np.arange(1, 21), [6, 11, 12, 13, 15, 16, 17, 18, 19, 20]).astype(float)


def test_the_lowest_threshold_with_the_wanted_precision_is_taken() -> None:
    points = compute_operating_points(SCORES, TARGETS)
    # from 0.55 on 9 of 10 are supported; from 0.50 on 9 of 11, which is 0.82
    assert Want(0.9).choose(points) == pytest.approx(0.525)
    at = np.flatnonzero(points.thresholds == Want(0.9).choose(points))
    assert points.recall[at] == pytest.approx(0.9)  # the one at 0.30 does not pass


def test_a_precision_that_only_a_few_rows_would_have_is_not_believed() -> None:
    # from 0.75 on all 6 are supported, but 6 rows are too few
    with pytest.raises(InputError, match=r"10 rows pass reaches a precision of 0.95 .* is 0.90"):
        Want(0.95).choose(compute_operating_points(SCORES, TARGETS))
    nearest = Want(0.95).choose(compute_operating_points(SCORES, TARGETS), or_nearest=True)
    assert nearest == pytest.approx(0.525)


def test_the_best_balanced_accuracy_is_that_of_choose_threshold() -> None:
    rng = np.random.default_rng(0)
    scores = rng.random(60).round(1)  # with ties
    targets = (rng.random(60) < scores).astype(float)
    points = compute_operating_points(scores, targets)
    best = choose_threshold(scores, targets)
    assert Want().choose(points) == pytest.approx(best.value)
    assert points.balanced_accuracy.max() == pytest.approx(best.balanced_accuracy)


def test_a_row_with_weight_two_counts_as_two_rows() -> None:
    scores, targets = np.array([0.2, 0.4, 0.6]), np.array([0.0, 1.0, 0.0])
    weighted = compute_operating_points(scores, targets, weights=np.array([1.0, 1.0, 2.0]))
    twice = compute_operating_points(np.append(scores, 0.6), np.append(targets, 0.0))
    assert weighted.precision == pytest.approx(twice.precision)
    assert weighted.precision == pytest.approx([1 / 4, 1 / 3, 0])
    assert weighted.balanced_accuracy == pytest.approx(twice.balanced_accuracy)


def test_what_can_be_wanted_is_said() -> None:
    assert Want.parse("precision=0.9") == Want(0.9)
    assert str(Want.parse("balanced-accuracy")) == "balanced-accuracy"
    for text in ("recall=0.9", "precision", "precision=high"):
        with pytest.raises(ConfigError, match=r"it can be balanced-accuracy or precision=0\.9"):
            Want.parse(text)
    with pytest.raises(ConfigError, match=r"must lie in \(0, 1\], got 90"):
        Want.parse("precision=90")
