"""One or two texts as a sequence for the encoder."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tests.tiny_models import tiny_tokenizer

from concord.text import build_token_batch
from concord.text.inputs import EncoderInput, build_input_batch

TOKENIZER = tiny_tokenizer()
TEMPLATE = TOKENIZER.template


def _ids(size: int, first: int = 10) -> np.ndarray:
    return np.arange(first, first + size, dtype=np.int32)


def test_a_single_text_stands_between_the_special_tokens() -> None:
    batch = build_input_batch([EncoderInput(_ids(2)), EncoderInput(_ids(3))], TEMPLATE, 0)
    assert batch.input_ids.tolist() == [[2, 10, 11, 3, 0], [2, 10, 11, 12, 3]]
    assert batch.attention_mask.tolist() == [[1, 1, 1, 1, 0], [1, 1, 1, 1, 1]]
    assert not batch.token_type_ids.any()


def test_two_texts_lie_as_a_pair_does_in_scoring() -> None:
    pairs = [(_ids(2), _ids(3, 20)), (_ids(4), _ids(1, 20))]
    ours = build_input_batch([EncoderInput(*pair) for pair in pairs], TEMPLATE, 0)
    theirs = build_token_batch(pairs, TEMPLATE, 0)
    assert (ours.input_ids == theirs.input_ids).all()
    assert (ours.attention_mask == theirs.attention_mask).all()
    assert (ours.token_type_ids == theirs.token_type_ids).all()


def test_single_texts_and_pairs_share_a_batch() -> None:
    batch = build_input_batch([EncoderInput(_ids(4)), EncoderInput(_ids(1), _ids(1))], TEMPLATE, 0)
    assert batch.token_type_ids.tolist() == [[0, 0, 0, 0, 0, 0], [0, 0, 0, 1, 1, 0]]


def test_the_longer_text_is_cut_first() -> None:
    fitted = EncoderInput(_ids(9), _ids(3)).fitted(TEMPLATE, 10)  # 7 text tokens: 4 and 3
    assert fitted.second is not None
    assert (len(fitted.first), len(fitted.second)) == (4, 3)


def test_the_second_text_begins_behind_the_separator() -> None:
    sequence = EncoderInput(_ids(2), _ids(3))
    assert sequence.second_start(TEMPLATE) == 4  # [CLS] a b [SEP]


@given(first=st.integers(0, 30), second=st.integers(0, 30), room=st.integers(3, 40))
def test_a_fitted_pair_fills_the_window_and_never_more(first: int, second: int, room: int) -> None:
    fitted = EncoderInput(_ids(first), _ids(second)).fitted(TEMPLATE, room)
    assert fitted.num_tokens(TEMPLATE) == min(first + second + 3, room)
