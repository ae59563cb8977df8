"""A change of a pair whose effect on its label is known."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, TypeAlias

import numpy as np

from concord.alignment import ALIGNED, AlignmentExample, Head, TextPair

_ALIGNED_TARGET: Final = {Head.BINARY: 1, Head.THREE_WAY: ALIGNED}
_NOT_ALIGNED: Final = 0  # the binary head's class


class Effect(StrEnum):
    """What a perturbation does to the label."""

    KEEPS = "keeps"
    """The label stays what it was."""
    BREAKS = "breaks"
    """What was aligned no longer is; of other pairs nothing can be said."""


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A pair after a change, and what was changed."""

    pair: TextPair
    detail: str


Rewrite: TypeAlias = Callable[[TextPair, np.random.Generator], Rewritten | None]
"""From a pair to a changed one, or to None where the change does not fit it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairPerturbation:
    """A change that can test a model, or teach it.

    Attributes:
        name: What configurations and findings call it.
        description: What it does, as a sentence without a full stop.
        effect: What becomes of the label.
        rewrite: What changes the texts.
        broken_class: For one that breaks the label: the three-way class of what it makes of an
            aligned pair. Without one, that is neutral or contradicted, so that only the binary
            head can learn from it.
    """

    name: str
    description: str
    effect: Effect
    rewrite: Rewrite
    broken_class: int | None = None

    def perturb(
        self, example: AlignmentExample, rng: np.random.Generator
    ) -> AlignmentExample | None:
        """Return an example with other texts and the label that it then has.

        Args:
            example: The example; it keeps its group.
            rng: Decides what is changed.

        Returns:
            The new example, whose provenance tells the change; None where the texts offer
            nothing to change, or the label after the change is not known.
        """
        answer = self._answer_after(example)
        if answer is None:
            return None
        pair = TextPair(example.context, example.claim)
        made = self.rewrite(pair, rng)
        if made is None or made.pair == pair:
            return None
        head, target = answer
        return replace(
            example,
            context=made.pair.context,
            claim=made.pair.claim,
            head=head,
            target=target,
            provenance=f"{self.name}: {made.detail}",
        )

    def _answer_after(self, example: AlignmentExample) -> tuple[Head, float] | None:
        if self.effect is Effect.KEEPS:
            return example.head, example.target
        if _ALIGNED_TARGET.get(example.head) != example.target:
            return None
        if example.head is Head.THREE_WAY and self.broken_class is not None:
            return Head.THREE_WAY, self.broken_class
        return Head.BINARY, _NOT_ALIGNED
