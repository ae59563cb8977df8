import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from concord.errors import ConfigError
from concord.text.batches import build_token_batch, fit_context, token_budget_batches
from concord.text.tokenizer import PairTemplate, TokenIds

TEMPLATE = PairTemplate(
    prefix=(2,), separator=(3,), suffix=(3,), prefix_type=0, context_type=0, claim_type=1
)


def ids(*values: int) -> TokenIds:
    return np.array(values, dtype=np.int32)


def test_a_pair_is_laid_out_with_its_special_tokens_and_padded_on_the_right() -> None:
    batch = build_token_batch([(ids(5, 6), ids(7)), (ids(), ids(8))], TEMPLATE, pad_id=0)
    assert batch.input_ids.tolist() == [[2, 5, 6, 3, 7, 3], [2, 3, 8, 3, 0, 0]]
    assert batch.attention_mask.tolist() == [[1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 0, 0]]
    assert batch.token_type_ids.tolist() == [[0, 0, 0, 0, 1, 1], [0, 0, 1, 1, 0, 0]]
    assert len(batch) == 2


def test_a_layout_with_two_separators_is_kept() -> None:
    template = PairTemplate((0,), (2, 2), (2,), prefix_type=0, context_type=0, claim_type=0)
    batch = build_token_batch([(ids(5), ids(7))], template, pad_id=1)
    assert batch.input_ids.tolist() == [[0, 5, 2, 2, 7, 2]]
    assert not batch.token_type_ids.any()


def test_no_pairs_make_an_empty_batch() -> None:
    assert len(build_token_batch([], TEMPLATE, pad_id=0)) == 0


_IDS = st.lists(st.integers(10, 20), max_size=6).map(lambda values: ids(*values))


@given(st.lists(st.tuples(_IDS, _IDS), min_size=1, max_size=6))
def test_a_row_is_the_same_alone_and_in_a_batch(pairs: list[tuple[TokenIds, TokenIds]]) -> None:
    batch = build_token_batch(pairs, TEMPLATE, pad_id=0)
    for row, pair in enumerate(pairs):
        alone = build_token_batch([pair], TEMPLATE, pad_id=0)
        width = alone.input_ids.shape[1]
        assert batch.input_ids[row, :width].tolist() == alone.input_ids[0].tolist()
        assert batch.token_type_ids[row, :width].tolist() == alone.token_type_ids[0].tolist()
        assert batch.attention_mask[row].sum() == width == len(pair[0]) + len(pair[1]) + 3


@pytest.mark.parametrize(("context", "claim", "kept"), [(4, 3, 4), (8, 3, 7), (8, 12, 0)])
def test_a_context_gives_way_to_the_claim(context: int, claim: int, kept: int) -> None:
    assert fit_context(context, claim, capacity=10) == kept


def test_batches_close_before_their_padded_size_exceeds_the_budget() -> None:
    lengths = np.array([3, 3, 4, 9, 30], dtype=np.int64)
    batches = token_budget_batches(lengths, np.arange(5), max_batch_tokens=12)
    # 3 + 3 + 4 padded to 4 are 12; 9 and 30 would be 60; 30 exceeds the budget alone
    assert [batch.tolist() for batch in batches] == [[0, 1, 2], [3], [4]]


@given(st.lists(st.integers(1, 40), max_size=30), st.integers(1, 100))
def test_every_pair_is_in_one_batch_within_the_budget(sizes: list[int], budget: int) -> None:
    lengths = np.array(sizes, dtype=np.int64)
    order = np.argsort(lengths, kind="stable")
    batches = token_budget_batches(lengths, order, max_batch_tokens=budget)
    assert [index for batch in batches for index in batch.tolist()] == order.tolist()
    for batch in batches:
        assert len(batch) == 1 or len(batch) * lengths[batch].max() <= budget


def test_an_example_of_several_sequences_fills_as_much_of_the_budget() -> None:
    lengths, sequences = np.array([5, 5, 10]), np.array([4, 1, 2])
    batches = token_budget_batches(lengths, np.arange(3), max_batch_tokens=25, sequences=sequences)
    # 4 + 1 sequences of 5 tokens are 25; with 2 more of 10 they would be 70, and alone are 20
    assert [batch.tolist() for batch in batches] == [[0, 1], [2]]
    batches = token_budget_batches(lengths, np.arange(3), max_batch_tokens=24, sequences=sequences)
    assert [batch.tolist() for batch in batches] == [[0], [1], [2]]  # 1 + 2 of 10 would be 30


def test_a_budget_of_nothing_is_refused() -> None:
    with pytest.raises(ConfigError, match="max_batch_tokens must be at least 1, got 0"):
        token_budget_batches(np.array([1]), np.array([0]), max_batch_tokens=0)
