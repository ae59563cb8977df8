"""Which part of a context bears on which sentence of a claim."""

from collections.abc import Sequence

from concord.alignment import ALIGNED, CONTRADICTED
from concord.alignment.scores import FloatArray
from concord.scoring.aggregation import Aggregation
from concord.scoring.split_plans import Context, Piece, SplitPlan, passages_of
from concord.scoring.verdicts import (
    Evidence,
    Explanation,
    SentenceEvidence,
    judge_claim,
    label_sentences,
)


def build_explanation(
    context: Context, claim: str, plan: SplitPlan, probs: FloatArray, *, threshold: float
) -> Explanation:
    """Put the numbers of one pair together with the texts that they are about.

    Args:
        context: The context, or its passages.
        claim: The claim.
        plan: How the two were split.
        probs: Three-way probabilities, shape ``(chunks, sentences, 3)``.
        threshold: The score from which a sentence, or the claim, is supported.
    """
    passages = passages_of(context)
    labels = label_sentences(probs, threshold=threshold)
    sentences = []
    for number, (piece, label) in enumerate(zip(plan.sentences, labels, strict=True)):
        support = _strongest(plan.chunks, probs[:, number, ALIGNED], passages)
        contradiction = _strongest(plan.chunks, probs[:, number, CONTRADICTED], passages)
        text = claim[piece.start : piece.end]
        sentences.append(
            SentenceEvidence(
                claim_start=piece.start,
                claim_end=piece.end,
                text=text,
                label=label,
                score=support.probability,
                support=support,
                contradiction=contradiction,
            )
        )
    verdict = judge_claim(probs, threshold=threshold, aggregation=Aggregation.MIN)
    return Explanation(verdict, tuple(sentences))


def _strongest(
    chunks: Sequence[Piece], probabilities: FloatArray, passages: Sequence[str]
) -> Evidence:
    best = int(probabilities.argmax())
    chunk = chunks[best]
    return Evidence(
        start=chunk.start,
        end=chunk.end,
        text=passages[chunk.passage][chunk.start : chunk.end],
        probability=float(probabilities[best]),
        passage=chunk.passage,
    )
