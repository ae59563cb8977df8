"""From which score on to say "supported": what each threshold would give, and which is wanted."""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np

from concord.errors import ConfigError, InputError
from concord.evaluation.metrics import Indices, Vector

MIN_PASSING: Final = 10
"""A precision is believed where at least so many rows pass."""


@dataclass(frozen=True, slots=True)
class OperatingPoints:
    """All thresholds that part a sample differently, the lowest first, and what they give.

    Attributes:
        thresholds: Midway between neighbouring distinct scores; the first lets all rows pass.
        precision: The share of rows that pass which are supported.
        recall: The share of supported rows that pass.
        balanced_accuracy: The mean of recall and of the share of the others that do not pass.
        passing: The (weighted) rows that pass.
    """

    thresholds: Vector
    precision: Vector
    recall: Vector
    balanced_accuracy: Vector
    passing: Vector


@dataclass(frozen=True, slots=True)
class Want:
    """What a threshold is chosen for: balanced accuracy, or a precision with most recall."""

    precision: float | None = None

    def __post_init__(self) -> None:
        if self.precision is not None and not 0 < self.precision <= 1:
            raise ConfigError(f"the wanted precision must lie in (0, 1], got {self.precision}")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read "balanced-accuracy" or "precision=0.9".

        Raises:
            ConfigError: If it is neither.
        """
        name, _, value = text.partition("=")
        if text == "balanced-accuracy":
            return cls()
        try:
            if name == "precision":
                return cls(float(value))
        except ConfigError:
            raise
        except ValueError:
            pass
        raise ConfigError(f"cannot want {text!r}; it can be balanced-accuracy or precision=0.9")

    def __str__(self) -> str:
        return "balanced-accuracy" if self.precision is None else f"precision={self.precision:g}"

    def choose(self, points: OperatingPoints, *, or_nearest: bool = False) -> float:
        """Return the threshold that gives what is wanted; of equally good ones the lowest.

        Args:
            points: What there is to choose from.
            or_nearest: Where a wanted precision is not reached, take the highest there is.

        Raises:
            InputError: If no threshold reaches the wanted precision with 10 rows passing.
        """
        if self.precision is None:
            return float(points.thresholds[np.argmax(points.balanced_accuracy)])
        enough = points.passing >= MIN_PASSING
        reached = np.flatnonzero(enough & (points.precision >= self.precision))
        if len(reached):
            return float(points.thresholds[reached[0]])
        believed = np.where(enough, points.precision, points.precision[0])
        if or_nearest:
            return float(points.thresholds[np.argmax(believed)])
        highest = believed.max()
        raise InputError(
            f"no threshold that lets {MIN_PASSING} rows pass reaches a precision of "
            f"{self.precision:g} on this sample (the highest is {highest:.2f}); want less, or "
            "label more rows"
        )


def compute_operating_points(
    scores: Vector, targets: Vector, *, weights: Vector | None = None
) -> OperatingPoints:
    """Return what each threshold gives on labelled scores.

    Args:
        scores: Higher is better supported, shape ``(N,)``.
        targets: 1 supported, 0 not, shape ``(N,)``; both must occur.
        weights: How much each row counts, shape ``(N,)``; all the same unless given.
    """
    weights = np.ones(len(scores)) if weights is None else weights
    order = np.argsort(scores, kind="stable")
    ordered = scores[order].astype(np.float64)
    starts = np.concatenate(([0], np.flatnonzero(np.diff(ordered)) + 1))  # of each distinct score
    supported = _sums_from(starts, (weights * targets)[order])
    passing = _sums_from(starts, weights[order])
    recall = supported / supported[0]
    others_kept_out = 1 - (passing - supported) / (passing - supported)[0]
    below = ordered[np.maximum(starts - 1, 0)]
    return OperatingPoints(
        thresholds=(below + ordered[starts]) / 2,
        precision=supported / passing,
        recall=recall,
        balanced_accuracy=(recall + others_kept_out) / 2,
        passing=passing,
    )


def _sums_from(starts: Indices, values: Vector) -> Vector:
    """Return the sum of the values from each start to the end."""
    sums: Vector = np.cumsum(values[::-1])[::-1][starts]
    return sums
