"""When an answer to a functional test counts as a failure, as CheckList has it.

A test case is a group of inputs, and fails if one of them does (Ribeiro et al., "Beyond Accuracy:
Behavioral Testing of NLP Models with CheckList", ACL 2020). An input whose expectation depends on
an answer that was not given is not judged.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np

from concord.errors import DataError
from concord.evaluation.functional.cases import Case, TestKind
from concord.evaluation.metrics import Vector

TOLERANCE: Final = 0.1
"""By how much a probability may move the wrong way, or a decision's may move as it turns."""
NEGATIVE, NEUTRAL, POSITIVE = range(3)
DUPLICATE: Final = 1
NOT_DUPLICATE: Final = 0

Verdicts: TypeAlias = list[bool | None]
"""Of each input: whether it passed, or None where it is not judged."""
Rule: TypeAlias = Callable[[Sequence[Case], Vector], Verdicts]
"""From the inputs of a group and their probabilities, shape ``(inputs, labels)``, to verdicts."""


@dataclass(frozen=True, slots=True)
class GroupVerdict:
    """What became of the inputs of one group."""

    places: tuple[int, ...]
    verdicts: tuple[bool | None, ...]

    @property
    def is_judged(self) -> bool:
        """Whether any input was judged."""
        return any(verdict is not None for verdict in self.verdicts)

    @property
    def has_failed(self) -> bool:
        """Whether any input failed."""
        return False in self.verdicts


def judge_groups(
    cases: Sequence[Case], groups: Mapping[str, Sequence[int]], probs: Vector, rule: Rule
) -> list[GroupVerdict]:
    """Judge the groups of a functionality, those left out that cannot be judged.

    Args:
        cases: All cases.
        groups: Places of each group's cases among them.
        probs: Probabilities of the labels of all cases, shape ``(cases, labels)``.
        rule: What is expected.
    """
    judged = []
    for places in groups.values():
        ordered = sorted(places, key=lambda place: cases[place].variant)
        verdicts = rule([cases[place] for place in ordered], probs[ordered])
        judged.append(GroupVerdict(tuple(ordered), tuple(verdicts)))
    return [each for each in judged if each.is_judged]


def rule_of(case: Case, rules: Mapping[str, Rule]) -> Rule:
    """Return the rule of a case's functionality, or what its kind says where it has none.

    Raises:
        DataError: If it is directional, and it is not known which way.
    """
    if case.functionality in rules:
        return rules[case.functionality]
    if case.kind is TestKind.DIR:
        raise DataError(
            f"row {case.row}: the directional test {case.functionality!r} is not known, so neither "
            "is its direction; leave its rows out"
        )
    return has_label if case.kind is TestKind.MFT else stays


def has_label(group: Sequence[Case], probs: Vector) -> Verdicts:
    """Pass the answers that are the case's label; a case without one is not judged."""
    answers = np.argmax(probs, axis=1).tolist()
    return [
        None if case.label is None else answer == case.label
        for case, answer in zip(group, answers, strict=True)
    ]


def is_one_of(*labels: int) -> Rule:
    """Return the rule by which an answer must be one of some labels."""

    def judge(_group: Sequence[Case], probs: Vector) -> Verdicts:
        return [answer in labels for answer in np.argmax(probs, axis=1).tolist()]

    return judge


def stays(group: Sequence[Case], probs: Vector) -> Verdicts:
    """Pass the variants with the answer of variant 0, or hardly another probability of it."""
    verdicts = _unjudged(group)
    if not _has_original(group):
        return verdicts
    first = int(np.argmax(probs[0]))
    for place in range(1, len(group)):
        is_same = int(np.argmax(probs[place])) == first
        moved = abs(float(probs[place, first] - probs[0, first]))
        verdicts[place] = is_same or moved <= TOLERANCE
    return verdicts


def is_as_sure(*, at_least: bool) -> Rule:
    """Return the rule by which variants are at least, or at most, as sure of variant 0's answer.

    A group whose variant 0 is taken for neutral is not judged.

    Args:
        at_least: The variants must not be less sure; else they must not be surer.
    """

    def judge(group: Sequence[Case], probs: Vector) -> Verdicts:
        if not _has_original(group) or int(np.argmax(probs[0])) == NEUTRAL:
            return _unjudged(group)
        return _moved(group, probs, int(np.argmax(probs[0])), upwards=at_least)

    return judge


def moves(label: int, *, upwards: bool) -> Rule:
    """Return the rule by which a label's probability must not move the other way."""

    def judge(group: Sequence[Case], probs: Vector) -> Verdicts:
        if not _has_original(group):
            return _unjudged(group)
        return _moved(group, probs, label, upwards=upwards)

    return judge


def turns_from(label: int, other: int) -> Rule:
    """Return the rule by which variants of what was taken for one label get the other."""

    def judge(group: Sequence[Case], probs: Vector) -> Verdicts:
        verdicts = _unjudged(group)
        answers = np.argmax(probs, axis=1).tolist()
        if _has_original(group) and answers[0] == label:
            verdicts[1:] = [answer == other for answer in answers[1:]]
        return verdicts

    return judge


def variants_are(label: int) -> Rule:
    """Return the rule by which the variants, whatever variant 0 is, get a label."""

    def judge(group: Sequence[Case], probs: Vector) -> Verdicts:
        answers = np.argmax(probs, axis=1).tolist()
        return [
            answer == label if case.variant else None
            for case, answer in zip(group, answers, strict=True)
        ]

    return judge


def follows(group: Sequence[Case], probs: Vector) -> Verdicts:
    """Judge (a, b) by (x, a) and (x, b): duplicates of one are duplicates of each other.

    And a duplicate of x is none of what is no duplicate of x. Where neither is a duplicate,
    nothing follows.
    """
    verdicts = _unjudged(group)
    if len(group) != 3:
        return verdicts
    one, other, between = np.argmax(probs, axis=1).tolist()
    if DUPLICATE in {one, other}:
        verdicts[2] = between == min(one, other)
    return verdicts


def _moved(group: Sequence[Case], probs: Vector, label: int, *, upwards: bool) -> Verdicts:
    sign = 1 if upwards else -1
    verdicts = _unjudged(group)
    for place in range(1, len(group)):
        verdicts[place] = bool(sign * (probs[place, label] - probs[0, label]) >= -TOLERANCE)
    return verdicts


def _unjudged(group: Sequence[Case]) -> Verdicts:
    return [None] * len(group)


def _has_original(group: Sequence[Case]) -> bool:
    return len(group) > 1 and group[0].variant == 0


_NOT_NEGATIVE: Final = is_one_of(NEUTRAL, POSITIVE)

SENTIMENT_RULES: Final[Mapping[str, Rule]] = {
    "simple negations: not negative": _NOT_NEGATIVE,
    "simple negations: I thought x was negative, but it was not "
    "(should be neutral or positive)": _NOT_NEGATIVE,
    "intensifiers": is_as_sure(at_least=True),
    "reducers": is_as_sure(at_least=False),
    '"used to" should reduce': is_as_sure(at_least=False),
    "add positive phrases": moves(POSITIVE, upwards=True),
    "add negative phrases": moves(POSITIVE, upwards=False),
}
"""Those that the kind of a test does not tell, from the descriptions of the release."""

_NO_LONGER_DUPLICATE: Final = turns_from(DUPLICATE, NOT_DUPLICATE)

QQP_RULES: Final[Mapping[str, Rule]] = {
    "(question, f(question)) where f(question) replaces synonyms?": is_one_of(DUPLICATE),
    "(q, paraphrase(q))": is_one_of(DUPLICATE),
    "Change first name in one of the questions": _NO_LONGER_DUPLICATE,
    "Change first and last name in one of the questions": _NO_LONGER_DUPLICATE,
    "Change location in one of the questions": _NO_LONGER_DUPLICATE,
    "Change numbers in one of the questions": _NO_LONGER_DUPLICATE,
    "Keep entitites, fill in with gibberish": variants_are(NOT_DUPLICATE),
    "Testing implications": follows,
}
"""As above, for pairs of questions."""
