"""Amounts in figures and in words."""

from decimal import Decimal

import pytest

from concord.text.quantities import find_quantities, stated_values


@pytest.mark.parametrize(
    ("text", "written", "value"),
    [
        ("It cost $5 million.", "$5 million", 5_000_000),
        ("It cost 5,000,000 dollars.", "5,000,000", 5_000_000),
        ("nineteen hundred seats", "nineteen hundred", 1900),
        ("one hundred and twenty seats", "one hundred and twenty", 120),
        ("two thousand three hundred seats", "two thousand three hundred", 2300),
        ("a rise of 9 percent", "9 percent", 9),
        ("a rise of 9%", "9%", 9),
        ("the twenty-first time", "twenty-first", 21),
        ("the 21st time", "21st", 21),
        ("a dozen seats", "dozen", 12),
    ],
)
def test_an_amount_is_found_whole(text: str, written: str, value: int) -> None:
    (quantity,) = find_quantities(text)
    assert (text[slice(*quantity.span)], quantity.value) == (written, Decimal(value))


def test_five_and_six_are_two_amounts() -> None:
    assert [each.value for each in find_quantities("five and six seats")] == [5, 6]


def test_words_and_numerals_state_values_too() -> None:
    # half is 0.5 or 50 (per cent), II is 2, both is 2, a is 1
    values = {Decimal(each) for each in ("0.5", "50", "2", "1")}
    assert stated_values("Half of Part II; both said a word.") == values


def test_bounds_and_rough_numbers_are_marked() -> None:
    text = "more than 20, less than 30, about 40, after 50, 60"
    found = [(int(each.value), each.bound, each.is_rough) for each in find_quantities(text)]
    assert found == [
        (20, 1, False),
        (30, -1, False),
        (40, 0, True),
        (50, 1, False),
        (60, 0, False),
    ]
