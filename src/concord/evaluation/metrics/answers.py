"""How well answers to questions are found, as SQuAD counts it (Rajpurkar et al., 2016, 2018)."""

import re
import string
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from concord.evaluation.metrics.additive import AdditiveMetric, Counts, ratio
from concord.tasks.question_answering import AnswerSpan, SpanAnswer

_ARTICLES: Final = re.compile(r"\b(a|an|the)\b")
_PUNCTUATION: Final = str.maketrans("", "", string.punctuation)

Answers = Sequence[AnswerSpan]


def plain_words(text: str) -> list[str]:
    """Return the words that count: in lower case, without punctuation and articles."""
    return _ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION)).split()


def exactness(gold: str, found: str) -> float:
    """Return 1 if the words that count are the same, else 0."""
    return float(plain_words(gold) == plain_words(found))


def overlap_f1(gold: str, found: str) -> float:
    """Return the F1 of the words that count; where one side has none, whether both have none."""
    wanted, given = Counter(plain_words(gold)), Counter(plain_words(found))
    if not wanted or not given:
        return float(wanted == given)
    num_common = (wanted & given).total()
    return 2 * num_common / (wanted.total() + given.total())


def answer_counts(golds: Sequence[Answers], found: Sequence[Answers]) -> Counts:
    """Return five sums of each question.

    Exactness and F1 if it has an answer, whether it has one, exactness if it has none, and
    whether it has none. Each is that of the gold answer that is nearest.
    """
    counts = np.zeros((len(golds), 5))
    for row, gold, each in zip(counts, golds, found, strict=True):
        exact, f1 = question_scores(gold, each[0].text if each else "")
        row[:] = (exact, f1, 1, 0, 0) if _texts_of(gold) else (0, 0, 0, exact, 1)
    return counts


def question_scores(gold: Answers, found: str) -> tuple[float, float]:
    """Return exactness and F1 of one answer, an empty text for none."""
    texts = _texts_of(gold) or [""]
    return max(exactness(text, found) for text in texts), max(
        overlap_f1(text, found) for text in texts
    )


def fit_no_answer_threshold(golds: Sequence[Answers], answers: Sequence[SpanAnswer]) -> float:
    """Return the `no_answer_threshold` with which F1 is best.

    Args:
        golds: The right answers of questions that were not learned.
        answers: What the task found with an infinite threshold, so that it always answered.
    """
    margins = np.array([_margin(answer) for answer in answers])
    given = np.array(
        [question_scores(gold, each.text)[1] for gold, each in zip(golds, answers, strict=True)]
    )
    none = np.array([question_scores(gold, "")[1] for gold in golds])
    order = np.argsort(margins, kind="stable")
    # with the first n of the order answered, and the others not
    totals = np.concatenate([[0], np.cumsum((given - none)[order])])
    bounds = _bounds_between(margins[order])
    is_possible = ~np.isnan(bounds)
    best = int(np.where(is_possible, totals, -np.inf).argmax())
    return float(bounds[best])


def with_no_answer_threshold(answers: Sequence[SpanAnswer], threshold: float) -> list[SpanAnswer]:
    """Return what a task would have found with a threshold, of answers without one."""
    none = (SpanAnswer("", 0, 0, each.no_answer_prob, each.no_answer_prob) for each in answers)
    return [
        none_of if _margin(each) > threshold else each
        for each, none_of in zip(answers, none, strict=True)
    ]


def _bounds_between(margins: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a threshold before each of rising margins and after the last; NaN within equals."""
    middles = (margins[:-1] + margins[1:]) / 2
    middles[margins[:-1] == margins[1:]] = np.nan
    return np.concatenate([margins[:1] - 1, middles, margins[-1:]])


def _margin(answer: SpanAnswer) -> float:
    prob = min(max(answer.no_answer_prob, 1e-15), 1 - 1e-15)
    return float(np.log(prob) - np.log1p(-prob))


def _texts_of(gold: Answers) -> list[str]:
    """Return the gold texts with words that count."""
    return [answer.text for answer in gold if plain_words(answer.text)]


def _share(part: Sequence[int], whole: Sequence[int]) -> Callable[[Counts], float]:
    return lambda sums: ratio(float(sums[list(part)].sum()), float(sums[list(whole)].sum()))


ANSWER_METRICS: Final[Mapping[str, AdditiveMetric]] = {
    "answer_f1": AdditiveMetric(answer_counts, _share([1, 3], [2, 4])),
    "answer_exact": AdditiveMetric(answer_counts, _share([0, 3], [2, 4])),
    "answerable_f1": AdditiveMetric(answer_counts, _share([1], [2])),
    "answerable_exact": AdditiveMetric(answer_counts, _share([0], [2])),
    "unanswerable_exact": AdditiveMetric(answer_counts, _share([3], [4])),
}
"""By the names that tasks give; NaN where there is no question of the kind."""
