"""Figures in words."""

import math

from concord.evaluation.metrics import Estimate
from concord.evaluation.page import wording
from concord.evaluation.page.wording import Verdict


def test_figures_are_percents_with_one_decimal() -> None:
    assert wording.with_interval(Estimate(0.8136, 0.8, 0.826)) == "81.4 (80.0 to 82.6)"
    assert wording.percent(-0.05) == "\N{MINUS SIGN}5.0"
    assert wording.signed_percent(0.013) == "+1.3"


def test_undefined_figures_are_a_dash() -> None:
    for shown in (
        wording.percent(math.nan),
        wording.signed_percent(None),
        wording.interval(Estimate(0.5, math.nan, math.nan)),
        wording.number(math.inf),
        wording.p_value(math.nan),
        wording.parameters(None),
        wording.with_interval(None),
    ):
        assert shown == wording.MISSING


def test_a_difference_is_noise_where_its_interval_holds_zero() -> None:
    assert wording.verdict(Estimate(0.1, 0.01, 0.2)) is Verdict.BETTER
    assert wording.verdict(Estimate(-0.1, -0.2, -0.01)) is Verdict.WORSE
    assert wording.verdict(Estimate(0.1, 0.0, 0.2)) is Verdict.NOISE
    assert wording.verdict(None) is Verdict.UNKNOWN


def test_verdicts_differ_in_more_than_colour() -> None:
    assert len({each.sign for each in Verdict}) == len(Verdict)


def test_numbers_keep_the_digits_that_count() -> None:
    assert [wording.number(each) for each in (1240.4, 45.63, 0.376, 3.0)] == [
        "1,240",
        "45.6",
        "0.38",
        "3",
    ]
    assert wording.parameters(22_713_216) == "22.7 M"
    assert wording.p_value(0.0004) == "< 0.001"
    assert wording.metric("balanced_accuracy") == "balanced accuracy"
    assert wording.metric("answer_f1") == "answer F1"
