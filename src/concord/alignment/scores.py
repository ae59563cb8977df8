"""From the logits of the three heads to probabilities."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from concord.alignment.heads import ALIGNED, Head

FloatArray: TypeAlias = NDArray[np.float32]

LOGIT_COLUMNS: dict[Head, slice] = {
    Head.BINARY: slice(0, 2),
    Head.THREE_WAY: slice(2, 5),
    Head.REGRESSION: slice(5, 6),
}
"""Where each head's outputs stand in the joint logits, shape ``(batch, 6)``, of a backend."""
NUM_LOGITS = 6


@dataclass(frozen=True, slots=True)
class AlignmentScores:
    """What the three heads say of N pairs; iterates as (regression, binary, three_way).

    Attributes:
        regression: Degree of semantic agreement in [0, 1], shape ``(N,)``.
        binary: Probability that the claim is aligned, shape ``(N,)``.
        three_way: Probabilities of aligned, neutral and contradicted, shape ``(N, 3)``.
    """

    regression: FloatArray
    binary: FloatArray
    three_way: FloatArray

    def aligned(self, head: Head) -> FloatArray:
        """Return the score in [0, 1] that a head gives to "aligned", shape ``(N,)``."""
        match head:
            case Head.BINARY:
                return self.binary
            case Head.THREE_WAY:
                return self.three_way[:, ALIGNED]
            case Head.REGRESSION:
                return self.regression

    def probs(self, head: Head) -> FloatArray:
        """Return a classification head's probabilities by class, shape ``(N, classes)``."""
        if head is Head.THREE_WAY:
            return self.three_way
        return np.stack([1 - self.binary, self.binary], axis=1)

    def __iter__(self) -> Iterator[FloatArray]:
        return iter((self.regression, self.binary, self.three_way))

    def __len__(self) -> int:
        return len(self.binary)


def compute_scores(logits: FloatArray) -> AlignmentScores:
    """Turn joint logits, shape ``(N, 6)`` in the order of `LOGIT_COLUMNS`, into scores."""
    return AlignmentScores(
        regression=compute_aligned(logits, Head.REGRESSION),
        binary=compute_aligned(logits, Head.BINARY),
        three_way=compute_three_way(logits),
    )


def compute_aligned(logits: FloatArray, head: Head) -> FloatArray:
    """Return one head's scores of "aligned", as `compute_scores` gives them, shape ``(N,)``."""
    own = logits[:, LOGIT_COLUMNS[head]]
    if head is Head.REGRESSION:
        return np.clip(own[:, 0], 0.0, 1.0)
    return _softmax(own)[:, 1 if head is Head.BINARY else ALIGNED]


def compute_three_way(logits: FloatArray) -> FloatArray:
    """Return the three-way probabilities alone, as `compute_scores` gives them, ``(N, 3)``."""
    return _softmax(logits[:, LOGIT_COLUMNS[Head.THREE_WAY]])


def _softmax(logits: FloatArray) -> FloatArray:
    shifted = logits - logits.max(axis=1, keepdims=True)
    exponentials = np.exp(shifted)
    probs: FloatArray = exponentials / exponentials.sum(axis=1, keepdims=True)
    return probs
