"""From a degree of likeness to what the three heads would say; as it is, or learned."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Self, TypeAlias

import numpy as np

from concord.alignment import AlignmentScores, Head
from concord.alignment.scores import FloatArray
from concord.evaluation.metrics import Vector

Reading: TypeAlias = Callable[[FloatArray], AlignmentScores]

_NUM_BINS: Final = 10
_ABOVE_HALF: Final = np.nextafter(np.float32(0.5), np.float32(1))
_BESIDE: Final = 1e-3  # how far a threshold lies from a degree that has no neighbour


@dataclass(frozen=True, slots=True)
class PlainReading:
    """Takes the degree as the probability that the claim is aligned, and never as its contrary.

    Likeness does not tell a contradiction from what is merely unsupported, so the rest goes to
    "neutral": three classes are then decided as two are, aligned above 0.5.
    """

    def __call__(self, degrees: FloatArray) -> AlignmentScores:
        """Return scores of N degrees in [0, 1], shape ``(N,)``."""
        # A tie would go to the first class, and 0.5 is not above 0.5.
        neutral = np.where(degrees == 0.5, _ABOVE_HALF, 1 - degrees).astype(np.float32)
        three_way = np.stack([degrees, neutral, np.zeros_like(degrees)], axis=1)
        return AlignmentScores(degrees, degrees, three_way)


read_plainly: Final = PlainReading()


@dataclass(frozen=True, slots=True)
class ThresholdReading:
    """Stretches degrees so that the threshold comes to lie at 0.5; their order stays.

    Attributes:
        threshold: A claim is aligned above it.
    """

    threshold: float

    @classmethod
    def fit(cls, degrees: Vector, targets: Vector) -> Self:
        """Choose the threshold that is right most often; the lowest of equally good ones."""
        order = np.argsort(degrees, kind="stable")
        ordered, is_aligned = degrees[order], targets[order] == 1
        cuts = np.concatenate(([0], np.flatnonzero(np.diff(ordered)) + 1, [len(ordered)]))
        aligned_below = np.concatenate(([0], np.cumsum(is_aligned)))[cuts]
        num_right = (cuts - aligned_below) + (is_aligned.sum() - aligned_below)
        cut = int(cuts[np.argmax(num_right)])
        below = ordered[cut - 1] if cut else ordered[0] - 2 * _BESIDE
        above = ordered[cut] if cut < len(ordered) else ordered[-1] + 2 * _BESIDE
        return cls(float(below + above) / 2)

    def __call__(self, degrees: FloatArray) -> AlignmentScores:
        """Return scores of N degrees in [0, 1], shape ``(N,)``."""
        least, most = min(0.0, self.threshold - _BESIDE), max(1.0, self.threshold + _BESIDE)
        stretched = np.interp(degrees, [least, self.threshold, most], [0.0, 0.5, 1.0])
        return read_plainly(stretched.astype(np.float32))


@dataclass(frozen=True, slots=True)
class ClassReading:
    """Gives each class its share among the examples of like degree.

    Attributes:
        edges: Degrees at which one bin ends and the next begins, ascending.
        shares: Of aligned, neutral and contradicted in each bin, one bin more than edges.
    """

    edges: tuple[float, ...]
    shares: tuple[tuple[float, float, float], ...]

    @classmethod
    def fit(cls, degrees: Vector, targets: Vector) -> Self:
        """Cut the examples into ten bins of like degree and count their classes."""
        edges = np.unique(np.quantile(degrees, np.arange(1, _NUM_BINS) / _NUM_BINS))
        bins = np.searchsorted(edges, degrees, side="right")
        counts = np.zeros((len(edges) + 1, Head.THREE_WAY.num_labels))
        np.add.at(counts, (bins, targets.astype(np.int64)), 1)
        overall = counts.sum(axis=0)
        counts[counts.sum(axis=1) == 0] = overall  # a bin without examples knows nothing better
        shares = counts / counts.sum(axis=1, keepdims=True)
        return cls(tuple(edges.tolist()), tuple(tuple(row) for row in shares.tolist()))

    def __call__(self, degrees: FloatArray) -> AlignmentScores:
        """Return scores of N degrees in [0, 1], shape ``(N,)``."""
        bins = np.searchsorted(np.array(self.edges), degrees, side="right")
        three_way = np.array(self.shares, dtype=np.float32)[bins]
        return AlignmentScores(degrees, three_way[:, 0], three_way)


def fit_reading(head: Head, degrees: Vector, targets: Vector) -> Reading:
    """Learn what degrees mean to a head; without examples, or for grades, nothing is learned."""
    if not len(targets) or head is Head.REGRESSION:
        return read_plainly
    if head is Head.BINARY:
        return ThresholdReading.fit(degrees, targets)
    return ClassReading.fit(degrees, targets)
