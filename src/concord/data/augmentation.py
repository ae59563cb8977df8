"""Cheap variations of a pair, drawn when it is read (as in ALIGN, Zha et al., NeurIPS 2023)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from concord.alignment import ALIGNED, CONTRADICTED, Head
from concord.data.cache import TokenizedExamples
from concord.data.recipe import Family
from concord.errors import ConfigError

_BINARY, _THREE_WAY, _REGRESSION = range(len(Head))
_ALIGNED_TARGET = {_BINARY: 1.0, _THREE_WAY: float(ALIGNED)}
_VARIED = frozenset({Family.NLI, Family.FACT_CHECKING, Family.PARAPHRASE})


@dataclass(frozen=True, slots=True, kw_only=True)
class AugmentationOptions:
    """How often a pair is varied.

    Attributes:
        self_pair: Probability that the claim becomes the context itself, labelled aligned.
        swap: Probability, of the rest, that the two sides change places where the label allows it.
    """

    self_pair: float = 0.0
    swap: float = 0.0

    def __post_init__(self) -> None:
        for name, value in (("self_pair", self.self_pair), ("swap", self.swap)):
            if not 0.0 <= value <= 1.0:
                raise ConfigError(f"augmentation.{name} is a probability in [0, 1], got {value}")


@dataclass(frozen=True, slots=True)
class DrawnPairs:
    """Some examples of one data set after augmentation; each array has shape ``(drawn,)``."""

    context: NDArray[np.int32]
    claim: NDArray[np.int32]
    head: NDArray[np.int8]
    target: NDArray[np.float32]


def draw_pairs(
    examples: TokenizedExamples,
    indices: NDArray[np.int64],
    family: Family,
    options: AugmentationOptions,
    rng: np.random.Generator,
) -> DrawnPairs:
    """Read examples by index and vary them.

    NLI, fact checking and paraphrase are varied, the other families are not. The sides of
    NLI and fact checking pairs are swapped only where the label is "contradicted"; paraphrase
    pairs always may be.
    """
    context, claim = examples.context[indices], examples.claim[indices]
    head, target = examples.head[indices], examples.target[indices].copy()
    if family not in _VARIED:
        return DrawnPairs(context, claim, head, target)
    is_self = (rng.random(len(indices)) < options.self_pair) & (head != _REGRESSION)
    may_swap = (head == _THREE_WAY) & (target == CONTRADICTED)
    if family is Family.PARAPHRASE:
        may_swap = np.ones(len(indices), dtype=np.bool_)
    is_swapped = (rng.random(len(indices)) < options.swap) & may_swap & ~is_self
    new_context = np.where(is_swapped, claim, context)
    new_claim = np.where(is_swapped | is_self, context, claim)
    for head_index, aligned in _ALIGNED_TARGET.items():
        target[is_self & (head == head_index)] = aligned
    return DrawnPairs(new_context, new_claim, head, target)
