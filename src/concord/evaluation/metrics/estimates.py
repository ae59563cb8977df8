"""How well predictions agree with gold targets, and how sure one can be of the figure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from concord.errors import InputError, MissingExtraError

Vector: TypeAlias = NDArray[np.float64]
Indices: TypeAlias = NDArray[np.int64]

NUM_RESAMPLES: Final = 1_000
"""How often the bootstrap draws the rows anew."""
_INTERVAL: Final = (2.5, 97.5)  # percentiles: the middle 95 % of the resampled figures


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 95 % bootstrap percentile interval.

    Attributes:
        value: The figure on the rows as they are; NaN where it is undefined.
        low: Lower end of the interval.
        high: Upper end of the interval.
    """

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Threshold:
    """A score from which a claim counts as aligned, and what choosing it achieved."""

    value: float
    balanced_accuracy: float


def accuracy(predictions: Vector, targets: Vector) -> float:
    """Return the fraction of predictions that equal their targets."""
    return float(np.mean(predictions == targets))


def balanced_accuracy(predictions: Vector, targets: Vector) -> float:
    """Return the mean over the gold classes of the fraction of each that was found."""
    _require_evaluate_extra()
    from sklearn.metrics import recall_score

    # recall over the gold classes only: predicting a class that never occurs is no warning
    return float(recall_score(targets, predictions, labels=np.unique(targets), average="macro"))


def f1(predictions: Vector, targets: Vector) -> float:
    """Return the harmonic mean of precision and recall of class 1."""
    _require_evaluate_extra()
    from sklearn.metrics import f1_score

    return float(f1_score(targets, predictions, zero_division=0.0))


def auc(scores: Vector, targets: Vector) -> float:
    """Return the area under the ROC curve; NaN where only one class occurs."""
    _require_evaluate_extra()
    if len(np.unique(targets)) < 2:
        return float("nan")
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(targets, scores))


def pearson(scores: Vector, targets: Vector) -> float:
    """Return the linear correlation; NaN where one side does not vary."""
    if _is_constant(scores) or _is_constant(targets):
        return float("nan")
    return float(np.corrcoef(scores, targets)[0, 1])


def spearman(scores: Vector, targets: Vector) -> float:
    """Return the correlation of the ranks; NaN where one side does not vary."""
    _require_evaluate_extra()
    if _is_constant(scores) or _is_constant(targets):
        return float("nan")
    from scipy.stats import spearmanr

    return float(spearmanr(scores, targets).statistic)


def option_hits(scores: Vector, targets: Vector, groups: Sequence[str]) -> Vector:
    """Return, for each question, 1 where the right option has the highest score, else 0.

    Options that tie for the highest score share the credit. A question without exactly one
    right option is left out.

    Args:
        scores: One score per option, shape ``(options,)``.
        targets: 1 for a right option, 0 for a wrong one, shape ``(options,)``.
        groups: The question that each option belongs to.

    Returns:
        Credits in [0, 1], shape ``(questions,)``, in the order of the sorted groups.
    """
    _, question = np.unique(np.asarray(groups), return_inverse=True)
    num_questions = int(question.max(initial=-1)) + 1
    highest = np.full(num_questions, -np.inf)
    np.maximum.at(highest, question, scores)
    is_best = scores == highest[question]
    num_best = np.bincount(question, weights=is_best, minlength=num_questions)
    num_right = np.bincount(question, weights=targets == 1, minlength=num_questions)
    num_right_best = np.bincount(
        question, weights=is_best & (targets == 1), minlength=num_questions
    )
    earned: Vector = (num_right_best / np.maximum(num_best, 1))[num_right == 1]
    return earned


def estimate_mean(values: Vector, *, seed: int = 0) -> Estimate:
    """Return the mean of some values, each resampled as one unit.

    A resample of N values only matters by how often it holds each distinct value, and these
    counts are multinomial; so a thousand resamples of accuracies cost next to nothing.
    """
    if not len(values):
        return Estimate(float("nan"), float("nan"), float("nan"))
    distinct, counts = np.unique(values, return_counts=True)
    drawn = np.random.default_rng(seed).multinomial(
        len(values), counts / len(values), size=NUM_RESAMPLES
    )  # (resamples, distinct)
    low, high = np.percentile(drawn @ distinct / len(values), _INTERVAL)
    return Estimate(float(np.mean(values)), float(low), float(high))


def estimate(
    compute: Callable[[Vector, Vector], float],
    predictions: Vector,
    targets: Vector,
    *,
    seed: int = 0,
) -> Estimate:
    """Return a figure of predictions and targets, with the rows resampled together."""
    if not len(targets):
        return Estimate(float("nan"), float("nan"), float("nan"))
    rng = np.random.default_rng(seed)
    resampled = np.empty(NUM_RESAMPLES)
    for position in range(NUM_RESAMPLES):
        rows: Indices = rng.integers(len(targets), size=len(targets))
        resampled[position] = compute(predictions[rows], targets[rows])
    defined = resampled[~np.isnan(resampled)]
    low, high = np.percentile(defined, _INTERVAL) if len(defined) else (np.nan, np.nan)
    return Estimate(compute(predictions, targets), float(low), float(high))


def choose_threshold(scores: Vector, targets: Vector) -> Threshold:
    """Choose the score from which to say "aligned" that has the best balanced accuracy.

    Thresholds lie midway between neighbouring distinct scores; of equally good ones the
    lowest is taken. Choose on validation rows, never on those that are then reported.

    Args:
        scores: Higher is better aligned, shape ``(N,)``.
        targets: 1 aligned, 0 not, shape ``(N,)``; both must occur.

    Raises:
        InputError: If only one of the classes occurs.
    """
    num_aligned = int(np.sum(targets == 1))
    if num_aligned in {0, len(targets)}:
        raise InputError(
            f"a threshold needs aligned and not aligned rows, got {num_aligned} aligned "
            f"of {len(targets)}"
        )
    order = np.argsort(scores, kind="stable")
    ordered, is_aligned = scores[order], targets[order] == 1
    cuts = np.flatnonzero(np.diff(ordered)) + 1  # rows below the cut count as not aligned
    cuts = np.concatenate(([0], cuts))
    below_aligned = np.concatenate(([0], np.cumsum(is_aligned)))[cuts]
    recall_aligned = 1 - below_aligned / num_aligned
    recall_other = (cuts - below_aligned) / (len(targets) - num_aligned)
    balanced = (recall_aligned + recall_other) / 2
    best = int(np.argmax(balanced))
    cut = int(cuts[best])
    value = ordered[0] if cut == 0 else (ordered[cut - 1] + ordered[cut]) / 2
    return Threshold(float(value), float(balanced[best]))


def _is_constant(values: Vector) -> bool:
    return len(values) < 2 or bool(np.all(values == values[0]))


def _require_evaluate_extra() -> None:
    try:
        import scipy  # noqa: F401
        import sklearn  # noqa: F401
    except ImportError as error:
        raise MissingExtraError.needing("evaluation", "scikit-learn", "evaluate") from error
