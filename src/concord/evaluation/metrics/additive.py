"""Metrics that follow from sums over rows, so that they can be computed anew in no time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class AdditiveMetric:
    """A figure that sums over rows determine.

    Attributes:
        rows: From gold answers and predictions to what each row adds, ``(rows, sums)``.
        figure: From the sums to the figure; NaN where it is undefined.
    """

    rows: Callable[[Sequence[Any], Sequence[Any]], Counts]
    figure: Callable[[Counts], float]

    def __call__(self, golds: Sequence[Any], found: Sequence[Any]) -> float:
        """Return the figure of all rows."""
        return self.figure(self.rows(golds, found).sum(axis=0))

    def resampled(
        self,
        golds: Sequence[Any],
        found: Sequence[Any],
        rng: np.random.Generator,
        num_resamples: int,
    ) -> list[float]:
        """Return the figures of as many rows drawn with replacement, again and again."""
        rows = self.rows(golds, found)
        count = len(rows)
        return [
            self.figure(np.bincount(rng.integers(0, count, count), minlength=count) @ rows)
            for _ in range(num_resamples)
        ]


def ratio(part: float, whole: float) -> float:
    """Return a share, NaN of nothing."""
    return float(part / whole) if whole else float("nan")
