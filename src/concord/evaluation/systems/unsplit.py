"""The same system without splitting: what splitting is worth."""

from collections.abc import Sequence
from dataclasses import dataclass

from concord.alignment import AlignmentScores, Head
from concord.alignment.scores import FloatArray
from concord.evaluation.runner import Progress
from concord.evaluation.systems.fingerprints import fingerprint_of
from concord.evaluation.systems.system import System


@dataclass(frozen=True, slots=True)
class UnsplitSystem:
    """Scores each claim as `predict` does: the end of what exceeds the window is not read.

    Attributes:
        whole: The system that splits.
    """

    whole: System

    @property
    def name(self) -> str:
        """The system's, marked."""
        return f"{self.whole.name} (no splitting)"

    @property
    def kind(self) -> str:
        """The system's."""
        return self.whole.kind

    @property
    def description(self) -> str:
        """The system's, marked."""
        return f"{self.whole.description.rstrip('.')}; long texts are cut instead of split."

    @property
    def fingerprint(self) -> str:
        """Changes with the system's."""
        return fingerprint_of("unsplit", self.whole.fingerprint)

    @property
    def parameters(self) -> int | None:
        """The system's."""
        return self.whole.parameters

    @property
    def size_mb(self) -> float | None:
        """The system's."""
        return self.whole.size_mb

    @property
    def seen(self) -> tuple[str, ...]:
        """The system's."""
        return self.whole.seen

    @property
    def num_truncated(self) -> int:
        """Pairs of the last call that lost their end."""
        return int(getattr(self.whole, "num_truncated", 0))

    def predict(
        self,
        contexts: Sequence[str],
        claims: Sequence[str],
        *,
        progress: Progress | None = None,
    ) -> AlignmentScores:
        """Score each pair as the system does."""
        return self.whole.predict(contexts, claims, progress=progress)

    def score(
        self,
        contexts: Sequence[str],
        claims: Sequence[str],
        *,
        head: str,
        progress: Progress | None = None,
    ) -> FloatArray:
        """Return what a head says of each pair as a whole, in [0, 1]."""
        asked = Head(head)
        return self.whole.predict(contexts, claims, progress=progress).aligned(asked)
