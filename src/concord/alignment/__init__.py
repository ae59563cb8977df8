"""The domain: text pairs, the three questions asked of them, and the answers."""

from concord.alignment.examples import AlignmentExample, TextPair
from concord.alignment.heads import ALIGNED, CONTRADICTED, NEUTRAL, UNALIGNED, Head
from concord.alignment.scores import (
    AlignmentScores,
    compute_aligned,
    compute_scores,
    compute_three_way,
)

__all__ = [
    "ALIGNED",
    "CONTRADICTED",
    "NEUTRAL",
    "UNALIGNED",
    "AlignmentExample",
    "AlignmentScores",
    "Head",
    "TextPair",
    "compute_aligned",
    "compute_scores",
    "compute_three_way",
]
