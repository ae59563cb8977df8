"""Date swap: years, months, days and weekdays in several formats."""

from itertools import islice

import numpy as np
import pytest

from concord.data.synthetic.date_swap import swap_date


def _swaps(claim: str, context: str, draws: int = 60) -> set[str]:
    rngs = [np.random.default_rng(n) for n in range(draws)]
    return {change.text for rng in rngs for change in islice(swap_date(claim, context, rng), 1)}


def test_the_other_year_of_the_context_takes_the_place_of_the_first() -> None:
    context = "The bridge opened in 1931 and closed in 1954."
    assert "It opened in 1954." in _swaps("It opened in 1931.", context)


def test_a_month_keeps_its_form_and_its_day_exists() -> None:
    months = {text.split()[2] for text in _swaps("On 31 Oct he left.", "He left.")}
    months.discard("Oct")  # where the day was changed
    assert months
    assert months <= {"Jan", "Mar", "May", "Jul", "Aug", "Dec"}  # those with 31 days


def test_days_keep_their_form() -> None:
    days = {text.split()[1] for text in _swaps("On 2nd May he left.", "", 300)} - {"2nd"}
    assert {"1st", "3rd"} <= days
    iso = {text.split("-")[2] for text in _swaps("2016-11-03", "Then.")} - {"03"}
    assert all(len(day) == 2 for day in iso)


def test_after_a_year_only_a_later_one_is_false() -> None:
    context = "It opened in 1993; the road is of 1950."
    years = {int(text.split()[-1][:4]) for text in _swaps("It opened after 1990.", context)}
    assert years
    assert min(years) > 1993
    years = {int(text.split()[-1][:4]) for text in _swaps("It opened before 1995.", context)}
    assert years
    assert max(years) < 1950


@pytest.mark.parametrize("bound", ["by the year", "by the end of", "since", "since early"])
def test_where_a_later_year_would_still_be_true_only_an_earlier_one_is_taken(bound: str) -> None:
    years = {int(text.split()[-1][:4]) for text in _swaps(f"It stood {bound} 2000.", "In 1998.")}
    assert years
    assert max(years) < 1998


@pytest.mark.parametrize("bound", ["until", "till late", "up to the year"])
def test_where_an_earlier_year_would_still_be_true_only_a_later_one_is_taken(bound: str) -> None:
    years = {int(text.split()[-1][:4]) for text in _swaps(f"It stood {bound} 2000.", "In 2003.")}
    assert years
    assert min(years) > 2003


def test_only_one_part_is_changed_and_it_is_named() -> None:
    change = next(
        swap_date("On Friday it rained.", "On Friday, not Monday.", np.random.default_rng(1))
    )
    assert change.provenance == "date_swap: Friday -> Monday"
    assert change.text == "On Monday it rained."


def test_a_claim_without_a_date_is_left_alone() -> None:
    assert _swaps("It rained.", "In 1931.") == set()
