"""What a single figure hides: reliability, ROC and confusion, ready to be drawn."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from concord.errors import MissingExtraError
from concord.evaluation.board import Confusion, ReliabilityBin
from concord.evaluation.calibration.score_maps import ECE_BINS
from concord.evaluation.metrics import Vector

MOST_POINTS: Final = 101
_DIGITS: Final = 4  # more than a picture shows


def reliability_bins(
    degrees: Vector, is_aligned: Vector, *, bins: int = ECE_BINS
) -> tuple[ReliabilityBin, ...]:
    """Return, for scores of like height, their mean beside the share that is aligned.

    The bins are those of `expected_calibration_error`, which is the mean gap between the two,
    weighted by counts; empty bins are left out.

    Args:
        degrees: Scores in [0, 1], shape ``(N,)``.
        is_aligned: 1 aligned, 0 not, shape ``(N,)``.
        bins: How many between 0 and 1.
    """
    bin_of = np.minimum((degrees * bins).astype(np.int64), bins - 1)
    counts = np.bincount(bin_of, minlength=bins)
    scores = np.bincount(bin_of, weights=degrees, minlength=bins)
    aligned = np.bincount(bin_of, weights=is_aligned, minlength=bins)
    return tuple(
        ReliabilityBin(
            low=each / bins,
            high=(each + 1) / bins,
            mean_score=float(scores[each] / counts[each]),
            share_aligned=float(aligned[each] / counts[each]),
            count=int(counts[each]),
        )
        for each in np.flatnonzero(counts).tolist()
    )


def roc_points(
    degrees: Vector, is_aligned: Vector, *, most: int = MOST_POINTS
) -> tuple[tuple[float, float], ...]:
    """Return false and true positive rates from (0, 0) to (1, 1); nothing for a single class.

    Of a curve with more corners than wanted, those at even steps along it are kept.
    """
    if len(np.unique(is_aligned)) < 2:
        return ()
    try:
        from sklearn.metrics import roc_curve
    except ImportError as error:
        raise MissingExtraError.needing("evaluation", "scikit-learn", "evaluate") from error

    false_rates, true_rates, _ = roc_curve(is_aligned, degrees)
    if len(false_rates) > most:
        # the way walked along the curve grows from 0 to 2
        wanted = np.linspace(0, 2, most)
        kept = np.unique(np.searchsorted(false_rates + true_rates, wanted - 1e-12))
        false_rates, true_rates = false_rates[kept], true_rates[kept]
    points = zip(
        false_rates.round(_DIGITS).tolist(), true_rates.round(_DIGITS).tolist(), strict=True
    )
    return tuple(points)


def count_confusion(labels: Sequence[str], decisions: Vector, targets: Vector) -> Confusion:
    """Return how often each gold class was given each class.

    Args:
        labels: The classes' names by index.
        decisions: Indices of the classes given, shape ``(N,)``.
        targets: Indices of the gold classes, shape ``(N,)``.
    """
    number = len(labels)
    cells = targets.astype(np.int64) * number + decisions.astype(np.int64)
    table = np.bincount(cells, minlength=number * number).reshape(number, number)
    return Confusion(labels=tuple(labels), counts=tuple(map(tuple, table.tolist())))
