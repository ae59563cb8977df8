"""Is one system better than another, or is it noise: the paired bootstrap.

All systems are judged on the same draws of a set's rows, so a difference of two figures is taken
draw by draw (Efron and Tibshirani, 1993; Koehn, EMNLP 2004).
"""

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from concord.errors import InputError
from concord.evaluation.metrics import NUM_RESAMPLES, Estimate, Vector
from concord.evaluation.metrics.weighted import Counts, WeightedFigure

_INTERVAL: Final = (2.5, 97.5)  # percentiles: the middle 95 %
_CHUNK_CELLS: Final = 1_000_000  # counts held at once, in draws times rows


@dataclass(frozen=True, slots=True)
class Resampled:
    """A figure, and what it is on each resample.

    Attributes:
        value: On the rows as they are; NaN where it is undefined.
        draws: On rows drawn with replacement, shape ``(resamples,)``; NaN where undefined.
    """

    value: float
    draws: Vector

    def estimate(self) -> Estimate:
        """Return the figure with its 95 % percentile interval."""
        defined = self.draws[~np.isnan(self.draws)]
        if np.isnan(self.value) or not len(defined):
            return Estimate(self.value, float("nan"), float("nan"))
        low, high = np.percentile(defined, _INTERVAL)
        return Estimate(self.value, float(low), float(high))

    def or_zero(self) -> "Resampled":
        """Return the same with 0 where it is undefined: what does not vary explains nothing."""
        value = 0.0 if np.isnan(self.value) else self.value
        return Resampled(value, np.nan_to_num(self.draws, nan=0.0))


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure less another, with how likely so large a difference is between equals."""

    estimate: Estimate
    p_value: float


def draw_counts(
    num_units: int, *, name: str, seed: int = 0, num_resamples: int = NUM_RESAMPLES
) -> Iterator[Counts]:
    """Yield how often each unit is drawn in each resample, some resamples at a time.

    Args:
        num_units: How many units there are and are drawn; at least one.
        name: The set's name, so that sets are drawn independently of each other.
        seed: Decides the draws, with the name.
        num_resamples: How many resamples.

    Yields:
        Tables of counts, shape ``(some, num_units)``.
    """
    rng = np.random.default_rng([seed, zlib.crc32(name.encode())])
    at_once = max(1, _CHUNK_CELLS // num_units)
    for start in range(0, num_resamples, at_once):
        size = min(at_once, num_resamples - start)
        drawn = rng.integers(num_units, size=(size, num_units))
        drawn += np.arange(size)[:, None] * num_units
        counts = np.bincount(drawn.ravel(), minlength=size * num_units)
        yield counts.reshape(size, num_units).astype(np.float64)


def resample(
    figures: Sequence[WeightedFigure],
    *,
    name: str,
    seed: int = 0,
    num_resamples: int = NUM_RESAMPLES,
) -> list[Resampled]:
    """Return several systems' figures on one set, each on the same draws of its rows.

    Raises:
        InputError: If the figures are of different rows.
    """
    sizes = {figure.num_units for figure in figures}
    if len(sizes) != 1:
        raise InputError(f"paired figures need the same rows; there are {sorted(sizes)} of them")
    (num_units,) = sizes
    if not num_units:
        nothing = np.full(num_resamples, np.nan)
        return [Resampled(float("nan"), nothing) for _ in figures]
    found: list[list[Vector]] = [[] for _ in figures]
    for counts in draw_counts(num_units, name=name, seed=seed, num_resamples=num_resamples):
        for draws, figure in zip(found, figures, strict=True):
            draws.append(figure.compute(counts))
    return [
        Resampled(figure.value(), np.concatenate(draws))
        for figure, draws in zip(figures, found, strict=True)
    ]


def average(sets: Sequence[Resampled]) -> Resampled:
    """Return the mean over sets, each drawn within itself; an undefined figure counts as 0."""
    defined = [each.or_zero() for each in sets]
    if not defined:
        return Resampled(float("nan"), np.full(NUM_RESAMPLES, np.nan))
    return Resampled(
        float(np.mean([each.value for each in defined])),
        np.mean([each.draws for each in defined], axis=0),
    )


def compare(one: Resampled, other: Resampled) -> Difference:
    """Return how much better one is than the other, on the same draws.

    The p-value is two-sided: twice the share of draws on the other side of no difference, of
    which one more is counted so that it is never 0 (Davison and Hinkley, 1997).
    """
    one, other = one.or_zero(), other.or_zero()
    draws = one.draws - other.draws
    num = len(draws)
    below, above = int(np.sum(draws <= 0)), int(np.sum(draws >= 0))
    p_value = min(1.0, 2 * (min(below, above) + 1) / (num + 1))
    estimate = Resampled(one.value - other.value, draws).estimate()
    return Difference(estimate, p_value)


def holm(p_values: Sequence[float]) -> list[float]:
    """Return p-values corrected for their number (Holm, 1979), in the same order."""
    order = np.argsort(p_values, kind="stable")
    corrected = [0.0] * len(p_values)
    highest = 0.0
    for rank, place in enumerate(order.tolist()):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[place]))
        corrected[place] = highest
    return corrected
