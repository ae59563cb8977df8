"""What teachers said, on disk: in order, and never asked twice."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from concord.data.soft_targets import load_or_answer

BLOCKS = [[1, 3], [2], [0, 4]]


def blocks() -> Iterator[list[int]]:
    yield from BLOCKS


def answer(block: Sequence[int]) -> list[NDArray[np.float32]]:
    """Answer n with n numbers, from n + 0.5 on."""
    return [np.arange(number, dtype=np.float32) + number + 0.5 for number in block]


def test_each_example_has_its_own_vector(tmp_path: Path) -> None:
    soft = load_or_answer(tmp_path / "soft", blocks, answer)
    assert len(soft) == 5
    found = [soft.of(place).tolist() for place in range(5)]
    assert found == [[1.5], [3.5, 4.5, 5.5], [2.5, 3.5], [], [4.5, 5.5, 6.5, 7.5]]


def test_a_killed_run_goes_on_with_the_first_block_that_is_missing(tmp_path: Path) -> None:
    asked: list[list[int]] = []

    def die(block: list[int]) -> list[NDArray[np.float32]]:
        asked.append(block)
        if len(asked) == 2:
            raise KeyboardInterrupt
        return answer(block)

    with pytest.raises(KeyboardInterrupt):
        load_or_answer(tmp_path / "soft", blocks, die)
    assert not (tmp_path / "soft").exists()
    resumed = load_or_answer(tmp_path / "soft", blocks, die)
    assert asked == [[1, 3], [2], [2], [0, 4]]
    whole = load_or_answer(tmp_path / "whole", blocks, answer)
    assert resumed.values.tolist() == whole.values.tolist()
    assert resumed.starts.tolist() == whole.starts.tolist()
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_finished_cache_is_read_and_not_asked(tmp_path: Path) -> None:
    first = load_or_answer(tmp_path / "soft", blocks, answer)

    def refuse(block: list[int]) -> list[NDArray[np.float32]]:
        pytest.fail(f"asked {block} again")

    again = load_or_answer(tmp_path / "soft", blocks, refuse)
    assert again.of(1).tolist() == first.of(1).tolist()
