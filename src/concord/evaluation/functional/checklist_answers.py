"""CheckList's tests of answers to questions on a passage.

By a head that answers questions, or else by alignment: the right answer must be verified, and
score above another one that the passage offers.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from concord.evaluation.board import Finding
from concord.evaluation.functional.answering import (
    Answerers,
    PairScorer,
    QuestionAnswerer,
    verified,
)
from concord.evaluation.functional.cases import CHECKLIST_SQUAD, Case, TestKind, group_cases
from concord.evaluation.functional.findings import build_finding
from concord.evaluation.functional.rules import GroupVerdict
from concord.evaluation.metrics.answers import exactness
from concord.text.details import find_details


def judge_answers(answerers: Answerers, cases: Sequence[Case], seed: int) -> list[Finding]:
    """Return a finding for each functionality that can be judged.

    Without a head that answers questions, tests of what must not change the answer are left out.
    """
    findings = []
    for groups in group_cases(cases).values():
        first = cases[next(iter(groups.values()))[0]]
        if first.kind is TestKind.MFT:
            findings += _verify_answers(answerers, cases, groups, seed)
        elif answerers.questions is not None:
            findings += _compare_answers(answerers, answerers.questions, cases, groups, seed)
    return findings


def _verify_answers(
    answerers: Answerers, cases: Sequence[Case], groups: Mapping[str, Sequence[int]], seed: int
) -> list[Finding]:
    """Judge whether right answers are verified, and score above the other answer at hand.

    With a head that answers questions, whether it gives the right one.
    """
    if answerers.questions is not None:
        return _right_answers(answerers, answerers.questions, cases, groups, seed)
    rivals = {
        place: _rival(cases, place, members) for members in groups.values() for place in members
    }
    places = list(rivals)
    gold = _verify(answerers.scorer, cases, {place: str(cases[place].label) for place in places})
    contested = {place: rival for place, rival in rivals.items() if rival is not None}
    other = _verify(answerers.scorer, cases, contested)
    passed = {
        place: bool(gold[place] > 0.5 and gold[place] > other.get(place, 0.0)) for place in places
    }
    answers = [""] * len(cases)
    for place in places:
        rival = f", {rivals[place]} {other[place]:.2f}" if place in other else ""
        answers[place] = f"{cases[place].label} {gold[place]:.2f}{rival}"
    judged = [
        GroupVerdict(tuple(members), tuple(passed[place] for place in members))
        for members in groups.values()
    ]
    expected = {place: f"{cases[place].label} verified, and above others" for place in places}
    figures = {"right_verified": float(np.mean([gold[place] > 0.5 for place in places]))}
    if other:
        figures["other_verified"] = float(np.mean([value > 0.5 for value in other.values()]))
        figures["right_above_other"] = float(
            np.mean([gold[place] > value for place, value in other.items()])
        )
    return [
        build_finding(
            answerers.name, CHECKLIST_SQUAD, cases, judged, answers, expected, seed, figures
        )
    ]


def _rival(cases: Sequence[Case], place: int, members: Sequence[int]) -> str | None:
    """Return another answer to a question on the same passage, or a name or number of it."""
    case = cases[place]
    label, passage = str(case.label), case.texts["context"]
    for other in members:
        rival = cases[other].label
        if isinstance(rival, str) and rival != label and rival in passage:
            return rival
    found = (passage[each.span.start : each.span.end] for each in find_details(passage))
    return next((each for each in found if each.lower() not in label.lower()), None)


def _verify(
    scorer: PairScorer, cases: Sequence[Case], answers: Mapping[int, str]
) -> dict[int, float]:
    places = list(answers)
    scores = verified(
        scorer,
        [cases[place].texts["context"] for place in places],
        [cases[place].texts["question"] for place in places],
        [answers[place] for place in places],
    )
    return dict(zip(places, scores.tolist(), strict=True))


def _right_answers(
    answerers: Answerers,
    answerer: QuestionAnswerer,
    cases: Sequence[Case],
    groups: Mapping[str, Sequence[int]],
    seed: int,
) -> list[Finding]:
    answers = _answers(answerer, cases, groups)
    judged = [
        GroupVerdict(
            tuple(members),
            tuple(_same(answers[place], str(cases[place].label)) for place in members),
        )
        for members in groups.values()
    ]
    expected = {place: str(cases[place].label) for each in judged for place in each.places}
    return [build_finding(answerers.name, CHECKLIST_SQUAD, cases, judged, answers, expected, seed)]


def _compare_answers(
    answerers: Answerers,
    answerer: QuestionAnswerer,
    cases: Sequence[Case],
    groups: Mapping[str, Sequence[int]],
    seed: int,
) -> list[Finding]:
    """Judge whether the answer stays, whatever is changed that does not bear on it.

    Where names or places are changed everywhere, so may be the answer; there, one that is not in
    the original passage is not judged.
    """
    answers = _answers(answerer, cases, groups)
    judged = []
    for members in groups.values():
        ordered = sorted(members, key=lambda place: cases[place].variant)
        first = ordered[0]
        verdicts: list[bool | None] = [None]
        for place in ordered[1:]:
            is_new = answers[place] not in cases[first].texts["context"]
            may_change = "everywhere" in cases[place].functionality and is_new
            verdicts.append(None if may_change else _same(answers[place], answers[first]))
        if cases[first].variant == 0:
            judged.append(GroupVerdict(tuple(ordered), tuple(verdicts)))
    judged = [each for each in judged if each.is_judged]
    if not judged:
        return []
    expected = {
        place: f"{answers[each.places[0]]!r} as before the change"
        for each in judged
        for place in each.places
    }
    return [build_finding(answerers.name, CHECKLIST_SQUAD, cases, judged, answers, expected, seed)]


def _answers(
    answerer: QuestionAnswerer, cases: Sequence[Case], groups: Mapping[str, Sequence[int]]
) -> list[str]:
    places = [place for members in groups.values() for place in members]
    found = answerer.answers(
        [cases[place].texts["context"] for place in places],
        [cases[place].texts["question"] for place in places],
    )
    answers = [""] * len(cases)
    for place, answer in zip(places, found, strict=True):
        answers[place] = answer
    return answers


def _same(one: str, other: str) -> bool:
    return exactness(one, other) == 1
