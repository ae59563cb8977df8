"""The three heads of an alignment model and what their outputs mean (Zha et al., NeurIPS 2023)."""

from enum import StrEnum
from typing import Final

ALIGNED: Final = 0
"""Three-way class: the context supports the claim (entailed)."""
NEUTRAL: Final = 1
"""Three-way class: the context neither supports nor contradicts the claim."""
CONTRADICTED: Final = 2
"""Three-way class: the context contradicts the claim."""
UNALIGNED: Final = 3
"""Three-way target to learn from: neutral or contradicted, it is not known which."""


class Head(StrEnum):
    """One question asked of a (context, claim) pair."""

    BINARY = "binary"
    """Aligned or not; two logits, index 0 not aligned, index 1 aligned."""
    THREE_WAY = "three_way"
    """Aligned, neutral or contradicted; three logits in this order."""
    REGRESSION = "regression"
    """Degree of semantic agreement in [0, 1]; one linear output."""

    @property
    def num_labels(self) -> int:
        """The number of outputs of the head."""
        return len(self.label_names)

    @property
    def label_names(self) -> tuple[str, ...]:
        """The names of the head's outputs, in the order of their indices."""
        return _LABEL_NAMES[self]


_LABEL_NAMES: Final[dict[Head, tuple[str, ...]]] = {
    Head.BINARY: ("not_aligned", "aligned"),
    Head.THREE_WAY: ("aligned", "neutral", "contradicted"),
    Head.REGRESSION: ("similarity",),
}
