"""Fewer of many rows."""

from itertools import pairwise

import pytest

from concord.alignment import AlignmentExample, Head
from concord.data.evenly import read_evenly, spread_rows, take_evenly


@pytest.mark.parametrize("most", [None, 7, 8])
def test_few_rows_stay_as_they_are(most: int | None) -> None:
    assert take_evenly(list("abcdefg"), most) == list("abcdefg")


@pytest.mark.parametrize("most", range(2, 100, 7))
def test_a_sorted_file_gives_of_each_part_its_share(most: int) -> None:
    taken = take_evenly(range(100), most)
    assert (taken[0], taken[-1], len(taken)) == (0, 99, most)
    steps = [after - before for before, after in pairwise(taken)]
    assert max(steps) - min(steps) <= 1


@pytest.mark.parametrize("most", [None, 1, 5, 99, 100, 101])
def test_reading_takes_the_same_rows_without_holding_the_others(most: int | None) -> None:
    assert read_evenly(lambda: iter(range(100)), most) == take_evenly(range(100), most)


def test_a_single_row_is_the_first() -> None:
    assert take_evenly([3, 4, 5], 1) == [3]


def test_options_of_a_question_stay_together() -> None:
    examples = [
        AlignmentExample(
            context="context",
            claim=f"option {row}",
            head=Head.BINARY,
            target=0.0,
            group=str(row // 4),
        )
        for row in range(40)
    ]
    rows = spread_rows(examples, 12)
    assert rows == [0, 1, 2, 3, 16, 17, 18, 19, 36, 37, 38, 39]


def test_of_no_examples_none_are_taken() -> None:
    assert spread_rows([], 5) == []
