"""Claims of arithmetic: the label is what the numbers say, and most of them say "more"."""

import re

import pytest

from concord.data.sources import Split
from concord.data.synthetic.number_comparisons import make_comparisons

_MORE = re.compile(r"\b(?:more than|over|at least|above|after)\b", re.IGNORECASE)
_LESS = re.compile(r"\b(?:less than|under|fewer than|below|before)\b", re.IGNORECASE)
ROWS = list(make_comparisons(Split.VALIDATION))


def _number(text: object) -> int:
    (found,) = re.findall(r"[0-9][0-9,]*", str(text).replace("out of 100", ""))
    return int(found.replace(",", ""))


def test_every_label_is_what_arithmetic_says() -> None:
    for row in ROWS:
        value, limit, claim = _number(row["text_a"]), _number(row["text_b"]), str(row["text_b"])
        is_more = bool(_MORE.search(claim))
        assert is_more is not bool(_LESS.search(claim))
        assert value != limit
        holds = value > limit if is_more else value < limit
        assert row["label"] == ("entailment" if holds else "contradiction"), row


def test_half_hold_and_five_in_six_say_more() -> None:
    # three standard deviations of 1,000 draws: 4.7 and 3.5 points
    held = sum(row["label"] == "entailment" for row in ROWS)
    more = sum(bool(_MORE.search(str(row["text_b"]))) for row in ROWS)
    assert held == pytest.approx(500, abs=47)
    assert more == pytest.approx(833, abs=35)


def test_limits_are_near_and_far() -> None:
    ratios = [_number(row["text_b"]) / _number(row["text_a"]) for row in ROWS]
    assert sum(0.99 < ratio < 1.01 for ratio in ratios) > 50
    assert sum(ratio > 1.5 or ratio < 0.5 for ratio in ratios) > 200


def test_the_splits_are_the_same_each_time_and_have_no_row_in_common_but_by_chance() -> None:
    assert list(make_comparisons(Split.VALIDATION)) == ROWS
    train = {(row["text_a"], row["text_b"]) for row in make_comparisons(Split.TRAIN)}
    shared = sum((row["text_a"], row["text_b"]) in train for row in ROWS)
    assert shared < len(ROWS) * 0.1
