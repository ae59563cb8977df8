"""Fits a calibration to labelled scores, domain by domain, and tells what it is worth."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from concord.errors import InputError, MissingExtraError
from concord.evaluation.calibration.operating_points import Want, compute_operating_points
from concord.evaluation.calibration.score_maps import Method, fit_score_map
from concord.evaluation.metrics import Indices, Vector
from concord.scoring.calibration import DomainCalibration

MIN_ROWS: Final = 20
MIN_OF_EACH: Final = 5
MIN_DOMAIN_ROWS: Final = 50
"""A domain with fewer rows, or fewer than 5 of a kind, gets what was fitted on all rows."""
POOLED_ROWS: Final = 100.0
"""All rows together count as so many beside a domain's own, so that small domains lean on them."""
NUM_FOLDS: Final = 5
NUM_THRESHOLDS: Final = 500
"""How often rows are drawn anew for the threshold's interval."""

Strings = NDArray[np.str_]


@dataclass(frozen=True, slots=True)
class LabelledScores:
    """Scores of a sample, and what is right.

    Attributes:
        scores: Scores in [0, 1], shape ``(N,)``.
        targets: 1 supported, 0 not, shape ``(N,)``.
        domains: The domain of each row, shape ``(N,)``; all "" where there are none.
        groups: Rows that share a number share a context, shape ``(N,)``.
    """

    scores: Vector
    targets: Vector
    domains: Strings
    groups: Indices

    def __len__(self) -> int:
        return len(self.scores)

    def rows(self, chosen: NDArray[np.bool_] | Indices) -> "LabelledScores":
        """Return some of the rows."""
        return LabelledScores(
            self.scores[chosen], self.targets[chosen], self.domains[chosen], self.groups[chosen]
        )

    @property
    def domain_names(self) -> list[str]:
        """The domains that occur, sorted."""
        return sorted(set(self.domains.tolist()) - {""})

    def check_size(self) -> None:
        """Refuse a sample that is too small to learn from.

        Raises:
            InputError: With the rows it has of each kind.
        """
        supported = int(self.targets.sum())
        others = len(self) - supported
        if len(self) < MIN_ROWS or min(supported, others) < MIN_OF_EACH:
            raise InputError(
                f"{len(self)} labelled rows with {supported} supported and {others} other claims "
                f"are too few to calibrate; label {MIN_ROWS} or more (better 200), with "
                f"{MIN_OF_EACH} or more of each kind"
            )


@dataclass(frozen=True, slots=True)
class Fitted:
    """What was fitted on all rows, and on those of each domain."""

    pooled: DomainCalibration
    domains: Mapping[str, DomainCalibration]

    def on(self, domain: str) -> DomainCalibration:
        """Return a domain's own, or the pooled one."""
        return self.domains.get(domain, self.pooled)


@dataclass(frozen=True, slots=True)
class HeldOut:
    """What calibrations say of rows that they were not fitted on.

    Attributes:
        probs: The probability that each claim is supported, shape ``(N,)``.
        decisions: 1 where the score reaches the threshold, else 0, shape ``(N,)``.
    """

    probs: Vector
    decisions: Vector


def fit_domains(
    sample: LabelledScores, method: Method, want: Want, *, or_nearest: bool = False
) -> Fitted:
    """Fit maps and thresholds on all rows, and on each domain with enough of them.

    A domain's fit sees its own rows with full weight, and all rows with the weight of 100
    together; so a domain of 50 rows keeps to the common map, and one of 1,000 goes its own way.

    Args:
        sample: The labelled scores.
        method: The kind of map.
        want: What thresholds are chosen for.
        or_nearest: Where a wanted precision is not reached, take the highest there is.

    Raises:
        InputError: If no threshold gives what is wanted.
    """

    def fit(name: str | None) -> DomainCalibration:
        weights = row_weights(sample, name)
        points = compute_operating_points(sample.scores, sample.targets, weights=weights)
        own = sample.rows(is_of(sample, name))
        return DomainCalibration(
            map=fit_score_map(sample.scores, sample.targets, method, weights=weights),
            threshold=want.choose(points, or_nearest=or_nearest),
            rows=len(own),
            supported=int(own.targets.sum()),
        )

    return Fitted(fit(None), {name: fit(name) for name in sample.domain_names})


def is_of(sample: LabelledScores, name: str | None) -> NDArray[np.bool_]:
    """Tell which rows are of a domain; all of them without a name."""
    return np.ones(len(sample), dtype=bool) if name is None else sample.domains == name


def row_weights(sample: LabelledScores, name: str | None) -> Vector:
    """Return how much each row counts in the fit of a domain, or of all rows without a name."""
    is_own = is_of(sample, name)
    rows, supported = int(is_own.sum()), int(sample.targets[is_own].sum())
    if rows < MIN_DOMAIN_ROWS or min(supported, rows - supported) < MIN_OF_EACH:
        return np.ones(len(sample))
    shared = 0.0 if name is None else POOLED_ROWS / len(sample)
    return is_own.astype(np.float64) + shared


def hold_out(sample: LabelledScores, method: Method, want: Want, *, seed: int = 0) -> HeldOut:
    """Calibrate each fifth of a sample by what the other four teach.

    Rows of one context stay together where there are five contexts or more.

    Args:
        sample: The labelled scores.
        method: The kind of map.
        want: What thresholds are chosen for; where a part of the sample cannot give it, its
            threshold of highest precision.
        seed: Decides which rows are held out together.
    """
    probs, decisions = np.empty(len(sample)), np.empty(len(sample))
    for others, held in _folds(sample, seed):
        fitted = fit_domains(sample.rows(others), method, want, or_nearest=True)
        for name in ("", *sample.domain_names):
            rows = held[sample.domains[held] == name]
            own, scores = fitted.on(name), sample.scores[rows]
            probs[rows] = own.map.probabilities(scores.astype(np.float32))
            decisions[rows] = scores >= own.threshold
    return HeldOut(probs, decisions)


def _folds(sample: LabelledScores, seed: int) -> list[tuple[Indices, Indices]]:
    try:
        from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold
    except ImportError as error:
        raise MissingExtraError.needing("calibration", "scikit-learn", "evaluate") from error

    if len(np.unique(sample.groups)) >= NUM_FOLDS:
        by_context = StratifiedGroupKFold(NUM_FOLDS, shuffle=True, random_state=seed)
        folds = list(by_context.split(sample.scores, sample.targets, sample.groups))
        if all(0 < sample.targets[others].mean() < 1 for others, _ in folds):
            return folds
    by_row = StratifiedKFold(NUM_FOLDS, shuffle=True, random_state=seed)
    return list(by_row.split(sample.scores, sample.targets))


def threshold_interval(
    sample: LabelledScores, want: Want, name: str | None = None, *, seed: int = 0
) -> tuple[float, float]:
    """Return the 95 % bootstrap percentile interval of the threshold chosen for a domain."""
    rng = np.random.default_rng(seed)
    weights = row_weights(sample, name)
    chosen = []
    for _ in range(NUM_THRESHOLDS):
        drawn: Indices = rng.integers(len(sample), size=len(sample))
        targets = sample.targets[drawn]
        if 0 < targets.sum() < len(targets):
            points = compute_operating_points(sample.scores[drawn], targets, weights=weights[drawn])
            chosen.append(want.choose(points, or_nearest=True))
    low, high = np.percentile(chosen, (2.5, 97.5))
    return float(low), float(high)
