"""Fits how sure scores should be, and from which score on to say "supported".

Applying what is fitted here is `concord.scoring.calibration`, which needs numpy alone.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Final

import numpy as np

from concord.alignment.scores import FloatArray
from concord.errors import ConfigError, InputError, MissingExtraError
from concord.evaluation.metrics import Indices, Vector
from concord.scoring.calibration import IsotonicMap, LogisticMap

_TEMPERATURES: Final = (0.25, 8.0)
_SMALLEST: Final = 1e-12  # a probability that float32 rounded to nothing
_SMALLEST_SCORE: Final = 1e-6
ECE_BINS: Final = 15  # as Guo et al. (2017) report


class Method(StrEnum):
    """How scores are mapped to probabilities; the later ones need more labelled rows."""

    TEMPERATURE = "temperature"
    """One number: the score's logit is divided by it, so 0.5 stays 0.5."""
    PLATT = "platt"
    """Two numbers: the logit is stretched and shifted, so the share of supported claims counts."""
    ISOTONIC = "isotonic"
    """Any rising function; wants some hundreds of rows."""

    @classmethod
    def _missing_(cls, value: object) -> "Method":
        raise ConfigError(f"unknown method {value!r}; choose one of {', '.join(cls)}")


def expected_calibration_error(probs: Vector, targets: Vector, *, bins: int = ECE_BINS) -> float:
    """Return how far probabilities lie from how often they come true, on average.

    Rows are binned by probability, each bin as wide as the next, and the gaps between a bin's
    mean probability and its share of supported claims are averaged, weighted by their rows
    (Naeini et al., AAAI 2015, for the class "supported").

    Args:
        probs: Probabilities that the claim is supported, shape ``(N,)``.
        targets: 1 supported, 0 not, shape ``(N,)``.
        bins: How many bins between 0 and 1.
    """
    bin_of = np.minimum((probs * bins).astype(np.int64), bins - 1)
    gaps = np.bincount(bin_of, weights=probs - targets, minlength=bins)
    return float(np.abs(gaps).sum() / len(probs))


def fit_temperature(probs: FloatArray, targets: Vector) -> float:
    """Return the temperature that makes the right classes likeliest.

    Dividing logits by it changes no decision, only how sure the probabilities are (Guo et al.,
    "On Calibration of Modern Neural Networks", ICML 2017). Above 1 the model was too sure.

    Args:
        probs: Probabilities of the classes, shape ``(N, classes)``.
        targets: Indices of the right classes, shape ``(N,)``.
    """
    return _minimize_loss(probs, targets.astype(np.int64), np.ones(len(targets)))


def fit_score_map(
    scores: Vector, targets: Vector, method: Method, *, weights: Vector | None = None
) -> LogisticMap | IsotonicMap:
    """Fit how often claims are supported to their scores.

    Args:
        scores: Scores in [0, 1], shape ``(N,)``.
        targets: 1 supported, 0 not, shape ``(N,)``; both must occur.
        method: The kind of map.
        weights: How much each row counts, shape ``(N,)``; all the same unless given.

    Raises:
        InputError: If the scores of supported claims are not the higher ones.
    """
    weights = np.ones(len(scores)) if weights is None else weights
    return _FITTERS[method](scores.astype(np.float64), targets, weights)


def _fit_temperature_map(scores: Vector, targets: Vector, weights: Vector) -> LogisticMap:
    probs = np.stack([1 - scores, scores], axis=1)
    return LogisticMap(slope=1 / _minimize_loss(probs, targets.astype(np.int64), weights))


def _fit_platt(scores: Vector, targets: Vector, weights: Vector) -> LogisticMap:
    _require_evaluate_extra()
    from sklearn.linear_model import LogisticRegression

    clipped = np.clip(scores, _SMALLEST_SCORE, 1 - _SMALLEST_SCORE)
    logits = np.log(clipped / (1 - clipped))[:, None]
    # a weak pull of the slope towards 0 keeps it finite where scores part the classes perfectly
    fitted = LogisticRegression(C=100.0).fit(logits, targets, sample_weight=weights)
    slope, shift = float(fitted.coef_[0, 0]), float(fitted.intercept_[0])
    if slope <= 0:
        raise InputError(
            "the scores of supported claims are not higher than those of the others, so they "
            "cannot be calibrated; check what the labels mean and which column holds the contexts"
        )
    return LogisticMap(slope=slope, shift=shift)


def _fit_isotonic(scores: Vector, targets: Vector, weights: Vector) -> IsotonicMap:
    _require_evaluate_extra()
    from sklearn.isotonic import IsotonicRegression

    # nothing is surer than that one row more could not change it
    least = 1 / (float(weights.sum()) + 2)
    fitted = IsotonicRegression(y_min=least, y_max=1 - least)
    fitted.fit(scores, targets, sample_weight=weights)
    return IsotonicMap(
        scores=tuple(np.asarray(fitted.X_thresholds_, float).tolist()),
        probs=tuple(np.asarray(fitted.y_thresholds_, float).tolist()),
    )


_FITTERS: Final[Mapping[Method, Callable[[Vector, Vector, Vector], LogisticMap | IsotonicMap]]] = {
    Method.TEMPERATURE: _fit_temperature_map,
    Method.PLATT: _fit_platt,
    Method.ISOTONIC: _fit_isotonic,
}


def _minimize_loss(probs: FloatArray | Vector, right: Indices, weights: Vector) -> float:
    """Return the temperature of the lowest weighted log loss."""
    _require_evaluate_extra()
    from scipy.optimize import minimize_scalar

    logits = np.log(np.maximum(probs.astype(np.float64), _SMALLEST))
    rows = np.arange(len(right))

    def compute_loss(temperature: float) -> float:
        scaled = logits / temperature
        log_sum = np.logaddexp.reduce(scaled, axis=1)
        return float(np.average(log_sum - scaled[rows, right], weights=weights))

    return float(minimize_scalar(compute_loss, bounds=_TEMPERATURES, method="bounded").x)


def _require_evaluate_extra() -> None:
    try:
        import scipy  # noqa: F401
        import sklearn  # noqa: F401
    except ImportError as error:
        raise MissingExtraError.needing("calibration", "scikit-learn", "evaluate") from error
