"""What is needed of an aligner where pairs are scored, so that a stand-in or a worker will do."""

from collections.abc import Sequence
from typing import Protocol

from concord.alignment.scores import FloatArray
from concord.scoring.batching import Progress
from concord.scoring.verdicts import Verdict


class Scorer(Protocol):
    """Scores pairs: an aligner, or what stands in for one."""

    def score(
        self,
        contexts: Sequence[str],
        claims: Sequence[str],
        *,
        head: str = ...,
        split: bool | str = ...,
        aggregation: str | None = ...,
        top_chunks: int | None = ...,
        count_contradictions: bool | None = ...,
        calibrated: bool = ...,
        domain: str | None = ...,
        relevance: str | int = ...,
        progress: Progress | None = ...,
    ) -> FloatArray:
        """Return one score per pair."""
        ...


class VerdictScorer(Scorer, Protocol):
    """Gives verdicts beside scores."""

    def verify(
        self,
        contexts: Sequence[str],
        claims: Sequence[str],
        *,
        threshold: float | None = ...,
        aggregation: str | None = ...,
        calibrated: bool = ...,
        domain: str | None = ...,
        relevance: str | int = ...,
        progress: Progress | None = ...,
    ) -> Sequence[Verdict]:
        """Return one verdict per pair."""
        ...
