"""CheckList's tests of sentiment and of duplicate questions."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from concord.evaluation.board import Finding
from concord.evaluation.functional.answering import (
    SENTIMENT_CLAIMS,
    Answerers,
    ClaimClassifier,
    PairScorer,
    duplicate_probabilities,
)
from concord.evaluation.functional.cases import (
    CHECKLIST_QQP,
    CHECKLIST_SENTIMENT,
    Case,
    FunctionalData,
    TestKind,
    group_cases,
)
from concord.evaluation.functional.findings import build_finding
from concord.evaluation.functional.rules import (
    QQP_RULES,
    SENTIMENT_RULES,
    GroupVerdict,
    Rule,
    judge_groups,
    rule_of,
)
from concord.evaluation.metrics import Vector

_SENTIMENTS: Final = ("negative", "neutral", "positive")
_DUPLICATES: Final = ("no duplicate", "duplicate")
_ONE_WAY: Final = "Symmetry: f(a, b) = f(b, a)"
"""Judged by one direction each: the mean of both would be symmetric by itself."""


def judge_sentiment(answerers: Answerers, cases: Sequence[Case], seed: int) -> list[Finding]:
    """Return a finding for each functionality of single texts."""
    classifier = answerers.sentiment or ClaimClassifier(answerers.scorer, SENTIMENT_CLAIMS)
    probs = classifier.probabilities([case.texts["text"] for case in cases])
    return _judge(answerers.name, CHECKLIST_SENTIMENT, cases, probs, SENTIMENT_RULES, seed)


def judge_duplicates(answerers: Answerers, cases: Sequence[Case], seed: int) -> list[Finding]:
    """Return a finding for each functionality of pairs of questions."""
    probs = _duplicates(answerers.scorer, cases)
    return _judge(answerers.name, CHECKLIST_QQP, cases, probs, QQP_RULES, seed)


def _duplicates(scorer: PairScorer, cases: Sequence[Case]) -> Vector:
    probs = np.zeros((len(cases), 2))
    is_one_way = np.array([case.functionality == _ONE_WAY for case in cases], dtype=np.bool_)
    for both_ways, chosen in ((False, is_one_way), (True, ~is_one_way)):
        own = [case for case, is_own in zip(cases, chosen, strict=True) if is_own]
        probs[chosen] = duplicate_probabilities(
            scorer,
            [case.texts["text_a"] for case in own],
            [case.texts["text_b"] for case in own],
            both_ways=both_ways,
        )
    return probs


def _judge(
    system: str,
    data: FunctionalData,
    cases: Sequence[Case],
    probs: Vector,
    rules: Mapping[str, Rule],
    seed: int,
) -> list[Finding]:
    names = _SENTIMENTS if probs.shape[1] == len(_SENTIMENTS) else _DUPLICATES
    answers = [_told(row, names) for row in probs]
    findings = []
    for groups in group_cases(cases).values():
        first = cases[next(iter(groups.values()))[0]]
        judged = judge_groups(cases, groups, probs, rule_of(first, rules))
        if judged:
            expected = {
                place: _expected(cases, each, place, answers, names)
                for each in judged
                for place in each.places
            }
            findings.append(build_finding(system, data, cases, judged, answers, expected, seed))
    return findings


def _told(probs: Vector, names: Sequence[str]) -> str:
    best = int(np.argmax(probs))
    return f"{names[best]} ({probs[best]:.2f})"


def _expected(
    cases: Sequence[Case],
    group: GroupVerdict,
    place: int,
    answers: Sequence[str],
    names: Sequence[str],
) -> str:
    case = cases[place]
    if case.label is not None:
        return names[int(case.label)]
    if case.kind is TestKind.MFT or len(group.places) == 1:
        return case.description or case.functionality
    return f"beside {answers[group.places[0]]} before the change"
