"""When an answer to a functional test counts as a failure."""

from collections.abc import Sequence

import numpy as np
import pytest

from concord.errors import DataError
from concord.evaluation.functional.cases import Case, Label, TestKind
from concord.evaluation.functional.rules import (
    DUPLICATE,
    NEUTRAL,
    NOT_DUPLICATE,
    POSITIVE,
    SENTIMENT_RULES,
    Rule,
    follows,
    has_label,
    is_as_sure,
    is_one_of,
    judge_groups,
    moves,
    rule_of,
    stays,
    turns_from,
    variants_are,
)

THREE = {
    "positive": [0.1, 0.1, 0.8],
    "less positive": [0.1, 0.25, 0.65],
    "neutral": [0.1, 0.8, 0.1],
    "hardly positive": [0.1, 0.44, 0.46],
    "hardly neutral": [0.1, 0.46, 0.44],
    "negative": [0.8, 0.1, 0.1],
}


def case(variant: int = 0, label: Label = None, kind: TestKind = TestKind.INV) -> Case:
    return Case(
        row=1 + variant,
        functionality="f",
        capability="c",
        kind=kind,
        group="g",
        variant=variant,
        label=label,
        texts={"text": "t"},
    )


def verdicts(rule: Rule, *answers: str) -> list[bool | None]:
    group = [case(place) for place in range(len(answers))]
    return rule(group, np.array([THREE[answer] for answer in answers]))


def of_pairs(rule: Rule, answers: Sequence[int]) -> list[bool | None]:
    group = [case(place) for place in range(len(answers))]
    return rule(group, np.eye(2)[list(answers)])


def test_a_label_is_right_or_wrong_and_a_case_without_one_is_not_judged() -> None:
    group = [case(0, POSITIVE), case(1, NEUTRAL), case(2, None)]
    assert has_label(group, np.array([THREE["positive"]] * 3)) == [True, False, None]


def test_one_of_several_labels_may_do() -> None:
    rule = is_one_of(NEUTRAL, POSITIVE)
    assert verdicts(rule, "positive", "neutral", "negative") == [True, True, False]


def test_an_answer_must_stay_unless_its_probability_hardly_moved() -> None:
    assert verdicts(stays, "positive", "less positive", "neutral") == [None, True, False]
    # another decision, but the probability of positive went from 0.46 to 0.44 only
    assert verdicts(stays, "hardly positive", "hardly neutral") == [None, True]


def test_without_the_original_nothing_can_stay() -> None:
    assert stays([case(1), case(2)], np.array([THREE["positive"]] * 2)) == [None, None]
    assert stays([case(0)], np.array([THREE["positive"]])) == [None]


def test_intensifiers_must_not_make_less_sure_and_reducers_not_surer() -> None:
    # 0.8 to 0.65 is down by 0.15, more than the tolerance of 0.1
    assert verdicts(is_as_sure(at_least=True), "positive", "less positive") == [None, False]
    assert verdicts(is_as_sure(at_least=True), "less positive", "positive") == [None, True]
    assert verdicts(is_as_sure(at_least=False), "less positive", "positive") == [None, False]
    assert verdicts(is_as_sure(at_least=False), "positive", "neutral") == [None, True]
    assert verdicts(is_as_sure(at_least=True), "neutral", "positive") == [None, None]


def test_a_label_may_move_one_way_only() -> None:
    assert verdicts(moves(POSITIVE, upwards=True), "neutral", "positive") == [None, True]
    assert verdicts(moves(POSITIVE, upwards=True), "positive", "negative") == [None, False]
    assert verdicts(moves(POSITIVE, upwards=False), "neutral", "negative") == [None, True]
    assert verdicts(moves(POSITIVE, upwards=False), "neutral", "positive") == [None, False]


def test_a_change_that_matters_turns_duplicates_only() -> None:
    rule = turns_from(DUPLICATE, NOT_DUPLICATE)
    assert of_pairs(rule, [1, 0, 1]) == [None, True, False]
    assert of_pairs(rule, [0, 0, 1]) == [None, None, None]
    assert of_pairs(variants_are(NOT_DUPLICATE), [0, 0, 1]) == [None, True, False]


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([1, 1, 1], True),  # both are duplicates of x, so of each other
        ([1, 1, 0], False),
        ([1, 0, 0], True),
        ([0, 1, 1], False),  # b is a duplicate of x, a is none
        ([0, 0, 1], None),  # nothing follows
    ],
)
def test_duplicates_of_one_question_are_duplicates_of_each_other(
    answers: list[int], expected: bool | None
) -> None:
    assert of_pairs(follows, answers) == [None, None, expected]


def test_a_group_fails_with_one_input_and_is_left_out_if_none_is_judged() -> None:
    cases = [case(1), case(0), case(0), case(1)]  # the first group is out of order
    probs = np.array([THREE[each] for each in ("neutral", "positive", "positive", "positive")])
    one, other = judge_groups(cases, {"a": [0, 1], "b": [2, 3]}, probs, stays)
    assert (one.places, one.verdicts, one.has_failed) == ((1, 0), (None, False), True)
    assert not other.has_failed
    assert judge_groups(cases, {"c": [0]}, probs, stays) == []


def test_the_kind_gives_the_rule_where_the_functionality_has_none_of_its_own() -> None:
    assert rule_of(case(kind=TestKind.MFT), SENTIMENT_RULES) is has_label
    assert rule_of(case(kind=TestKind.INV), SENTIMENT_RULES) is stays
    with pytest.raises(DataError, match="row 1: the directional test 'f' is not known"):
        rule_of(case(kind=TestKind.DIR), SENTIMENT_RULES)
