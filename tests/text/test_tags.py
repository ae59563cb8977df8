import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from concord.text.tags import (
    ENTITY_TYPES,
    ID_BITS,
    NUM_TAGS,
    PARTS_OF_SPEECH,
    TAG_BITS,
    TaggedWords,
    joined_tag,
    tags_of_tokens,
    with_tags,
)


def _words(*words: tuple[int, int, int]) -> TaggedWords:
    numbers = np.array(words, dtype=np.int32).reshape(-1, 3)
    return TaggedWords(numbers[:, :2], numbers[:, 2])


def _spans(*spans: tuple[int, int]) -> np.ndarray:
    return np.array(spans, dtype=np.int32).reshape(-1, 2)


def test_both_tags_are_one_number() -> None:
    assert joined_tag("NOUN", "") == 8  # the eighth part of speech, and no name
    assert joined_tag("", "DATE") == 2 * 32  # the second type
    assert joined_tag("NUM", "DATE") == 9 + 64
    assert joined_tag("SPACE", "") == 0  # none that Universal Dependencies know
    assert joined_tag("X", "TITLE_AFFIX") == 17 + 21 * 32  # one past the 20 known types


def test_every_tag_has_room() -> None:
    assert len(PARTS_OF_SPEECH) == 17 < NUM_TAGS
    assert len(ENTITY_TYPES) + 1 == 21 < NUM_TAGS
    largest = np.array([2**ID_BITS - 1], dtype=np.int32)
    carried = with_tags(largest, np.array([2 ** (2 * TAG_BITS) - 1], dtype=np.int32))
    assert carried.tolist() == [2**31 - 1]  # all bits of a positive number
    assert carried.dtype == np.int32


def test_an_id_carries_its_tags_above_it() -> None:
    # 5 + 8 * 2^21, and 7 + 9 * 2^21 + 2 * 2^26
    carried = with_tags(np.array([5, 7], dtype=np.int32), np.array([8, 73], dtype=np.int32))
    assert carried.tolist() == [16_777_221, 153_092_103]


def test_a_sub_word_has_the_tag_of_the_first_word_that_it_touches() -> None:
    # "I don't  know.": the words are I, do, n't, know and the stop
    words = _words((0, 1, 1), (2, 4, 2), (4, 7, 3), (9, 13, 4), (13, 14, 5))
    pieces = _spans((0, 1), (2, 5), (5, 6), (6, 7), (7, 13), (9, 11), (11, 13), (13, 14))
    # "don" has a letter of "do"; "  know" begins with blanks
    assert tags_of_tokens(words, pieces).tolist() == [1, 2, 3, 3, 4, 4, 4, 5]


def test_what_lies_outside_of_words_has_none() -> None:
    words = _words((3, 6, 7))
    assert tags_of_tokens(words, _spans((0, 2), (0, 3), (6, 8), (4, 4))).tolist() == [0, 0, 0, 7]
    assert tags_of_tokens(words, _spans((2, 2))).tolist() == [0]
    assert tags_of_tokens(words, _spans()).tolist() == []
    assert tags_of_tokens(_words(), _spans((0, 2))).tolist() == [0]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 4)), max_size=6), st.data())
def test_tags_are_those_that_a_search_word_by_word_finds(
    gaps: list[tuple[int, int]], data: st.DataObject
) -> None:
    words, place = [], 0
    for number, (gap, length) in enumerate(gaps, start=1):
        words.append((place + gap, place + gap + length, number))
        place += gap + length
    bounds = sorted(data.draw(st.lists(st.integers(0, place + 3), max_size=12)))
    pieces = list(zip(bounds[::2], bounds[1::2], strict=False))
    expected = []
    for start, end in pieces:
        own = [tag for first, last, tag in words if max(first, start) < min(last, end)]
        expected.append(own[0] if own else 0)
    found = tags_of_tokens(_words(*words), _spans(*pieces))
    is_text = [start < end for start, end in pieces]
    assert [tag for tag, keep in zip(found.tolist(), is_text, strict=True) if keep] == [
        tag for tag, keep in zip(expected, is_text, strict=True) if keep
    ]
