from typing import Any

import pytest

from concord.errors import ConfigError
from concord.scoring.relevance import Relevance


@pytest.mark.parametrize("default", ["auto", True])
def test_relevance_is_on_by_a_word(default: str | bool) -> None:
    assert Relevance.parse(default) == Relevance()


@pytest.mark.parametrize("off", ["none", False])
def test_relevance_is_off_by_a_word(off: str | bool) -> None:
    assert Relevance.parse(off) is None


@pytest.mark.parametrize("count", [8, "8"])
def test_a_number_is_that_many_chunks(count: int | str) -> None:
    assert Relevance.parse(count) == Relevance(top_k=8)


def test_a_value_is_itself() -> None:
    value = Relevance(max_share=0.5)
    assert Relevance.parse(value) is value


@pytest.mark.parametrize("wrong", ["some", "-1", -1, 0.5, None])
def test_what_is_no_relevance_is_refused(wrong: Any) -> None:
    with pytest.raises(ConfigError, match=r"unknown relevance .*; use 'auto', 'none', a number"):
        Relevance.parse(wrong)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"max_share": 0.0}, "max_share must be above 0 and at most 1, got 0.0"),
        ({"max_share": 1.5}, "max_share must be above 0 and at most 1, got 1.5"),
        ({"enough": 0.0}, "enough must be above 0 and at most 1, got 0.0"),
        ({"min_chunks": 0}, "min_chunks must be at least 1, got 0"),
        ({"top_k": 0}, "top_k must be at least 1, got 0"),
    ],
)
def test_bounds_are_checked(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        Relevance(**options)


@pytest.mark.parametrize(
    ("num_chunks", "rounds"),
    [
        (1, (1,)),
        (6, (6,)),  # no more than min_chunks: read whole, and at once
        (7, (2, 3, 6)),  # a quarter of 6 is 1.5, half 3
        (30, (2, 3, 6)),  # a fifth of 30 is 6
        (100, (5, 10, 20)),
        (101, (6, 11, 21)),  # a fifth is 20.2; everything is rounded up
    ],
)
def test_a_budget_doubles_from_round_to_round(num_chunks: int, rounds: tuple[int, ...]) -> None:
    assert Relevance(max_share=0.2, min_chunks=6).rounds(num_chunks) == rounds


def test_a_small_budget_has_fewer_rounds() -> None:
    assert Relevance(min_chunks=1, max_share=0.1).rounds(20) == (1, 2)
    assert Relevance(min_chunks=1, max_share=0.1).rounds(10) == (1,)


def test_a_fixed_number_is_one_round_of_at_most_all_chunks() -> None:
    assert Relevance(top_k=8).rounds(100) == (8,)
    assert Relevance(top_k=8).rounds(5) == (5,)


def test_a_threshold_raises_what_is_enough_and_never_lowers_it() -> None:
    assert Relevance(enough=0.8).at_least(0.9).enough == 0.9
    assert Relevance(enough=0.8).at_least(0.4).enough == 0.8
