"""What stands in one table: anything that answers pairs, and what is said of it."""

from collections.abc import Sequence
from typing import Protocol, Self, runtime_checkable

from concord.alignment import AlignmentExample, Head
from concord.data.recipe import Metric
from concord.evaluation.runner import Predictor


class System(Predictor, Protocol):
    """Answers pairs: a model, or what stands beside it."""

    @property
    def name(self) -> str:
        """What tables call it."""
        ...

    @property
    def kind(self) -> str:
        """One of "model", "baseline", "cross_encoder" and "generator"."""
        ...

    @property
    def description(self) -> str:
        """What it does, in a sentence."""
        ...

    @property
    def fingerprint(self) -> str:
        """16 hexadecimal digits that change whenever its answers could."""
        ...

    @property
    def parameters(self) -> int | None:
        """The numbers that were learned, if it is a model."""
        ...

    @property
    def size_mb(self) -> float | None:
        """The size of its weights' files."""
        ...

    @property
    def seen(self) -> tuple[str, ...]:
        """Data sets whose training split it learned, where that is known."""
        ...


@runtime_checkable
class Learner(Protocol):
    """A system that can learn from a data set's examples what its answers mean there."""

    def fitted(
        self, head: Head, examples: Sequence[AlignmentExample], *, metric: Metric | None = None
    ) -> Self:
        """Return the system as it answers after some examples."""
        ...
