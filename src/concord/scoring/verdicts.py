"""From probabilities to verdicts, for a claim and for each of its sentences."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from concord.alignment import ALIGNED, CONTRADICTED
from concord.alignment.scores import FloatArray
from concord.scoring.calibration import IsotonicMap, LogisticMap
from concord.scoring.details import UnsupportedDetail
from concord.scoring.score_rules import VERDICT_RULE, ScoreRule

CONTRADICTION_THRESHOLD = 0.5
"""A chunk contradicts a sentence from this probability on."""


class Label(StrEnum):
    """What a context says of a claim."""

    SUPPORTED = "supported"
    UNSUPPORTED = "unsupported"
    """Neither supported nor contradicted."""
    CONTRADICTED = "contradicted"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a context says of a whole claim.

    Attributes:
        label: Supported, unsupported or contradicted.
        score: How well the claim is supported, in [0, 1]; compared with the threshold, unless
            a calibrated one was asked for.
    """

    label: Label
    score: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """The sentence of the context that bears most on a sentence of the claim.

    Characters are counted in the context; in the passage, where there are several.

    Attributes:
        start: The sentence's first character.
        end: Its past-the-end character.
        text: The sentence itself.
        probability: How likely it is that the chunk around it supports, or contradicts, the
            claim's sentence; of all chunks this one is the likeliest.
        chunk_start: The chunk's first character.
        chunk_end: Its past-the-end character.
        passage: The passage they stand in, counted from 0.
    """

    start: int
    end: int
    text: str
    probability: float
    chunk_start: int
    chunk_end: int
    passage: int = 0


@dataclass(frozen=True, slots=True)
class SentenceEvidence:
    """One sentence of a claim, its verdict and what it rests on.

    Attributes:
        claim_start: The sentence's first character in the claim.
        claim_end: Its past-the-end character.
        text: The sentence itself.
        label: Supported, unsupported or contradicted.
        score: How well the sentence is supported, in [0, 1]: the support's probability.
        support: The part of the context that supports it most.
        contradiction: The part of the context that contradicts it most.
        num_chunks_read: How many chunks of the context were read for it, the most relevant ones.
        num_chunks: How many chunks the context has.
        unsupported_details: What in it the support does not bear out.
    """

    claim_start: int
    claim_end: int
    text: str
    label: Label
    score: float
    support: Evidence
    contradiction: Evidence
    num_chunks_read: int = 1
    num_chunks: int = 1
    unsupported_details: tuple[UnsupportedDetail, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """The verdict on a claim, and on each of its sentences in order."""

    verdict: Verdict
    sentences: tuple[SentenceEvidence, ...]


def judge_claim(probs: FloatArray, *, threshold: float, rule: ScoreRule = VERDICT_RULE) -> Verdict:
    """Decide on a claim: supported from the threshold on, else contradicted if a sentence is.

    Args:
        probs: Three-way probabilities, shape ``(chunks, sentences, 3)``.
        threshold: The score from which the claim, or a sentence, is supported.
        rule: How the sentences' support becomes the claim's score.
    """
    score = rule.join(probs[:, :, ALIGNED], probs[:, :, CONTRADICTED])
    if score >= threshold:
        return Verdict(Label.SUPPORTED, score)
    labels = label_sentences(probs, threshold=threshold)
    label = Label.CONTRADICTED if Label.CONTRADICTED in labels else Label.UNSUPPORTED
    return Verdict(label, score)


def label_sentences(probs: FloatArray, *, threshold: float) -> list[Label]:
    """Decide on each sentence by the chunk that supports and the one that contradicts it most.

    Args:
        probs: Three-way probabilities, shape ``(chunks, sentences, 3)``; NaN where not scored.
        threshold: The probability from which a sentence is supported.
    """
    best = np.fmax.reduce(probs, axis=0)  # (sentences, 3)
    support, contradiction = best[:, ALIGNED], best[:, CONTRADICTED]
    is_contradicted = (contradiction > CONTRADICTION_THRESHOLD) & (contradiction > support)
    otherwise = np.where(is_contradicted, Label.CONTRADICTED, Label.UNSUPPORTED)
    return [Label(label) for label in np.where(support >= threshold, Label.SUPPORTED, otherwise)]


def with_probabilities(
    verdicts: Sequence[Verdict], to_probability: LogisticMap | IsotonicMap
) -> list[Verdict]:
    """Return the same verdicts with the probability that the claim is supported as score."""
    scores = np.array([verdict.score for verdict in verdicts], dtype=np.float32)
    probs = to_probability.probabilities(scores)
    return [replace(each, score=float(p)) for each, p in zip(verdicts, probs, strict=True)]
