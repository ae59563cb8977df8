"""Texts in order of support: passages for a query, generated candidates for a context."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from concord.alignment import Head
from concord.alignment.scores import FloatArray
from concord.errors import ConfigError, InputError
from concord.scoring.aggregation import Aggregation, aggregate
from concord.scoring.aligner import Aligner
from concord.scoring.answer_checking import QUESTION_SPLIT, build_answer_claim
from concord.scoring.batching import Progress
from concord.scoring.inputs import (
    check_claim,
    check_context,
    check_contexts,
    check_texts,
    check_threshold,
)
from concord.scoring.relevance import RelevanceLike
from concord.scoring.split_plans import Context
from concord.scoring.zero_label import opened
from concord.text import Span, split_sentences


@dataclass(frozen=True, slots=True)
class RankedPassage:
    """A passage and how well it supports the query.

    Attributes:
        index: Its place among the passages given, from 0.
        score: How well it supports the query, in [0, 1].
        text: The passage.
    """

    index: int
    score: float
    text: str


@dataclass(frozen=True, slots=True)
class BestCandidate:
    """The candidate that a context supports best.

    Attributes:
        index: Its place among the candidates; of equals, the first.
        text: The candidate.
        scores: How well each candidate is supported, in [0, 1], in the order given.
        unsupported: The chosen candidate's sentences below the threshold.
    """

    index: int
    text: str
    scores: tuple[float, ...]
    unsupported: tuple[str, ...]

    @property
    def score(self) -> float:
        """The chosen candidate's score."""
        return self.scores[self.index]


def rank_passages(
    query: str,
    passages: Iterable[str],
    *,
    top_k: int | None = None,
    head: Head = Head.BINARY,
    relevance: RelevanceLike = "auto",
    aligner: Aligner | None = None,
    progress: Progress | None = None,
) -> list[RankedPassage]:
    """Order passages by how well they support a query, best first; equals keep their order.

    The query is the claim as it is: a statement to bear out, or a question to answer, as the
    recipes of answer selection (MS MARCO, WikiQA, answerability) have it.

    Args:
        query: Not empty.
        passages: Long ones are split, as `Aligner.score` does.
        top_k: How many to return; all unless given.
        head: The head to ask.
        relevance: How much of a long passage is read, as in `Aligner.score`.
        aligner: What scores; the bundled model, opened anew, unless given.
        progress: Called with the passages done, and all of them.

    Raises:
        ConfigError: If `top_k` is below 1.
        InputError: If the query is empty, or a passage is not a text.
    """
    check_claim(query, "query")
    (ranked,) = rank_for_queries(
        [query],
        [_check_passages(passages, "passages")],
        top_k=top_k,
        head=head,
        relevance=relevance,
        aligner=aligner,
        progress=progress,
    )
    return ranked


def rank_for_queries(
    queries: Iterable[str],
    passages: Iterable[Iterable[str]],
    *,
    top_k: int | None = None,
    head: Head = Head.BINARY,
    relevance: RelevanceLike = "auto",
    aligner: Aligner | None = None,
    progress: Progress | None = None,
) -> list[list[RankedPassage]]:
    """Order the passages of each of many queries, all scored together.

    Args:
        queries: None of them empty.
        passages: Those of each query.
        top_k: How many to return for each query; all unless given.
        head: As in `rank_passages`.
        relevance: As in `rank_passages`.
        aligner: As in `rank_passages`.
        progress: Called with the passages of all queries done, and all of them.

    Raises:
        ConfigError: If `top_k` is below 1.
        InputError: If there are more or fewer queries than lists of passages, a query is empty,
            or a passage is not a text.
    """
    if top_k is not None and top_k < 1:
        raise ConfigError(f"top_k must be at least 1, got {top_k}")
    asked = check_texts(queries, "queries")
    found = [_check_passages(each, f"passages[{number}]") for number, each in enumerate(passages)]
    if len(asked) != len(found):
        raise InputError(
            f"there are {len(asked)} queries and {len(found)} lists of passages; "
            "give one list for each query"
        )
    scores = opened(aligner).score(
        [passage for each in found for passage in each],
        [query for query, each in zip(asked, found, strict=True) for _ in each],
        head=head.value,
        split=QUESTION_SPLIT,
        relevance=relevance,
        progress=progress,
    )
    return [
        _ranked(scores[start:end], each, top_k)
        for each, (start, end) in zip(found, _bounds(found), strict=True)
    ]


def best_of(
    context: Context,
    candidates: Iterable[str],
    *,
    question: str | None = None,
    threshold: float | None = None,
    aggregation: str = Aggregation.MIN.value,
    head: Head | None = None,
    relevance: RelevanceLike = "auto",
    aligner: Aligner | None = None,
    progress: Progress | None = None,
) -> BestCandidate:
    """Choose the generated answer, or summary, that a context supports best.

    Each sentence of each candidate is scored, after the question if there is one, and the
    sentences' scores are joined. By the minimum, a candidate is as good as its worst sentence.

    Args:
        context: A text, or a list of passages.
        candidates: At least one, none of them empty.
        question: What they answer, where they do not say it themselves.
        threshold: The score from which a sentence is supported; the model's own unless given.
        aggregation: How sentence scores are joined: "min", "mean", "product" or "soft_min".
        head: The head to ask; unless given, "binary" with a question, which recipes of questions
            train, else "three_way".
        relevance: How much of a long context is read, as in `Aligner.score`.
        aligner: What scores; the bundled model, opened anew, unless given.
        progress: Called with the sentences done, and all of them.

    Raises:
        InputError: If there is no candidate, one is empty, or the question is.
        ConfigError: If the threshold does not lie in [0, 1], or the aggregation is unknown.
    """
    check_context(context, "context")
    texts = check_texts(candidates, "candidates")
    if not texts:
        raise InputError("there are no candidates; give at least one")
    if question is not None:
        check_claim(question, "question")
    if threshold is not None:
        check_threshold(threshold)
    joining = Aggregation(aggregation)
    asked = head or (Head.THREE_WAY if question is None else Head.BINARY)
    scorer = opened(aligner)
    least = scorer.settings.thresholds[asked] if threshold is None else threshold
    sentences = [_sentences(text) for text in texts]
    claims = [sentence for each in sentences for sentence in each]
    if question is not None:
        claims = [build_answer_claim(question, sentence) for sentence in claims]
    by_sentence = scorer.score(
        [context] * len(claims),
        claims,
        head=asked.value,
        split=QUESTION_SPLIT,
        relevance=relevance,
        progress=progress,
    )
    parts = [by_sentence[start:end] for start, end in _bounds(sentences)]
    scores = tuple(aggregate(part[np.newaxis], joining) for part in parts)
    best = int(np.argmax(scores))
    judged = zip(sentences[best], parts[best], strict=True)
    unsupported = tuple(sentence for sentence, score in judged if score < least)
    return BestCandidate(best, texts[best], scores, unsupported)


def _check_passages(passages: Iterable[str], name: str) -> list[str]:
    return [str(text) for text in check_contexts(passages, name, allow_passages=False)]


def _sentences(text: str) -> list[str]:
    spans = split_sentences(text) or [Span(0, len(text))]
    return [text[span.start : span.end] for span in spans]


def _bounds(lists: Sequence[Sequence[object]]) -> list[tuple[int, int]]:
    """Return where each list's part begins and ends in all of them put together."""
    return list(pairwise(np.cumsum([0, *map(len, lists)]).tolist()))


def _ranked(scores: FloatArray, passages: Sequence[str], top_k: int | None) -> list[RankedPassage]:
    best = np.argsort(-scores, kind="stable")[:top_k].tolist()
    return [RankedPassage(index, float(scores[index]), passages[index]) for index in best]
