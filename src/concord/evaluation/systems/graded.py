"""Systems that know one number for each pair: how alike its texts are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Self, TypeAlias

import numpy as np

from concord.alignment import AlignmentExample, AlignmentScores, Head
from concord.alignment.scores import FloatArray
from concord.data.recipe import Metric
from concord.evaluation.metrics import Vector
from concord.evaluation.runner import Progress
from concord.evaluation.systems.fingerprints import fingerprint_of
from concord.evaluation.systems.readings import Reading, fit_reading, read_plainly

Measure: TypeAlias = Callable[[Sequence[str], Sequence[str], Progress | None], FloatArray]
"""From contexts and claims to degrees in [0, 1], shape ``(N,)``."""
PairMeasure: TypeAlias = Callable[[str, str], float]

_REPORT_EVERY: Final = 100  # pairs


@dataclass(frozen=True, slots=True, kw_only=True)
class GradedSystem:
    """Answers every head with the same degree.

    Attributes:
        name: What tables call it.
        description: What it does, in a sentence.
        definition: All that its degrees depend on, in words; part of the fingerprint.
        measure: The degrees of whole pairs.
        measure_split: Those of claims, long texts split; the same unless given.
        reading: What a degree says of a pair; it may have been learned.
        kind: What tables sort it under.
        parameters: The numbers that were learned, if it is a model.
        size_mb: Their size on disk.
        seen: Data sets that it learned.
    """

    name: str
    description: str
    definition: str
    measure: Measure
    measure_split: Measure | None = None
    reading: Reading = read_plainly
    kind: str = "baseline"
    parameters: int | None = None
    size_mb: float | None = None
    seen: tuple[str, ...] = ()

    @property
    def fingerprint(self) -> str:
        """Changes with the definition, and with what was learned of examples."""
        return fingerprint_of("graded", self.definition, repr(self.reading))

    def predict(
        self,
        contexts: Sequence[str],
        claims: Sequence[str],
        *,
        progress: Progress | None = None,
    ) -> AlignmentScores:
        """Score each pair as it is."""
        return self.reading(self.measure(contexts, claims, progress))

    def score(
        self,
        contexts: Sequence[str],
        claims: Sequence[str],
        *,
        head: str,
        progress: Progress | None = None,
    ) -> FloatArray:
        """Return the degree of each claim in [0, 1], whatever the head."""
        Head(head)
        return (self.measure_split or self.measure)(contexts, claims, progress)

    def fitted(
        self, head: Head, examples: Sequence[AlignmentExample], *, metric: Metric | None = None
    ) -> Self:
        """Return the system with what degrees mean learned from training examples.

        Degrees keep their order, but for three classes: a class is then as likely as it is among
        examples of like degree. `score` is not changed.

        Args:
            head: The head that will be judged.
            examples: From the train split; none of those that are reported.
            metric: What will be measured; the threshold of two classes is chosen for accuracy.
        """
        del metric
        contexts, claims = [each.context for each in examples], [each.claim for each in examples]
        degrees = self.measure(contexts, claims, None).astype(np.float64)
        targets: Vector = np.array([each.target for each in examples], dtype=np.float64)
        return replace(self, reading=fit_reading(head, degrees, targets))


def measure_each(measure: PairMeasure) -> Measure:
    """Return a measure of many pairs that measures them one after the other."""

    def measure_all(
        contexts: Sequence[str], claims: Sequence[str], progress: Progress | None
    ) -> FloatArray:
        degrees = np.empty(len(claims), dtype=np.float32)
        for row, (context, claim) in enumerate(zip(contexts, claims, strict=True)):
            degrees[row] = measure(context, claim)
            if progress is not None and (row + 1) % _REPORT_EVERY == 0:
                progress(row + 1, len(claims))
        return degrees

    return measure_all
