"""A system by rule, whose answers can be worked out by hand."""

from collections.abc import Sequence

import numpy as np

from concord.alignment import AlignmentScores
from concord.alignment.scores import FloatArray
from concord.evaluation.runner import Progress


class WordSystem:
    """Calls a claim aligned, by 0.9, if the context has all its words in the same case.

    Otherwise by 0.1; the rest is shared by "neutral" and "contradicted", neutral having more.
    """

    name = "words"
    kind = "baseline"
    description = "Looks words up."
    fingerprint = "0" * 16
    parameters: int | None = None
    size_mb: float | None = None
    seen: tuple[str, ...] = ()

    def predict(
        self, contexts: Sequence[str], claims: Sequence[str], *, progress: Progress | None = None
    ) -> AlignmentScores:
        """Score each pair."""
        del progress
        aligned = np.array(
            [
                0.9 if _words(claim) <= _words(context) else 0.1
                for context, claim in zip(contexts, claims, strict=True)
            ],
            dtype=np.float32,
        )
        rest = 1 - aligned
        three_way = np.stack([aligned, 0.9 * rest, 0.1 * rest], axis=1)
        return AlignmentScores(aligned, aligned, three_way)

    def score(
        self,
        contexts: Sequence[str],
        claims: Sequence[str],
        *,
        head: str,
        progress: Progress | None = None,
    ) -> FloatArray:
        """Score each pair without splitting it."""
        del head
        return self.predict(contexts, claims, progress=progress).binary


def _words(text: str) -> set[str]:
    return {word.strip(".,!?") for word in text.split()}
