from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from concord.errors import ConfigError
from concord.text.boundaries import find_boundaries
from concord.text.chunks import EMPTY_CHUNK, Chunk, pack_chunks, split_long_sentences
from concord.text.sentences import Span, split_sentences
from concord.text.tokenizer import TokenizedText


def tokens(*spans: tuple[int, int]) -> TokenizedText:
    offsets = np.array(spans, dtype=np.int32).reshape(-1, 2)
    return TokenizedText(ids=np.arange(len(spans), dtype=np.int32), offsets=offsets)


def characters(text: str) -> TokenizedText:
    """One token for each character that is not blank."""
    return tokens(*((i, i + 1) for i, character in enumerate(text) if not character.isspace()))


def test_whole_sentences_are_packed_while_they_fit() -> None:
    text = "ab. cd. ef."  # three sentences of 3 tokens; two fill 6 of 7, a third would make 9
    chunks = pack_chunks(characters(text), split_sentences("Ab. Cd. Ef."), max_tokens=7)
    assert chunks == [Chunk(0, 6, 0, 7), Chunk(6, 9, 8, 11)]


def test_an_over_long_sentence_is_cut_in_front_of_a_word() -> None:
    # tokens: a a b b c c; 5 fit, but the fifth is inside the last word, so 4 are taken
    chunks = pack_chunks(characters("aa bb cc"), [Span(0, 8)], max_tokens=5)
    assert chunks == [Chunk(0, 4, 0, 5), Chunk(4, 6, 6, 8)]


def test_a_word_longer_than_a_chunk_falls_apart() -> None:
    chunks = pack_chunks(characters("abcde"), [Span(0, 5)], max_tokens=2)
    assert [(chunk.start, chunk.end) for chunk in chunks] == [(0, 2), (2, 4), (4, 5)]


def test_the_rest_of_an_over_long_sentence_shares_a_chunk_with_the_next() -> None:
    chunks = pack_chunks(characters("aa bb c."), [Span(0, 5), Span(6, 8)], max_tokens=3)
    # the first sentence falls into "aa" and "bb"; "bb" and "c." are 4 tokens, one too many
    assert [len(chunk) for chunk in chunks] == [2, 2, 2]
    chunks = pack_chunks(characters("aaa b c."), [Span(0, 5), Span(6, 8)], max_tokens=3)
    assert [len(chunk) for chunk in chunks] == [3, 3]  # "aaa", then "b" with "c."


def test_a_chunk_ends_at_the_strongest_boundary_of_its_second_half() -> None:
    text = "a.\n\nbb. c.\nd. ef."  # sentences of 2, 3, 2, 2 and 3 tokens; 10 hold the first four
    sentences = split_sentences(text)
    boundaries = find_boundaries(text, sentences)
    chunks = pack_chunks(characters(text), sentences, max_tokens=10, boundaries=boundaries)
    # the blank line comes after 2 of 10 tokens, too early; the end of the line after 7
    assert [text[chunk.start : chunk.end] for chunk in chunks] == ["a.\n\nbb. c.", "d. ef."]


def test_a_heading_moves_on_to_what_it_announces() -> None:
    text = "abc. List:\n- d\n- e"  # sentences of 4, 5, 2 and 2 tokens; 9 hold the first two
    sentences = split_sentences(text)
    boundaries = find_boundaries(text, sentences)
    chunks = pack_chunks(characters(text), sentences, max_tokens=9, boundaries=boundaries)
    # half of 9 is 4.5, and "abc." has only 4: the chunk ends after the colon all the same
    assert [len(chunk) for chunk in chunks] == [9, 4]
    chunks = pack_chunks(characters("x" + text), _shifted(sentences), max_tokens=10)
    assert [len(chunk) for chunk in chunks] == [10, 4]
    chunks = pack_chunks(
        characters("x" + text), _shifted(sentences), max_tokens=10, boundaries=boundaries
    )
    assert [len(chunk) for chunk in chunks] == [5, 9]  # 5 of 10 are half, so the colon moves on


def _shifted(sentences: list[Span]) -> list[Span]:
    """Put one more character into the first sentence."""
    first, *others = sentences
    return [Span(0, first.end + 1), *(Span(s + 1, e + 1) for s, e in others)]


def test_a_chunk_repeats_the_last_sentences_that_the_overlap_allows() -> None:
    text = "aa. bb. cc. dd. ee."  # sentences of 3 tokens; 9 hold three, 4 may be repeated
    chunks = pack_chunks(
        characters(text), split_sentences(text.title()), max_tokens=9, overlap_tokens=4
    )
    assert [text[chunk.start : chunk.end] for chunk in chunks] == ["aa. bb. cc.", "cc. dd. ee."]


def test_an_overlap_that_leaves_no_room_for_the_next_sentence_is_left_out() -> None:
    text = "aaa. bbbb."
    chunks = pack_chunks(
        characters(text), split_sentences(text.title()), max_tokens=6, overlap_tokens=5
    )
    assert [text[chunk.start : chunk.end] for chunk in chunks] == ["aaa.", "bbbb."]


def test_a_token_that_includes_the_blank_before_it_belongs_to_the_later_sentence() -> None:
    tokenized = tokens((0, 2), (2, 5))  # "a.", " b."
    assert [
        len(part)
        for part in split_long_sentences(tokenized, [Span(0, 2), Span(3, 5)], max_tokens=9)
    ] == [1, 1]


def test_a_sentence_that_the_tokenizer_drops_makes_no_chunk_of_its_own() -> None:
    sentences = [Span(0, 2), Span(3, 4), Span(5, 7)]  # nothing is left of the middle one
    assert len(split_long_sentences(tokens((0, 2), (5, 7)), sentences, max_tokens=9)) == 2


@pytest.mark.parametrize("sentences", [[], [Span(0, 1)]])
def test_a_text_without_tokens_is_one_empty_chunk(sentences: list[Span]) -> None:
    assert pack_chunks(tokens(), sentences, max_tokens=4) == [EMPTY_CHUNK]
    assert split_long_sentences(tokens(), sentences, max_tokens=4) == [EMPTY_CHUNK]


def test_a_chunk_hands_out_its_share_of_the_ids() -> None:
    assert Chunk(1, 3, 0, 0).ids(characters("abcd")).tolist() == [1, 2]


def test_a_chunk_must_hold_a_token() -> None:
    with pytest.raises(ConfigError, match="max_tokens = 0"):
        pack_chunks(characters("ab"), [Span(0, 2)], max_tokens=0)


_TEXTS = st.text(st.sampled_from("aB .\n"), min_size=1)


@given(_TEXTS, st.integers(1, 9))
def test_every_token_is_in_exactly_one_chunk_that_is_not_too_long(
    text: str, max_tokens: int
) -> None:
    tokenized, sentences = characters(text), split_sentences(text)
    for divide in (pack_chunks, split_long_sentences):
        chunks = divide(tokenized, sentences, max_tokens=max_tokens)
        assert max(len(chunk) for chunk in chunks) <= max_tokens
        ids = np.concatenate([chunk.ids(tokenized) for chunk in chunks])
        assert ids.tolist() == tokenized.ids.tolist()


@given(_TEXTS, st.integers(1, 9))
def test_the_characters_of_chunks_are_in_order_and_hold_their_tokens(
    text: str, max_tokens: int
) -> None:
    tokenized = characters(text)
    previous_end = 0
    for chunk in pack_chunks(tokenized, split_sentences(text), max_tokens=max_tokens):
        assert previous_end <= chunk.start <= chunk.end <= len(text)
        assert len(chunk) == sum(not c.isspace() for c in text[chunk.start : chunk.end])
        previous_end = chunk.end


@given(_TEXTS, st.integers(1, 9), st.integers(0, 9))
def test_with_overlap_no_token_is_left_out_and_chunks_keep_their_bound(
    text: str, max_tokens: int, overlap_tokens: int
) -> None:
    tokenized, sentences = characters(text), split_sentences(text)
    chunks = pack_chunks(
        tokenized,
        sentences,
        max_tokens=max_tokens,
        boundaries=find_boundaries(text, sentences),
        overlap_tokens=overlap_tokens,
    )
    assert max(len(chunk) for chunk in chunks) <= max_tokens
    assert {*range(len(tokenized.ids))} == {
        token for chunk in chunks for token in range(chunk.token_start, chunk.token_end)
    }
    for one, other in pairwise(chunks):
        assert one.token_end - other.token_start <= overlap_tokens
        assert one.token_start < other.token_start
        assert one.token_end < other.token_end


@given(_TEXTS, st.integers(1, 9))
def test_neighbouring_chunks_would_not_fit_into_one_except_to_keep_a_sentence_whole(
    text: str, max_tokens: int
) -> None:
    chunks = pack_chunks(characters(text), split_sentences(text), max_tokens=max_tokens)
    words = max(map(len, text.split()), default=0)
    if words <= max_tokens:  # then no cut inside a word is needed either
        cuts = [chunk.start for chunk in chunks[1:]]
        assert all(text[cut - 1].isspace() for cut in cuts)
    sentences = split_long_sentences(characters(text), split_sentences(text), max_tokens=max_tokens)
    sizes = {part.token_start: len(part) for part in sentences}
    for one, other in pairwise(chunks):
        is_full = len(one) + sizes[other.token_start] > max_tokens
        assert is_full or 2 * len(one) >= max_tokens  # then it ends where a long sentence begins
