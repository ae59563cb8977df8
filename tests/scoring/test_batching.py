from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pytest

from concord.alignment.scores import FloatArray
from concord.scoring.batching import distinct_pairs, familiar_width, score_token_pairs
from concord.text import PairTokenizer, TokenBatch


def ids(*numbers: int) -> Any:
    return np.array(numbers, dtype=np.int32)


@pytest.fixture
def yes(tokenizer: PairTokenizer) -> int:
    """The id of the word that makes a context support its claim."""
    [[token_id]] = tokenizer.token_ids(["yes"])
    return int(token_id)


@pytest.fixture
def no(tokenizer: PairTokenizer) -> int:
    """The id of the word that makes a context contradict its claim."""
    [[token_id]] = tokenizer.token_ids(["no"])
    return int(token_id)


class TwoStreams:
    """Says zero, and notes what it is given."""

    num_streams = 2

    def __init__(self) -> None:
        self.batches: list[TokenBatch] = []

    def logits(self, batches: Iterable[TokenBatch]) -> Iterator[FloatArray]:
        for batch in batches:
            self.batches.append(batch)
            yield np.zeros((len(batch), 6), dtype=np.float32)


def test_equal_pairs_are_scored_once_and_answered_each(
    backend: Any, tokenizer: PairTokenizer, yes: int, no: int
) -> None:
    aligned, not_aligned = (ids(yes), ids(8)), (ids(no), ids(8))
    pairs = [aligned, not_aligned, aligned, aligned]
    logits = score_token_pairs(pairs, backend, tokenizer)
    assert backend.num_rows == 2
    assert logits[:, 1].tolist() == [4, 0, 4, 4]


def test_where_a_pair_is_cut_in_two_matters() -> None:
    distinct, positions = distinct_pairs([(ids(5, 6), ids(7)), (ids(5), ids(6, 7))])
    assert len(distinct) == 2
    assert positions.tolist() == [0, 1]


def test_no_row_is_padded_beyond_the_longest_of_its_batch(
    backend: Any, tokenizer: PairTokenizer
) -> None:
    pairs = [(ids(*([8] * length)), ids(9)) for length in (1, 20, 2, 19)]
    score_token_pairs(pairs, backend, tokenizer, max_batch_tokens=48)
    # With a claim token and three special ones: lengths 24 and 23 together, then 6 and 5.
    assert [batch.input_ids.shape for batch in backend.batches] == [(2, 24), (2, 6)]


def test_answers_come_in_the_order_of_the_pairs(
    backend: Any, tokenizer: PairTokenizer, yes: int, no: int
) -> None:
    pairs = [(ids(yes if n % 3 == 0 else no, *([8] * (n % 7))), ids(9, n)) for n in range(40)]
    logits = score_token_pairs(pairs, backend, tokenizer, max_batch_tokens=64)
    assert logits[:, 1].tolist() == [4.0 * (n % 3 == 0) for n in range(40)]


def test_progress_ends_with_all_pairs(backend: Any, tokenizer: PairTokenizer) -> None:
    calls: list[tuple[int, int]] = []
    pairs = [(ids(8, n), ids(9)) for n in range(10)] * 2
    score_token_pairs(
        pairs,
        backend,
        tokenizer,
        max_batch_tokens=12,
        progress=lambda done, total: calls.append((done, total)),
    )
    assert calls[-1] == (20, 20)
    assert calls == sorted(calls)


@pytest.mark.parametrize("max_batch_tokens", [1, 10_000])
def test_no_pairs_give_no_logits(
    backend: Any, tokenizer: PairTokenizer, max_batch_tokens: int
) -> None:
    logits = score_token_pairs([], backend, tokenizer, max_batch_tokens=max_batch_tokens)
    assert logits.shape == (0, 6)


def test_a_few_pairs_are_shared_among_the_streams(tokenizer: PairTokenizer) -> None:
    backend = TwoStreams()
    pairs = [(ids(8, n), ids(9)) for n in range(4)]
    score_token_pairs(pairs, backend, tokenizer, max_batch_tokens=1000)
    # Four pairs of 6 tokens, so 12 for each of two streams.
    assert [len(batch) for batch in backend.batches] == [2, 2]


def test_many_pairs_keep_to_the_budget_whatever_the_streams(tokenizer: PairTokenizer) -> None:
    backend = TwoStreams()
    score_token_pairs(
        [(ids(8, n), ids(9)) for n in range(9)], backend, tokenizer, max_batch_tokens=18
    )
    assert [len(batch) for batch in backend.batches] == [3, 3, 3]


@pytest.mark.parametrize(("tokens", "width"), [(6, 16), (16, 16), (17, 32), (40, 40)])
def test_lone_pairs_take_few_widths_and_never_more_than_the_window(tokens: int, width: int) -> None:
    assert familiar_width(tokens, 40) == width


def test_a_lone_pair_is_padded_and_many_are_not(tokenizer: PairTokenizer) -> None:
    backend = TwoStreams()
    score_token_pairs([(ids(8), ids(9))], backend, tokenizer, max_tokens=32)
    assert backend.batches.pop().input_ids.shape == (1, 16)
    pairs = [(ids(8, n), ids(9)) for n in range(9)]
    score_token_pairs(pairs, backend, tokenizer, max_batch_tokens=18, max_tokens=32)
    assert {batch.input_ids.shape for batch in backend.batches} == {(3, 6)}
