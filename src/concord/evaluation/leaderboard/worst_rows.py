"""The errors that are worth reading: answers that are wrong and that the system was sure of."""

import re
from typing import Final

import numpy as np

from concord.alignment import AlignmentExample, Head
from concord.data.recipe import Metric
from concord.evaluation.board import WorstRow
from concord.evaluation.leaderboard.predictions import Predictions
from concord.evaluation.leaderboard.set_reading import AskedSet
from concord.evaluation.metrics import Indices, Vector

MOST_ROWS: Final = 8
MOST_CHARACTERS: Final = 400
_CUT: Final = 0.5  # where nothing else says from which score on a claim is aligned
_WORD: Final = re.compile(r"\w+")
_ELLIPSIS: Final = "…"


def worst_rows(
    asked: AskedSet, answers: Predictions, threshold: float | None, *, most: int = MOST_ROWS
) -> tuple[WorstRow, ...]:
    """Return the wrong answers that are farthest from right, the worst first.

    Args:
        asked: The set.
        answers: To its rows, or to some of them.
        threshold: What decided, where it was not the head's own rule.
        most: How many to return.
    """
    errors = _errors(asked, answers, threshold)
    order = np.argsort(-errors, kind="stable")[:most]
    examples = dict(zip(asked.rows, asked.examples, strict=True))
    return tuple(
        _worst_row(asked, answers, place, examples[answers.rows[place]], threshold)
        for place in order.tolist()
        if errors[place] > 0
    )


def best_passage(context: str, claim: str, *, most: int = MOST_CHARACTERS) -> str:
    """Return the piece of a context that has most of the claim's words, marked where it was cut.

    Args:
        context: The whole text.
        claim: What the piece should bear on.
        most: The longest piece, in characters.
    """
    if len(context) <= most:
        return context
    wanted = {word.lower() for word in _WORD.findall(claim)}
    words = [(found.start(), found.end(), found[0].lower()) for found in _WORD.finditer(context)]
    room = most - 2 * len(_ELLIPSIS)
    best, best_count, last, count = 0, -1, 0, 0
    for first, (start, _, word) in enumerate(words):
        while last < len(words) and words[last][1] - start <= room:
            count += words[last][2] in wanted
            last += 1
        if count > best_count:
            best, best_count = first, count
        if last > first:
            count -= word in wanted
        else:
            last = first + 1  # one word longer than the room
    start = words[best][0] if words else 0
    piece = context[start : start + room]
    before = _ELLIPSIS if start else ""
    after = _ELLIPSIS if start + room < len(context) else ""
    return f"{before}{piece}{after}"


def _errors(asked: AskedSet, answers: Predictions, threshold: float | None) -> Vector:
    """Return how wrong each answer is; 0 for a right one."""
    metric = asked.declared.metric or asked.recipe.metric
    if asked.recipe.head is Head.REGRESSION:
        distances: Vector = np.abs(answers.degrees - answers.targets)
        return distances
    if metric is Metric.OPTION_ACCURACY:
        return _option_errors(answers)
    if asked.recipe.head is Head.THREE_WAY:
        wrong = answers.decisions != answers.targets
        surest: Vector = wrong * (_EVEN + _given_probs(answers))
        return surest
    cut = _CUT if threshold is None else threshold
    decisions = answers.decisions if threshold is None else answers.degrees >= cut
    farthest: Vector = (decisions != answers.targets) * (np.abs(answers.degrees - cut) + _EVEN)
    return farthest


_EVEN: Final = 1e-9
"""Sets a wrong answer of no distance apart from a right one."""


def _given_probs(answers: Predictions) -> Vector:
    if answers.probs is None:
        return answers.degrees
    given: Indices = answers.decisions.astype(np.int64)
    probs: Vector = answers.probs[np.arange(len(given)), given]
    return probs


def _option_errors(answers: Predictions) -> Vector:
    """Return by how much a wrong option outdoes the right one, for the best wrong one of each."""
    names = np.asarray(answers.question_names)
    _, question = np.unique(names, return_inverse=True)
    right = np.full(int(question.max(initial=-1)) + 1, np.nan)
    is_right = answers.targets == 1
    right[question[is_right]] = answers.degrees[is_right]
    highest = np.full(len(right), -np.inf)
    np.maximum.at(highest, question, answers.degrees)
    is_best = answers.degrees == highest[question]
    ahead = answers.degrees - right[question]
    return np.where(~is_right & is_best & (ahead > 0), ahead, 0.0)


def _worst_row(
    asked: AskedSet,
    answers: Predictions,
    place: int,
    example: AlignmentExample,
    threshold: float | None,
) -> WorstRow:
    degree = float(answers.degrees[place])
    head = asked.recipe.head
    if head is Head.REGRESSION:
        label, prediction = f"{answers.targets[place]:.2f}", f"{degree:.2f}"
    else:
        metric = asked.declared.metric or asked.recipe.metric
        decision = float(answers.decisions[place])
        if metric is Metric.OPTION_ACCURACY:
            decision = 1.0  # it was chosen
        elif threshold is not None:
            decision = float(degree >= threshold)
        label = head.label_names[int(answers.targets[place])]
        prediction = head.label_names[int(decision)]
    return WorstRow(
        row=answers.rows[place],
        context=best_passage(example.context, example.claim),
        claim=example.claim,
        label=label,
        prediction=prediction,
        score=degree,
    )
