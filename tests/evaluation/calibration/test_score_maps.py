import numpy as np
import pytest
from scipy.optimize import minimize
from sklearn.isotonic import IsotonicRegression

from concord.errors import ConfigError, InputError
from concord.evaluation.calibration.score_maps import (
    Method,
    expected_calibration_error,
    fit_score_map,
    fit_temperature,
)
from concord.evaluation.metrics import Vector
from concord.scoring.calibration import LogisticMap


def test_a_model_that_is_too_sure_is_cooled_to_how_often_it_is_right() -> None:
    # always 0.9 for class 1, right three times of four: the best probability is 0.75, and
    # log(0.9 / 0.1) / T = log(0.75 / 0.25) gives T = 2.197 / 1.099 = 2
    probs = np.tile(np.array([0.1, 0.9], dtype=np.float32), (4, 1))
    assert fit_temperature(probs, np.array([1.0, 1, 1, 0])) == pytest.approx(2, abs=1e-3)


def test_a_model_as_sure_as_it_is_right_is_left_alone() -> None:
    probs = np.tile(np.array([0.5, 0.25, 0.25], dtype=np.float32), (4, 1))
    assert fit_temperature(probs, np.array([0.0, 0, 1, 2])) == pytest.approx(1, abs=1e-3)


def test_a_probability_of_nothing_has_a_loss_that_can_be_computed() -> None:
    probs = np.array([[1.0, 0.0], [1.0, 0.0]], dtype=np.float32)
    assert fit_temperature(probs, np.array([0.0, 1.0])) > 1


def test_the_calibration_error_is_the_mean_gap_of_the_bins() -> None:
    probs = np.array([0.1, 0.1, 0.9, 0.9])
    targets = np.array([0.0, 0, 1, 0])
    # two bins of two rows: 0.1 beside none of two, 0.9 beside one of two: (0.1 + 0.4) / 2
    assert expected_calibration_error(probs, targets) == pytest.approx(0.25)
    assert expected_calibration_error(np.array([1.0, 0.0]), np.array([1.0, 0.0])) == 0


def test_rows_that_disagree_with_the_order_share_their_mean() -> None:
    # 0.4 is right and 0.6 wrong, so both get a half; with 4 rows none is surer than 1/6 or 5/6
    fitted = fit_score_map(
        np.array([0.2, 0.4, 0.6, 0.8]), np.array([0.0, 1, 0, 1]), Method.ISOTONIC
    )
    assert fitted.probabilities(np.array([0.2, 0.4, 0.6, 0.8], dtype=np.float32)) == pytest.approx(
        [1 / 6, 0.5, 0.5, 5 / 6]
    )


def _noisy_sample() -> tuple[Vector, Vector]:
    rng = np.random.default_rng(0)
    scores = rng.random(400)
    return scores, (rng.random(400) < scores**2).astype(float)


def test_an_isotonic_map_is_scikit_learns() -> None:
    scores, targets = _noisy_sample()
    theirs = IsotonicRegression(y_min=1 / 402, y_max=401 / 402, out_of_bounds="clip")
    theirs.fit(scores, targets)
    wanted = theirs.predict(np.linspace(0, 1, 50))
    ours = fit_score_map(scores, targets, Method.ISOTONIC)
    assert ours.probabilities(np.linspace(0, 1, 50, dtype=np.float32)) == pytest.approx(
        wanted, abs=2e-3
    )


def test_a_platt_map_is_the_one_of_least_loss() -> None:
    scores, targets = _noisy_sample()
    logits = np.log(scores / (1 - scores))

    def loss(parameters: Vector) -> float:
        z = parameters[0] * logits + parameters[1]
        return float(np.mean(np.logaddexp(0, z) - targets * z))

    slope, shift = minimize(loss, np.array([1.0, 0.0])).x
    fitted = fit_score_map(scores, targets, Method.PLATT)
    assert isinstance(fitted, LogisticMap)
    assert (fitted.slope, fitted.shift) == pytest.approx((slope, shift), abs=0.01)


def test_a_temperature_map_leaves_a_half_where_it_is() -> None:
    # always 0.9, right three times of four: as above the temperature is 2
    fitted = fit_score_map(np.full(4, 0.9), np.array([1.0, 1, 1, 0]), Method.TEMPERATURE)
    assert fitted.probabilities(np.array([0.9, 0.5], dtype=np.float32)) == pytest.approx(
        [0.75, 0.5], abs=1e-3
    )


def test_scores_that_are_upside_down_are_not_calibrated() -> None:
    scores, targets = _noisy_sample()
    with pytest.raises(InputError, match="check what the labels mean"):
        fit_score_map(scores, 1 - targets, Method.PLATT)


def test_an_unknown_method_is_answered_with_the_known_ones() -> None:
    with pytest.raises(ConfigError, match="'beta'; choose one of temperature, platt, isotonic"):
        Method("beta")
