"""Bounds of numbers: what holds by arithmetic is aligned, what does not is contradicted."""

import re
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from concord.data.synthetic.number_bounds import BoundedClaim, bound_numbers

_AT_LEAST = ("more than", "over", "at least")
_AT_MOST = ("less than", "under", "fewer than", "below")


def _bounds(claim: str, context: str, draws: int = 60) -> list[BoundedClaim]:
    rngs = [np.random.default_rng(seed) for seed in range(draws)]
    return [each for rng in rngs for each in bound_numbers(claim, context, rng)]


def _holds(text: str, value: Decimal) -> bool:
    words, limit = re.findall(
        rf"\b({'|'.join((*_AT_LEAST, *_AT_MOST))}) \$?([0-9][0-9,.]*[0-9]|[0-9])", text.lower()
    )[0]
    number = Decimal(limit.replace(",", "")) * (1_000_000 if "million" in text else 1)
    return value > number if words in _AT_LEAST else value < number


@given(value=st.integers(2, 10_000_000))
@settings(max_examples=60, deadline=None)
def test_a_claim_holds_exactly_where_arithmetic_says_so(value: int) -> None:
    text = f"The town counted {value:,} visitors."
    made = _bounds(text, text, draws=3)
    assert len(made) in {6, 8, 10, 12}
    for each in made:
        assert _holds(each.text, Decimal(value)) is each.holds, each.text


def test_half_of_the_claims_hold_and_each_word_does_both() -> None:
    text = "The museum has 26,731 pictures."
    made = _bounds(text, text, draws=200)
    assert sum(each.holds for each in made) * 2 == len(made)
    for word in ("more than", "over", "at least", "less than", "under", "fewer than", "below"):
        assert {each.holds for each in made if f" {word} " in each.text} == {True, False}


def test_of_several_numbers_half_the_claims_bound_all_and_one_decides() -> None:
    text = "The town has 26,731 pictures and 412 statues."
    made = _bounds(text, text)
    bounds = [
        re.findall(rf"\b({'|'.join((*_AT_LEAST, *_AT_MOST))}) ([0-9,]*[0-9]) (\w+)", each.text)
        for each in made
    ]
    assert 0.3 < sum(len(found) == 2 for found in bounds) / len(made) < 0.7
    for each, found in zip(made, bounds, strict=True):
        held = [
            _holds(f"{words} {limit}", Decimal(26_731 if noun == "pictures" else 412))
            for words, limit, noun in found
        ]
        assert all(held) is each.holds
        assert held.count(False) == (0 if each.holds else 1)


def test_a_refuted_bound_is_missed_by_the_number_that_is_bounded_anew() -> None:
    claim, context = "It has less than 26,000 pictures.", "It has 26,731 pictures, 12 of them big."
    rngs = [np.random.default_rng(seed) for seed in range(60)]
    made = [each for rng in rngs for each in bound_numbers(claim, context, rng, is_refuted=True)]
    assert {each.holds for each in made} == {True, False}
    assert all(_holds(each.text, Decimal(26_731)) is each.holds for each in made)


@pytest.mark.parametrize(
    "claim",
    [
        "It has 26,000 pictures.",
        "It has more than 26,000 pictures.",
        "It has less than 26,000 pictures and 12 rooms.",
        "It has pictures.",
    ],
    ids=["no bound", "not missed", "another number", "no number"],
)
def test_nothing_is_made_of_what_may_be_refuted_for_something_else(claim: str) -> None:
    rng = np.random.default_rng(0)
    assert not list(bound_numbers(claim, "It has 26,731 pictures.", rng, is_refuted=True))


@pytest.mark.parametrize(
    ("text", "less"),
    [
        ("The museum has 26,731 pictures.", " (?:less|fewer) than | under | below "),
        ("The museum opened in 1931.", " before "),
    ],
    ids=["amounts", "years"],
)
def test_five_claims_in_six_are_bounded_from_below(text: str, less: str) -> None:
    made = _bounds(text, text, draws=600)
    share = sum(re.search(less, each.text) is not None for each in made) / len(made)
    assert share == pytest.approx(1 / 6, abs=0.03)


def test_bounds_are_near_and_far_and_as_round_as_people_choose_them() -> None:
    text = "The museum has 26,731 pictures."
    limits = {int(re.sub(r"\D", "", each.text)) for each in _bounds(text, text)}
    assert any(abs(limit - 26_731) < 5 for limit in limits)
    assert any(limit % 10_000 == 0 for limit in limits)
    assert any(limit % 1_000 == 0 and limit % 10_000 for limit in limits)
    assert 26_731 not in limits


def test_round_numbers_get_round_bounds() -> None:
    text = "The museum has 50,000 pictures."
    limits = {int(re.sub(r"\D", "", each.text)) for each in _bounds(text, text)}
    assert all(limit % 1_000 == 0 for limit in limits)


def test_a_bound_of_the_claim_is_replaced_with_its_words() -> None:
    made = _bounds("It has more than 26,000 pictures.", "It has 26,731 pictures, 12 of them big.")
    assert made
    for each in made:
        assert len(re.findall("than|over|at least|under|below", each.text)) == 1
        assert _holds(each.text, Decimal(26_731)) is each.holds


def test_money_keeps_its_currency_and_may_be_said_in_millions() -> None:
    text = "The film earned $ 28,757,626 abroad."
    made = _bounds(text, text)
    assert all(re.search(r"(?:than|over|least|under|below) \$ [0-9]", each.text) for each in made)
    assert any("million" in each.text for each in made)
    for each in made:
        assert _holds(each.text.replace("$ ", "$"), Decimal(28_757_626)) is each.holds


def test_shares_stay_below_all() -> None:
    text = "It scored 99 % in May."
    assert all(float(re.findall(r"[0-9]+", each.text)[0]) <= 100 for each in _bounds(text, text))


def test_a_year_becomes_earlier_or_later() -> None:
    made = _bounds("The bridge opened in 1931.", "Opened in 1931, it has lamps.")
    assert {each.text.split()[3] for each in made} == {"before", "after"}
    for each in made:
        word, year = each.text.rstrip(".").split()[3:]
        assert ((int(year) > 1931) if word == "before" else (int(year) < 1931)) is each.holds


def test_at_the_start_of_a_claim_the_words_are_capitalised() -> None:
    made = _bounds("26,731 pictures hang there.", "26,731 pictures hang there.")
    assert made
    assert all(each.text[0].isupper() for each in made)


@pytest.mark.parametrize(
    ("claim", "context"),
    [
        ("It has 12 rooms.", "It has many rooms."),
        ("It has 12 rooms.", "It has over 12 rooms."),
        ("It has about 12 rooms.", "It has 12 rooms."),
        ("It has more than 12 rooms.", "It has 15 rooms and 14 baths."),
        ("It has more than 12 rooms.", "It has 500 rooms."),
        ("It was the 3rd time.", "It was the 3rd time."),
        ("The crew of Apollo 11 landed.", "The crew of Apollo 11 landed."),
        ("It won 3 - 1.", "It won 3 - 1."),
        ("They read his 1857 letter.", "They read his 1857 letter."),
        ("It has rooms.", "It has rooms."),
    ],
    ids=[
        "not stated",
        "a bound in the context",
        "roughly",
        "two numbers it can be of",
        "too far",
        "ordinal",
        "name",
        "score",
        "year",
        "none",
    ],
)
def test_where_the_number_is_not_surely_the_one_meant_nothing_is_made(
    claim: str, context: str
) -> None:
    assert not _bounds(claim, context, draws=5)
