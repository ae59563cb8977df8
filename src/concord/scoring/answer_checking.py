"""Questions and answers by alignment: which option is right, and is an answer borne out?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from concord.alignment import Head
from concord.data.casting import state_answer
from concord.errors import InputError
from concord.scoring.aligner import Aligner
from concord.scoring.batching import Progress
from concord.scoring.inputs import check_contexts, check_texts, check_threshold
from concord.scoring.long_inputs import Splitting
from concord.scoring.relevance import RelevanceLike
from concord.scoring.split_plans import Context, passages_of
from concord.scoring.zero_label import opened, option_probabilities

QUESTION_SPLIT: Final = Splitting.CONTEXTS.value
"""A question and its answer must not be scored apart: neither says anything alone."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The option chosen for a question.

    Attributes:
        index: The option's place, from 0; of equals, the first.
        text: The option.
        probabilities: One for each option, in order; they sum to 1.
    """

    index: int
    text: str
    probabilities: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class AnswerVerdict:
    """Whether a context bears out an answer.

    Attributes:
        score: How well it does, in [0, 1].
        is_supported: Whether the score reaches the threshold.
    """

    score: float
    is_supported: bool


def choose_options(
    questions: Iterable[str],
    options: Iterable[Sequence[str]],
    contexts: Iterable[Context] | None = None,
    *,
    head: Head = Head.BINARY,
    relevance: RelevanceLike = "auto",
    aligner: Aligner | None = None,
    progress: Progress | None = None,
) -> list[Choice]:
    """Choose for each question the option that its context supports best.

    Question and option are put together as in training: the option fills the question's blank
    (`_`) if it has one, else follows it. Probabilities are the softmax of the scores' log-odds.

    Args:
        questions: None of them empty.
        options: Those of each question, at least one.
        contexts: A text, or a list of passages, for each question. Where it is empty, or no
            contexts are given, the question itself is the context.
        head: The head to ask.
        relevance: How much of a long context is read, as in `Aligner.score`.
        aligner: What scores; the bundled model, opened anew, unless given.
        progress: Called with the pairs of a question and an option done, and all of them.

    Raises:
        InputError: If the lists differ in length, or a question has no option or an empty one.
    """
    asked = check_texts(questions, "questions")
    offered = _check_options(options)
    given = [""] * len(asked) if contexts is None else check_contexts(contexts, "contexts")
    _check_lengths(questions=asked, options=offered, contexts=given)
    scores = opened(aligner).score(
        [
            _context_or_question(context, question)
            for context, question, each in zip(given, asked, offered, strict=True)
            for _ in each
        ],
        [
            build_answer_claim(question, option)
            for question, each in zip(asked, offered, strict=True)
            for option in each
        ],
        head=head.value,
        split=QUESTION_SPLIT,
        relevance=relevance,
        progress=progress,
    )
    ends = np.cumsum([0, *map(len, offered)]).tolist()
    return [
        _choice(each, option_probabilities(scores[start:end]).tolist())
        for each, (start, end) in zip(offered, pairwise(ends), strict=True)
    ]


def verify_answers(
    questions: Iterable[str],
    answers: Iterable[str],
    contexts: Iterable[Context],
    *,
    threshold: float | None = None,
    head: Head = Head.BINARY,
    relevance: RelevanceLike = "auto",
    aligner: Aligner | None = None,
    progress: Progress | None = None,
) -> list[AnswerVerdict]:
    """Decide for each question whether its context bears the answer out.

    Args:
        questions: None of them empty.
        answers: One for each question.
        contexts: A text, or a list of passages, for each question.
        threshold: The score from which an answer is supported; the model's own unless given.
        head: The head to ask.
        relevance: How much of a long context is read, as in `Aligner.score`.
        aligner: What scores; the bundled model, opened anew, unless given.
        progress: Called with the answers done, and all of them.

    Raises:
        InputError: If the lists differ in length, or a question or an answer is empty.
        ConfigError: If the threshold does not lie in [0, 1].
    """
    asked, answered = check_texts(questions, "questions"), check_texts(answers, "answers")
    given = check_contexts(contexts, "contexts")
    _check_lengths(questions=asked, answers=answered, contexts=given)
    if threshold is not None:
        check_threshold(threshold)
    scorer = opened(aligner)
    least = scorer.settings.thresholds[head] if threshold is None else threshold
    scores = scorer.score(
        given,
        list(map(build_answer_claim, asked, answered)),
        head=head.value,
        split=QUESTION_SPLIT,
        relevance=relevance,
        progress=progress,
    )
    return [AnswerVerdict(score, score >= least) for score in scores.tolist()]


def build_answer_claim(question: str, answer: str) -> str:
    """Return the claim that this is the answer, as the recipes of questions state it."""
    return state_answer(question, " ".join(answer.split()))


def _check_options(options: Iterable[Sequence[str]]) -> list[list[str]]:
    checked = []
    for number, each in enumerate(options):
        if isinstance(each, str):
            raise InputError(f"options[{number}] is a single text; give a list of options")
        checked.append(check_texts(each, f"options[{number}]"))
        if not checked[-1]:
            raise InputError(f"options[{number}] is empty; give at least one option")
    return checked


def _check_lengths(**lists: Sequence[object]) -> None:
    (name, first), *others = lists.items()
    for other, each in others:
        if len(each) != len(first):
            raise InputError(
                f"there are {len(first)} {name} and {len(each)} {other}; give as many of each"
            )


def _context_or_question(context: Context, question: str) -> Context:
    is_empty = not any(passage.strip() for passage in passages_of(context))
    return question if is_empty else context


def _choice(options: Sequence[str], probs: Sequence[float]) -> Choice:
    best = int(np.argmax(probs))
    return Choice(best, options[best], tuple(probs))
