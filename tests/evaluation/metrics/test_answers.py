"""Answers are counted by SQuAD's published rule."""

import math

import pytest

from concord.evaluation.metrics.answers import (
    exactness,
    fit_no_answer_threshold,
    overlap_f1,
    plain_words,
    question_scores,
    with_no_answer_threshold,
)
from concord.evaluation.metrics.tasks import task_metric
from concord.tasks.question_answering import AnswerSpan, SpanAnswer

GOLDS = [
    (AnswerSpan("the Great Yuan", 0), AnswerSpan("Great Yuan dynasty", 0)),
    (AnswerSpan("in 1932", 0),),
    (),
    (),
]
FOUND = [
    (AnswerSpan("Great Yuan.", 0),),
    (AnswerSpan("1932 it is", 0),),
    (),
    (AnswerSpan("1932", 0),),
]


def test_case_punctuation_and_articles_do_not_count() -> None:
    assert plain_words("The  U.S. Army, an army; theatre") == ["us", "army", "army", "theatre"]
    assert exactness("The bridge!", "a Bridge") == 1
    assert exactness("The bridge!", "bridges") == 0


def test_f1_counts_common_words() -> None:
    # in 1932 / 1932 it is: one common; precision 1/3, recall 1/2, F1 0.4
    assert overlap_f1("in 1932", "1932 it is") == pytest.approx(0.4)
    # a word counts as often as both have it: 1 of 2 and of 1
    assert overlap_f1("very very", "very") == pytest.approx(2 / 3)
    assert overlap_f1("", "") == 1
    assert overlap_f1("1932", "") == 0
    assert overlap_f1("the", "the") == 1  # no words that count on either side


def test_the_nearest_gold_answer_counts_and_articles_alone_are_none() -> None:
    assert question_scores(GOLDS[0], "great yuan dynasty") == (1, 1)
    assert question_scores((AnswerSpan("the", 0),), "") == (1, 1)


def test_figures_are_means_over_questions_with_and_without_an_answer() -> None:
    figures = {
        name: task_metric(name)(GOLDS, FOUND)
        for name in (
            "answer_f1",
            "answer_exact",
            "answerable_f1",
            "answerable_exact",
            "unanswerable_exact",
        )
    }
    assert figures == pytest.approx(
        {
            "answer_f1": 0.6,  # 1, 0.4, 1, 0
            "answer_exact": 0.5,  # 1, 0, 1, 0
            "answerable_f1": 0.7,
            "answerable_exact": 0.5,
            "unanswerable_exact": 0.5,
        }
    )
    assert math.isnan(task_metric("unanswerable_exact")(GOLDS[:2], FOUND[:2]))


def _answer(text: str, margin: float) -> SpanAnswer:
    return SpanAnswer(text, 0, len(text), 1.0, 1 / (1 + math.exp(-margin)))


def test_the_threshold_parts_right_answers_from_questions_without_one() -> None:
    golds = [(AnswerSpan("a b", 0),), (), (AnswerSpan("c", 0),), ()]
    answers = [_answer("b", -3), _answer("x", 2), _answer("c", 1), _answer("y", 4)]
    # answering up to 1 gets 1 (b, "a" does not count) + 1, and the other two are rightly none
    assert fit_no_answer_threshold(golds, answers) == pytest.approx(1.5)
    always = fit_no_answer_threshold(golds[::2], answers[::2])
    assert always == pytest.approx(1)
    never = fit_no_answer_threshold(golds[1::2], answers[1::2])
    assert never == pytest.approx(1)  # one below the least


def test_equal_margins_are_not_parted() -> None:
    golds = [(AnswerSpan("b", 0),), (), (AnswerSpan("c", 0),)]
    answers = [_answer("b", 1), _answer("x", 1), _answer("c", 1)]
    # all or none: answering all is right twice, answering none once
    assert fit_no_answer_threshold(golds, answers) == pytest.approx(1)


def test_a_threshold_afterwards_takes_away_the_doubtful_answers() -> None:
    answers = [_answer("b", -3), _answer("x", 2), _answer("c", 1)]
    found = with_no_answer_threshold(answers, 1.5)
    assert [each.text for each in found] == ["b", "", "c"]
    assert found[1] == SpanAnswer("", 0, 0, answers[1].no_answer_prob, answers[1].no_answer_prob)
    assert with_no_answer_threshold(answers, math.inf) == answers
    assert not any(each.text for each in with_no_answer_threshold(answers, -math.inf))
