"""How the scores of a claim's sentences become the claim's score."""

from collections.abc import Callable
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from concord.alignment.scores import FloatArray
from concord.errors import ConfigError

SOFT_MIN_TEMPERATURE: Final = 0.1
"""How far above the lowest sentence (in score) another one still counts in a soft minimum."""


class Aggregation(StrEnum):
    """The rule that joins sentence scores, each already the best over the context's chunks."""

    MEAN = "mean"
    """AlignScore's rule (Zha et al., ACL 2023); one false sentence among many hides in it."""
    MIN = "min"
    """A claim is as good as its worst sentence."""
    PRODUCT = "product"
    """The probability that all hold, were they independent; falls with the claim's length."""
    SOFT_MIN = "soft_min"
    """The mean weighted by exp(-score / 0.1), so between the minimum and the mean."""

    @classmethod
    def _missing_(cls, value: object) -> "Aggregation":
        raise ConfigError(f"unknown aggregation {value!r}; choose one of {', '.join(cls)}")


def aggregate(scores: FloatArray, aggregation: Aggregation) -> float:
    """Score a claim by the best chunk for each of its sentences, joined by a rule.

    Args:
        scores: Alignment probabilities, shape ``(chunks, sentences)``, neither of them zero; NaN
            where a chunk was not scored, but no sentence without a score.
        aggregation: How the sentences' best scores become one.

    Returns:
        The claim's score in [0, 1]; higher is better supported.
    """
    best_chunk = np.fmax.reduce(scores, axis=0)  # (sentences,)
    return float(_RULES[aggregation](best_chunk.astype(np.float64)))


def _soft_min(scores: NDArray[np.float64]) -> float:
    weights = np.exp((scores.min() - scores) / SOFT_MIN_TEMPERATURE)
    return float(weights @ scores / weights.sum())


_RULES: Final[dict[Aggregation, Callable[[NDArray[np.float64]], float]]] = {
    Aggregation.MEAN: np.mean,
    Aggregation.MIN: np.min,
    Aggregation.PRODUCT: np.prod,
    Aggregation.SOFT_MIN: _soft_min,
}
