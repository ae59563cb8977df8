"""Dates part by part, in several formats."""

import pytest

from concord.text.dates import DatePart, find_dates


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("It opened in 1931.", {("1931", DatePart.YEAR)}),
        ("Built 1788 (it is said)", set()),
        ("by 1788", {("1788", DatePart.YEAR)}),
        ("It holds 1931 people and 2000 cars.", set()),
        ("4 September 1981", {("4", "day"), ("September", "month"), ("1981", "year")}),
        ("the 4th of Sept.", {("4th", "day"), ("Sept", "month")}),
        ("September 4th, 1981", {("4th", "day"), ("September", "month"), ("1981", "year")}),
        ("Nov 3 , 2016", {("3", "day"), ("Nov", "month"), ("2016", "year")}),
        ("in March", {("March", "month")}),
        ("in May 2011", {("May", "month"), ("2011", "year")}),
        ("2016-11-03", {("03", "day"), ("11", "month"), ("2016", "year")}),
        ("03/11/2016", {("2016", "year")}),
        ("on Friday", {("Friday", "weekday")}),
        ("the late 1990s", {("1990s", "decade")}),
        ("Theresa May may march on.", set()),
        ("It cost $1950 or 1999.50.", set()),
    ],
)
def test_the_parts_of_dates_are_found(text: str, parts: set[tuple[str, str]]) -> None:
    assert {(date.written, date.part) for date in find_dates(text)} == parts
