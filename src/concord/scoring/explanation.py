"""Which sentence of a context bears on which sentence of a claim."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np

from concord.alignment import ALIGNED, CONTRADICTED
from concord.alignment.scores import FloatArray
from concord.scoring.details import DetailChecker
from concord.scoring.split_plans import Context, Piece, SplitPlan, passages_of
from concord.scoring.verdicts import (
    Evidence,
    Explanation,
    Label,
    SentenceEvidence,
    judge_claim,
    label_sentences,
)
from concord.text import Span, split_sentences

ScorePairs: TypeAlias = Callable[[Sequence[str], Sequence[str]], FloatArray]
"""From contexts and claims to three-way probabilities, shape ``(pairs, 3)``."""


def build_explanation(
    context: Context,
    claim: str,
    plan: SplitPlan,
    probs: FloatArray,
    *,
    threshold: float,
    score_pairs: ScorePairs,
) -> Explanation:
    """Put the numbers of one pair together with the texts that they are about.

    Verdicts rest on whole chunks. Within the chunks that decided, each sentence is then scored
    alone, and the strongest is quoted.

    Args:
        context: The context, or its passages.
        claim: The claim.
        plan: How the two were split.
        probs: Three-way probabilities, shape ``(chunks, sentences, 3)``; NaN where a chunk
            was not read for a sentence.
        threshold: The score from which a sentence, or the claim, is supported.
        score_pairs: Scores single sentences of the context.
    """
    passages = passages_of(context)
    labels = label_sentences(probs, threshold=threshold)
    checker = DetailChecker(claim, passages)
    sentences = []
    for number, (piece, label) in enumerate(zip(plan.sentences, labels, strict=True)):
        text = claim[piece.start : piece.end]
        support, contradiction = (
            _find_evidence(plan.chunks, probs[:, number], kind, passages, text, score_pairs)
            for kind in (ALIGNED, CONTRADICTED)
        )
        chunk = passages[support.passage][support.chunk_start : support.chunk_end]
        is_supported = label is Label.SUPPORTED
        details = checker.unsupported(
            Span(piece.start, piece.end), chunk, is_supported=is_supported
        )
        sentences.append(
            SentenceEvidence(
                claim_start=piece.start,
                claim_end=piece.end,
                text=text,
                label=label,
                score=support.probability,
                support=support,
                contradiction=contradiction,
                num_chunks_read=int(np.count_nonzero(~np.isnan(probs[:, number, ALIGNED]))),
                num_chunks=len(plan.chunks),
                unsupported_details=tuple(details),
            )
        )
    verdict = judge_claim(probs, threshold=threshold)
    return Explanation(verdict, tuple(sentences))


def _find_evidence(
    chunks: Sequence[Piece],
    probs: FloatArray,
    kind: int,
    passages: Sequence[str],
    claim_sentence: str,
    score_pairs: ScorePairs,
) -> Evidence:
    """Return the strongest sentence of the chunk that is strongest in one of the classes."""
    best = int(np.nanargmax(probs[:, kind]))
    chunk = chunks[best]
    text = passages[chunk.passage][chunk.start : chunk.end]
    spans = split_sentences(text) or [Span(0, len(text))]
    span = spans[0]
    if len(spans) > 1:
        quotes = [text[each.start : each.end] for each in spans]
        span = spans[int(score_pairs(quotes, [claim_sentence] * len(quotes))[:, kind].argmax())]
    return Evidence(
        start=chunk.start + span.start,
        end=chunk.start + span.end,
        text=text[span.start : span.end],
        probability=float(probs[best, kind]),
        chunk_start=chunk.start,
        chunk_end=chunk.end,
        passage=chunk.passage,
    )
