"""Which examples an epoch draws and how they are put into batches."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from concord.data.drawing import Draws, draw_batches
from concord.data.sampling import Batching, SamplingOptions, Strategy, compute_budgets
from concord.errors import ConfigError

Lengths = list[NDArray[np.int64]]


def as_lengths(*of_sources: list[int]) -> Lengths:
    return [np.array(lengths, dtype=np.int64) for lengths in of_sources]


def owners(batches: list[NDArray[np.int64]], sizes: list[int]) -> list[set[int]]:
    """Return the data sets that each batch holds."""
    ends = np.cumsum(sizes)
    return [set(np.searchsorted(ends, batch, side="right").tolist()) for batch in batches]


def test_a_row_of_shuffles_goes_on_where_an_epoch_of_another_length_ended() -> None:
    sampling = SamplingOptions(strategy=Strategy.ANNEALED, samples_per_epoch=30)
    draws = Draws({"big": 40, "small": 5}, sampling, seed=1, epochs=4)
    shares = [draws.quotas(epoch)["small"] for epoch in range(4)]
    assert len(set(shares)) == 4  # from 30 * 5/45 = 3.3 to 30 * 1.38 / (2.09 + 1.38) = 11.9
    row = np.concatenate([draws.indices("small", epoch) for epoch in range(4)])
    assert len(row) == sum(shares)
    for start in range(0, len(row) - 4, 5):
        assert sorted(row[start : start + 5].tolist()) == [0, 1, 2, 3, 4]


def test_an_epoch_can_be_drawn_without_the_ones_before_it() -> None:
    sampling = SamplingOptions(strategy=Strategy.ANNEALED, samples_per_epoch=30)
    first, again = (Draws({"a": 40, "b": 5}, sampling, seed=1, epochs=4) for _ in range(2))
    inorder = [first.indices("b", epoch).tolist() for epoch in range(4)]
    assert again.indices("b", 3).tolist() == inorder[3]


def test_no_example_is_drawn_more_often_than_the_repeats_allow() -> None:
    sampling = SamplingOptions(strategy=Strategy.UNIFORM, samples_per_epoch=40, max_repeats=3)
    draws = Draws({"big": 40, "small": 4}, sampling, seed=0)
    assert draws.quotas(0) == {"big": 28, "small": 12}  # 20 each, but small has 4 * 3
    assert Counter(draws.indices("small", 0).tolist()) == {0: 3, 1: 3, 2: 3, 3: 3}


def test_batches_of_one_task_hold_one_data_set() -> None:
    lengths = as_lengths([5] * 30, [6] * 30)
    batches = draw_batches(lengths, np.random.default_rng(0), 30, batching="one_task")
    assert all(len(held) == 1 for held in owners(batches, [30, 30]))
    mixed = draw_batches(lengths, np.random.default_rng(0), 1000, batching="mixed")
    assert owners(mixed, [30, 30]) == [{0, 1}]


def test_batches_in_turn_go_round_and_pass_over_a_set_that_has_run_out() -> None:
    # two of 10 tokens to a batch of 20: three batches, then one of 20 each: two, then one
    lengths = as_lengths([10] * 6, [20] * 2, [4] * 3)
    batches = draw_batches(lengths, np.random.default_rng(3), 20, batching="one_task", in_turn=True)
    assert owners(batches, [6, 2, 3]) == [{0}, {1}, {2}, {0}, {1}, {0}]


def test_batches_out_of_turn_come_in_random_order() -> None:
    lengths = as_lengths([10] * 20, [10] * 20)
    batches = draw_batches(lengths, np.random.default_rng(0), 10, batching="one_task")
    first_half = Counter(min(held) for held in owners(batches, [20, 20])[:20])
    assert 0 < first_half[0] < 20


def test_an_empty_data_set_takes_no_turn() -> None:
    lengths = as_lengths([], [3, 3])
    batches = draw_batches(lengths, np.random.default_rng(0), 3, batching="one_task", in_turn=True)
    assert sorted(batch.tolist() for batch in batches) == [[0], [1]]


@given(
    lengths=st.lists(st.lists(st.integers(4, 90), max_size=60), min_size=1, max_size=4),
    budget=st.integers(1, 300),
    seed=st.integers(0, 9),
    batching=st.sampled_from(["mixed", "one_task"]),
    in_turn=st.booleans(),
)
def test_every_example_is_in_exactly_one_batch_within_the_budget(
    lengths: list[list[int]], budget: int, seed: int, batching: Batching, in_turn: bool
) -> None:
    of_sources = as_lengths(*lengths)
    rng = np.random.default_rng(seed)
    sequences = [rng.integers(1, 5, len(of_source)) for of_source in of_sources]
    batches = draw_batches(
        of_sources, rng, budget, batching=batching, sequences=sequences, in_turn=in_turn
    )
    longest, rows = np.concatenate(of_sources), np.concatenate(sequences)
    drawn = [position for batch in batches for position in batch.tolist()]
    assert sorted(drawn) == list(range(len(longest)))
    for batch in batches:
        assert len(batch) == 1 or longest[batch].max() * rows[batch].sum() <= budget


@pytest.mark.parametrize("batching", ["mixed", "one_task"])
def test_the_generator_decides_the_batches(batching: Batching) -> None:
    lengths = as_lengths([5] * 40, [6] * 40)
    first, again, other = (
        [
            batch.tolist()
            for batch in draw_batches(lengths, np.random.default_rng(seed), 30, batching=batching)
        ]
        for seed in (0, 0, 1)
    )
    assert first == again
    assert first != other


def test_a_budget_is_exact_and_the_same_in_every_epoch() -> None:
    sampling = SamplingOptions(max_examples={"a": 60}, shares={"a": 0.05, "b": 0.01})
    draws = Draws({"a": 100, "b": 20, "c": 7}, sampling, seed=3, epochs=2)
    # 5 % of 60 are 3; 1 % of 20 are 0.2, and one takes part at least
    assert draws.sizes == {"a": 3, "b": 1, "c": 7}
    assert draws.quotas(0) == {"a": 3, "b": 1, "c": 7}
    first, second = (draws.indices("a", epoch).tolist() for epoch in (0, 1))
    assert len(set(first)) == 3
    assert set(first) == set(second)
    assert set(draws.indices("c", 0).tolist()) == set(range(7))
    again = Draws({"a": 100, "b": 20, "c": 7}, sampling, seed=3, epochs=2)
    assert again.indices("a", 1).tolist() == second


def test_a_buffer_is_part_of_what_was_learned_before_and_another_seed_draws_another() -> None:
    def drawn(seed: int, **limits: dict[str, float]) -> set[int]:
        draws = Draws({"a": 1000}, SamplingOptions(**limits), seed=seed)  # type: ignore[arg-type]
        return set(draws.indices("a", 0).tolist())

    learned = drawn(0, max_examples={"a": 200})
    buffer = drawn(0, max_examples={"a": 200}, shares={"a": 0.05})
    assert (len(learned), len(buffer)) == (200, 10)
    assert buffer < learned
    assert drawn(1, max_examples={"a": 200}) != learned
    assert max(learned) > 200  # at random, not the first ones


def test_shares_round_half_upwards() -> None:
    sampling = SamplingOptions(shares={"a": 0.5, "b": 0.25})
    assert compute_budgets({"a": 5, "b": 5}, sampling) == {"a": 3, "b": 1}  # of 2.5 and 1.25


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ({"max_examples": {"a": 0}}, r"sampling\.max_examples\.a must be at least 1, got 0"),
        ({"shares": {"a": 1.5}}, r"sampling\.shares\.a lies in \(0, 1\], got 1\.5"),
        ({"shares": {"b": 0.5}}, r"sampling\.shares names 'b', and the data sets are \['a'\]"),
    ],
)
def test_a_budget_that_cannot_be_is_told(limits: dict[str, dict[str, float]], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        Draws({"a": 9}, SamplingOptions(**limits), seed=0)  # type: ignore[arg-type]
