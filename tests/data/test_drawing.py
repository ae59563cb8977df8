"""Which examples an epoch draws and how they are put into batches."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from concord.data.drawing import shuffled_batches


@given(
    lengths=st.lists(st.integers(4, 90), min_size=1, max_size=200),
    budget=st.integers(1, 300),
    seed=st.integers(0, 9),
)
def test_every_example_is_in_exactly_one_batch(lengths: list[int], budget: int, seed: int) -> None:
    array = np.array(lengths, dtype=np.int64)
    batches = shuffled_batches(array, np.random.default_rng(seed), budget)
    assert sorted(np.concatenate(batches).tolist()) == list(range(len(lengths)))
    assert all(len(b) == 1 or array[b].max() * len(b) <= budget for b in batches)
