"""The domain: text pairs, the three questions asked of them, and the answers."""

from concord.alignment.examples import AlignmentExample, TextPair
from concord.alignment.heads import ALIGNED, CONTRADICTED, NEUTRAL, Head
from concord.alignment.scores import AlignmentScores, compute_scores

__all__ = [
    "ALIGNED",
    "CONTRADICTED",
    "NEUTRAL",
    "AlignmentExample",
    "AlignmentScores",
    "Head",
    "TextPair",
    "compute_scores",
]
