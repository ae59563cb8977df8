"""How a model answers functional tests: by alignment alone, or by a head of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol, runtime_checkable

import numpy as np

from concord.alignment import AlignmentScores, Head
from concord.data.casting import state_answer
from concord.evaluation.metrics import Vector
from concord.scoring.task_predictor import TaskPredictor
from concord.scoring.zero_label import option_probabilities
from concord.tasks.classification import Classification, LabelAnswer
from concord.tasks.question_answering import QuestionAnswering, SpanAnswer

SENTIMENT_CLAIMS: Final = (
    "This text is negative.",
    "This text is neutral.",
    "This text is positive.",
)
"""In the order of CheckList's labels; the best of six wordings on 180 SST-5 training sentences."""
HATE_CLAIMS: Final = (
    "This text is friendly or neutral.",
    "This text is hateful towards a group of people.",
)
"""Not hateful, hateful; the best of seven wordings on 160 training sentences of de Gibert et al.
(2018)."""


_SENTIMENT_LABELS: Final = (("negative", "neutral", "positive"), ("negative", "", "positive"))
_HATE_LABELS: Final = (("non-hateful", "hateful"), ("nohate", "hate"), ("neither", "hate speech"))
"""Labels of tasks in the order of the tests' labels; an empty one is missing."""


class PairScorer(Protocol):
    """What scores pairs without splitting."""

    def predict(self, contexts: Sequence[str], claims: Sequence[str]) -> AlignmentScores:
        """Score each pair as it is."""
        ...


class TextClassifier(Protocol):
    """What classifies single texts."""

    def probabilities(self, texts: Sequence[str]) -> Vector:
        """Return each label's probability, shape ``(texts, labels)``."""
        ...


class QuestionAnswerer(Protocol):
    """What finds answers in passages."""

    def answers(self, contexts: Sequence[str], questions: Sequence[str]) -> list[str]:
        """Return an answer to each question; an empty one where the passage has none."""
        ...


@runtime_checkable
class HasTasks(Protocol):
    """A system with heads of its own, beside or instead of those of alignment."""

    @property
    def predictor(self) -> TaskPredictor:
        """What answers its tasks."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Answerers:
    """What answers functional tests.

    Attributes:
        name: The system's name.
        scorer: Scores pairs.
        hate: Tells not hateful from hateful texts; by the scorer unless given.
        sentiment: Tells negative, neutral and positive texts; by the scorer unless given.
        questions: Answers questions. Without it, tests of changed questions are left out.
    """

    name: str
    scorer: PairScorer
    hate: TextClassifier | None = None
    sentiment: TextClassifier | None = None
    questions: QuestionAnswerer | None = None


class ClaimClassifier:
    """Classifies a text by the claim that it supports best, as `scoring.zero_label` does.

    Args:
        scorer: The model.
        claims: One for each label.
        head: The head that is asked.
    """

    def __init__(
        self, scorer: PairScorer, claims: Sequence[str], head: Head = Head.THREE_WAY
    ) -> None:
        self._scorer = scorer
        self._claims = list(claims)
        self._head = head

    def probabilities(self, texts: Sequence[str]) -> Vector:
        """Return each label's probability, shape ``(texts, labels)``."""
        number = len(self._claims)
        if not texts:
            return np.zeros((0, number))
        contexts = [text for text in texts for _ in self._claims]
        scores = self._scorer.predict(contexts, self._claims * len(texts)).aligned(self._head)
        return np.stack([option_probabilities(row) for row in scores.reshape(-1, number)])


class HeadClassifier:
    """Classifies a text by the classification head of a model of tasks.

    Args:
        model: The model.
        task: Its task.
        labels: The task's label for each of the tests' labels; one that the task has not gets
            the probability 0.
    """

    def __init__(self, model: TaskPredictor, task: str, labels: Sequence[str]) -> None:
        self._model = model
        self._task = task
        self._labels = list(labels)

    def probabilities(self, texts: Sequence[str]) -> Vector:
        """Return each label's probability, shape ``(texts, labels)``."""
        found: list[LabelAnswer] = self._model.predict(self._task, list(texts))
        rows = [[answer.probs.get(label, 0.0) for label in self._labels] for answer in found]
        return np.array(rows, dtype=np.float64).reshape(len(texts), len(self._labels))


class HeadAnswerer:
    """Answers questions by the question answering head of a model of tasks.

    Args:
        model: The model.
        task: Its task.
    """

    def __init__(self, model: TaskPredictor, task: str) -> None:
        self._model = model
        self._task = task

    def answers(self, contexts: Sequence[str], questions: Sequence[str]) -> list[str]:
        """Return an answer to each question; an empty one where the passage has none."""
        pairs = list(zip(contexts, questions, strict=True))
        found: list[SpanAnswer] = self._model.predict(self._task, pairs)
        return [answer.text for answer in found]


def answerers_of(name: str, scorer: PairScorer) -> Answerers:
    """Return what answers for a system: its own heads where it has tasks that fit.

    A task fits by its labels, whatever case they are written in: negative and positive, perhaps
    with neutral; non-hateful and hateful. Any task that answers questions fits.

    Args:
        name: The system's name.
        scorer: The system, which may have tasks.
    """
    model = scorer.predictor if isinstance(scorer, HasTasks) else None
    if model is None:
        return Answerers(name=name, scorer=scorer)
    questions = next(
        (task for task, kind in model.tasks.items() if isinstance(kind, QuestionAnswering)), None
    )
    return Answerers(
        name=name,
        scorer=scorer,
        hate=_head_with(model, _HATE_LABELS),
        sentiment=_head_with(model, _SENTIMENT_LABELS),
        questions=None if questions is None else HeadAnswerer(model, questions),
    )


def _head_with(model: TaskPredictor, wanted: Sequence[tuple[str, ...]]) -> HeadClassifier | None:
    for task, kind in model.tasks.items():
        if not isinstance(kind, Classification) or kind.text_pair is not None or kind.multi_label:
            continue
        own = {label.casefold(): label for label in kind.labels}
        for labels in wanted:
            if set(filter(None, labels)) == own.keys():
                return HeadClassifier(model, task, [own.get(label, "") for label in labels])
    return None


def duplicate_probabilities(
    scorer: PairScorer, ones: Sequence[str], others: Sequence[str], *, both_ways: bool = True
) -> Vector:
    """Return the probabilities of no duplicate and of a duplicate, shape ``(pairs, 2)``.

    Of the binary head; as two texts say the same where each supports the other, the mean of both
    directions.

    Args:
        scorer: The model.
        ones: First texts.
        others: Second texts.
        both_ways: Else the first text is the context alone.
    """
    if not ones:
        return np.zeros((0, 2))
    forward = scorer.predict(list(ones), list(others)).binary.astype(np.float64)
    if both_ways:
        backward = scorer.predict(list(others), list(ones)).binary.astype(np.float64)
        forward = (forward + backward) / 2
    return np.stack([1 - forward, forward], axis=1)


def verified(
    scorer: PairScorer,
    contexts: Sequence[str],
    questions: Sequence[str],
    answers: Sequence[str],
) -> Vector:
    """Return how surely each passage bears out an answer to a question, in [0, 1].

    By the binary head, of the question with the answer behind it.
    """
    if not contexts:
        return np.zeros(0)
    claims = [state_answer(each, answer) for each, answer in zip(questions, answers, strict=True)]
    return scorer.predict(list(contexts), claims).binary.astype(np.float64)
