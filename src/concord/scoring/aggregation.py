"""How the scores of chunks and of a claim's sentences become the claim's score."""

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
    """The rule that joins sentence scores, each already joined over the context's chunks."""

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


def aggregate(
    scores: FloatArray,
    aggregation: Aggregation,
    *,
    top_chunks: int = 1,
    contradicted: FloatArray | None = None,
) -> float:
    """Score a claim by the best chunks for each of its sentences, joined by a rule.

    Args:
        scores: Alignment probabilities, shape ``(chunks, sentences)``, neither of them zero; NaN
            where a chunk was not scored, but no sentence without a score.
        aggregation: How the sentences' scores become one.
        top_chunks: A sentence's score is the mean of so many of its best chunks.
        contradicted: Probabilities of contradiction, in the same shape. Each chunk's score is then
            multiplied by one minus its own: SummaC's entailment less contradiction (Laban et al.,
            TACL 2022), but never below zero. The likeliest contradiction by any chunk would be
            worse: the more chunks a context has, the likelier one of them is misread.

    Returns:
        The claim's score in [0, 1]; higher is better supported.
    """
    if contradicted is not None:
        scores = scores * (1 - contradicted)
    sentences = join_chunks(scores, top_chunks)
    return float(_RULES[aggregation](sentences.astype(np.float64)))


def join_chunks(scores: FloatArray, top_chunks: int = 1) -> FloatArray:
    """Return the mean of each sentence's best chunks, shape ``(sentences,)``.

    Args:
        scores: Shape ``(chunks, sentences)``; NaN where a chunk was not scored.
        top_chunks: How many chunks to take; fewer where fewer were scored.
    """
    if top_chunks == 1:
        best: FloatArray = np.fmax.reduce(scores, axis=0)
        return best
    best_first = -np.sort(-scores, axis=0)  # NaN come last
    joined: FloatArray = np.nanmean(best_first[:top_chunks], axis=0)
    return joined


def _soft_min(scores: NDArray[np.float64]) -> float:
    weights = np.exp((scores.min() - scores) / SOFT_MIN_TEMPERATURE)
    return float(weights @ scores / weights.sum())


_RULES: Final[dict[Aggregation, Callable[[NDArray[np.float64]], float]]] = {
    Aggregation.MEAN: np.mean,
    Aggregation.MIN: np.min,
    Aggregation.PRODUCT: np.prod,
    Aggregation.SOFT_MIN: _soft_min,
}
