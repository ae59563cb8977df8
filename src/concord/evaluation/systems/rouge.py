"""ROUGE-2 between claim and context, as the papers on factual consistency report it."""

from collections.abc import Callable
from typing import Any, TypeAlias

from concord.errors import MissingExtraError
from concord.evaluation.systems.graded import GradedSystem, PairMeasure, measure_each
from concord.text import split_sentences

Scorer: TypeAlias = Callable[[str, str], float]


def rouge_2_system() -> GradedSystem:
    """Return the ROUGE-2 baseline of AlignScore's tables (Zha et al., ACL 2023).

    There each sentence of the claim takes the context's sentence with the highest F1, and the
    claim is the mean of its sentences: F1 of single sentences, so that a long context costs
    nothing. A pair that is not split gets the F1 of both texts as wholes.

    Raises:
        MissingExtraError: If the package rouge-score is not installed.
    """
    f1 = _load_rouge_2()
    return GradedSystem(
        name="ROUGE-2",
        description="ROUGE-2 F1 of each claim sentence with its best context sentence, averaged.",
        definition="rouge-score rouge2 fmeasure, no stemming; best context sentence, mean of claim",
        measure=measure_each(f1),
        measure_split=measure_each(best_sentences(f1)),
    )


def best_sentences(measure: PairMeasure) -> PairMeasure:
    """Return the mean over a claim's sentences of the best over the context's."""

    def measure_pair(context: str, claim: str) -> float:
        evidence = _sentences(context)
        best = [max(measure(each, sentence) for each in evidence) for sentence in _sentences(claim)]
        return sum(best) / len(best)

    return measure_pair


def _sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text)] or [""]


def _load_rouge_2() -> Scorer:
    try:
        from rouge_score.rouge_scorer import RougeScorer
    except ImportError as error:
        raise MissingExtraError.needing("ROUGE-2", "rouge-score", "evaluate") from error
    scorer: Any = RougeScorer(["rouge2"])

    def f1(context: str, claim: str) -> float:
        return float(scorer.score(context, claim)["rouge2"].fmeasure)

    return f1
