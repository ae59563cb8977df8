"""Always the same answer: what a figure is worth where one class is the commonest by far."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Self

import numpy as np

from concord.alignment import AlignmentExample, AlignmentScores, Head
from concord.alignment.scores import FloatArray
from concord.data.recipe import Metric
from concord.evaluation.runner import Progress
from concord.evaluation.systems.fingerprints import fingerprint_of


@dataclass(frozen=True, slots=True, kw_only=True)
class MajoritySystem:
    """Gives every pair the commonest answer; of a question's options, always the same place.

    Fitted on the very examples that are reported, it is the best that one answer can do.

    Attributes:
        probs: Shares of aligned, neutral and contradicted pairs.
        degree: The degree of every pair.
        chosen: Pairs that stand where right options stand most often. A pair does not say its
            place, so those of the examples are kept.
    """

    probs: tuple[float, float, float] = (1.0, 0.0, 0.0)
    degree: float = 1.0
    chosen: frozenset[tuple[str, str]] | None = field(default=None, repr=False)

    name: ClassVar[str] = "majority"
    kind: ClassVar[str] = "baseline"
    description: ClassVar[str] = "The commonest answer, whatever the texts say."
    parameters: ClassVar[int | None] = None
    size_mb: ClassVar[float | None] = None
    seen: ClassVar[tuple[str, ...]] = ()

    @property
    def fingerprint(self) -> str:
        """Changes with the answer."""
        chosen = None if self.chosen is None else sorted(self.chosen)
        return fingerprint_of("majority", self.probs, self.degree, chosen)

    def predict(
        self,
        contexts: Sequence[str],
        claims: Sequence[str],
        *,
        progress: Progress | None = None,
    ) -> AlignmentScores:
        """Give each pair the one answer."""
        degrees = self.score(contexts, claims, head=Head.BINARY, progress=progress)
        if self.chosen is not None:
            rest = np.zeros_like(degrees)
            return AlignmentScores(degrees, degrees, np.stack([degrees, 1 - degrees, rest], axis=1))
        three_way = np.tile(np.array(self.probs, dtype=np.float32), (len(claims), 1))
        return AlignmentScores(degrees, degrees, three_way)

    def score(
        self,
        contexts: Sequence[str],
        claims: Sequence[str],
        *,
        head: str,
        progress: Progress | None = None,
    ) -> FloatArray:
        """Return the one degree for each claim, or 1 and 0 for options by their place."""
        Head(head)
        del progress
        if self.chosen is None:
            return np.full(len(claims), self.degree, dtype=np.float32)
        pairs = zip(contexts, claims, strict=True)
        return np.array([pair in self.chosen for pair in pairs], dtype=np.float32)

    def fitted(
        self, head: Head, examples: Sequence[AlignmentExample], *, metric: Metric | None = None
    ) -> Self:
        """Return the system with the commonest answer of some examples.

        Args:
            head: The head that will be judged.
            examples: Those that are reported, so that no constant does better.
            metric: What will be measured; for F1 the best constant calls every pair aligned.
        """
        targets = np.array([each.target for each in examples], dtype=np.float64)
        if not len(targets) or metric is Metric.F1:
            return type(self)()
        if head is Head.REGRESSION:
            return type(self)(degree=float(targets.mean()))
        if metric is Metric.OPTION_ACCURACY:
            return type(self)(chosen=_pairs_at_commonest_place(examples))
        shares = np.bincount(targets.astype(np.int64), minlength=3) / len(targets)
        if head is Head.BINARY:  # the index of "aligned" is 1 there
            return type(self)(probs=(shares[1], shares[0], 0.0), degree=float(shares[1] >= 0.5))
        return type(self)(probs=tuple(shares.tolist()), degree=float(shares[0]))


def _pairs_at_commonest_place(examples: Sequence[AlignmentExample]) -> frozenset[tuple[str, str]]:
    groups = _options(examples)
    right: Counter[int] = Counter()
    for options in groups.values():
        targets = [option.target for option in options]
        if targets.count(1) == 1:
            right[targets.index(1)] += 1
    # Of equally common places the first, as everywhere.
    place = min(right, key=lambda each: (-right[each], each), default=0)
    pairs = (options[place] for options in groups.values() if place < len(options))
    return frozenset((option.context, option.claim) for option in pairs)


def _options(examples: Sequence[AlignmentExample]) -> Mapping[str, list[AlignmentExample]]:
    groups: dict[str, list[AlignmentExample]] = {}
    for row, each in enumerate(examples):
        groups.setdefault(each.group or f"alone-{row}", []).append(each)
    return groups
