"""Numbers in digits and in words; what only looks like one is none."""

from decimal import Decimal

import pytest

from concord.text.numbers import NumberKind, find_numbers


@pytest.mark.parametrize(
    ("text", "value", "kind", "scale"),
    [
        ("It has 1,250 lamps.", "1250", NumberKind.COUNT, ""),
        ("It rose by 4.5%.", "4.5", NumberKind.PERCENT, ""),
        ("It rose 12 per cent.", "12", NumberKind.PERCENT, ""),
        ("It cost \u00a33.2m.", "3.2", NumberKind.MONEY, "m"),
        ("He sold 13 million copies.", "13", NumberKind.COUNT, "million"),
        ("It was the 21st time.", "21", NumberKind.ORDINAL, ""),
        ("It was the third time.", "3", NumberKind.ORDINAL, ""),
        ("Twenty-five people came.", "25", NumberKind.COUNT, ""),
        ("a two-year deal", "2", NumberKind.COUNT, ""),
        ("It is 9.5 long.", "9.5", NumberKind.DECIMAL, ""),
    ],
)
def test_numbers_have_a_value_a_kind_and_a_scale(
    text: str, value: str, kind: NumberKind, scale: str
) -> None:
    (number,) = find_numbers(text)
    assert (number.value, number.kind, number.scale) == (Decimal(value), kind, scale)


@pytest.mark.parametrize(
    "text",
    [
        "It opened in 1931.",
        "On 4 September and on March 3 he left.",
        "COVID-19 and the M8 at 08:10, flight 9/11, 2-1.",
        "One of them left; at first he stayed.",
        "He came second.",
    ],
)
def test_dates_names_times_and_figures_of_speech_are_no_numbers(text: str) -> None:
    assert list(find_numbers(text)) == []
