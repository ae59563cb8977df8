"""Times of day, written in several ways."""

import pytest

from concord.text.times import find_times


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("It leaves at 21:40.", {1300}),  # 21 * 60 + 40
        ("at 9:40 pm", {1300}),
        ("at 9.40 p.m.", {1300}),
        ("at 9:40", {580, 1300}),  # in the morning or in the evening
        ("12 am", {0}),
        ("at half past nine", {570, 1290}),
        ("a quarter to ten", {585, 1305}),
        ("at noon", {720}),
        ("at midnight", {0}),
    ],
)
def test_a_time_is_the_minutes_after_midnight_that_it_may_mean(
    text: str, minutes: set[int]
) -> None:
    (time,) = find_times(text)
    assert time.minutes == minutes


@pytest.mark.parametrize("text", ["They won 2:1.", "It took 12:30:15.", "9 amps", "v1.9:40"])
def test_results_durations_and_units_are_no_times(text: str) -> None:
    assert list(find_times(text)) == []
