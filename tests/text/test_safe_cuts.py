"""Parts of a text have the tokens of the whole, where the tokenizer is known to allow it."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.tiny_tokenizers import SPECIAL, word_pieces
from tokenizers import AddedToken, Tokenizer, models, normalizers, pre_tokenizers, processors

from concord.text import tokenizer as tokenizer_module
from concord.text.safe_cuts import is_safe_to_cut, parts_of
from concord.text.tokenizer import PairTokenizer

VOCABULARY = [*SPECIAL, "a", "b", "##b", "##a", "cat", ".", "'", "s"]


def bert() -> Tokenizer:
    tokenizer = word_pieces(VOCABULARY)
    tokenizer.add_special_tokens(list(SPECIAL))
    return tokenizer


def roberta() -> Tokenizer:
    """A byte for a token, but where a blank, or nothing, goes before a letter."""
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    pairs = [("\u0120", "a"), ("a", "b"), ("'", "s"), ("\u0120", "\u0120"), ("\u0120a", "b")]
    words = ["<s>", "<pad>", "</s>", "<unk>", *letters, *("".join(pair) for pair in pairs)]
    numbers = {word: number for number, word in enumerate(words)}
    tokenizer = Tokenizer(models.BPE(numbers, pairs))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.post_processor = processors.RobertaProcessing(
        ("</s>", 2), ("<s>", 0), add_prefix_space=False
    )
    tokenizer.add_special_tokens(["<s>", "</s>", AddedToken("<mask>", lstrip=True)])
    return tokenizer


def sentence_piece() -> Tokenizer:
    tokenizer = roberta()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    return tokenizer


# What is special to some tokenizer: marks that join, blanks of all kinds, characters that are
# dropped, contractions, added tokens, and letters that become several in lower case.
FRAGMENTS = st.sampled_from(
    [
        *(" ", " ", "  ", "\n", "\t", "\xa0", "\u3000", "\u200b", "\x00", "\x1c", "\x85", "\u0301"),
        *("a", "b", "ab", "cat", ".", "'s", "\u00e9", "\u0130", "\u03a3", "\u6f22", "\U0001f600"),
        *("[SEP]", "[MASK]", "<mask>", "</s>", "1", "\ud800", "a" * 110),
    ]
)
TEXTS = st.lists(FRAGMENTS | st.characters(codec=None), max_size=40).map("".join)


@pytest.mark.parametrize("build", [bert, roberta])
def test_parts_have_the_tokens_and_offsets_of_the_whole(build: Callable[[], Tokenizer]) -> None:
    raw = build()
    tokenizer = PairTokenizer(raw)
    assert is_safe_to_cut(raw)

    @settings(deadline=None)
    @given(TEXTS, st.integers(1, 12))
    def check(text: str, least: int) -> None:
        whole, short = tokenizer.tokenize([text, "a b"])
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(tokenizer_module, "PART_CHARACTERS", least)
            patch.setattr(tokenizer_module, "ENCODED_CHARACTERS", 2 * least)
            parts, other = tokenizer.tokenize([text, "a b"])
            ids, _ = tokenizer.token_ids([text, "a b"])
        np.testing.assert_array_equal(parts.ids, whole.ids)
        np.testing.assert_array_equal(parts.offsets, whole.offsets)
        np.testing.assert_array_equal(ids, whole.ids)
        np.testing.assert_array_equal(other.offsets, short.offsets)
        assert parts.offsets.shape == (len(parts.ids), 2)

    check()


@settings(deadline=None)
@given(TEXTS, st.integers(1, 12))
def test_parts_make_up_the_text(text: str, least: int) -> None:
    parts = list(parts_of(text, least))
    assert "".join(part for _, part in parts) == text
    for start, part in parts:
        assert text.startswith(part, start)
    for _, part in parts[:-1]:
        assert len(part) >= least
    for _, part in parts[1:]:
        assert part[0] == " "
        assert not part[1].isspace()


def test_a_text_is_cut_in_front_of_lone_blanks_only() -> None:
    # From the third character on: the blanks at 3 and 4 are two, the one at 7 is alone.
    assert list(parts_of("abc  de fg", 3)) == [(0, "abc  de"), (7, " fg")]
    assert list(parts_of("abcdef\nghi", 3)) == [(0, "abcdef\nghi")]


def _with_prefix_space() -> Tokenizer:
    tokenizer = roberta()
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    return tokenizer


def _with_prefix_kept() -> Tokenizer:
    tokenizer = roberta()
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0))
    return tokenizer


def _with_strip() -> Tokenizer:
    tokenizer = roberta()
    tokenizer.normalizer = normalizers.Strip()
    return tokenizer


def _with_added(token: AddedToken) -> Tokenizer:
    tokenizer = bert()
    tokenizer.add_tokens([token])
    return tokenizer


@pytest.mark.parametrize(
    "tokenizer",
    [
        sentence_piece(),
        _with_prefix_space(),
        _with_prefix_kept(),
        _with_strip(),
        _with_added(AddedToken("new york")),
        _with_added(AddedToken("york", rstrip=True)),
        Tokenizer(models.BPE()),
    ],
    ids=["metaspace", "prefix", "offsets", "strip", "two words", "blank after", "no words"],
)
def test_a_tokenizer_that_is_not_known_to_be_safe_gets_texts_whole(
    tokenizer: Tokenizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not is_safe_to_cut(tokenizer)
    text = "new york a b <mask> cat"
    whole = tokenizer.encode(text, add_special_tokens=False)
    monkeypatch.setattr(tokenizer_module, "PART_CHARACTERS", 2)
    if tokenizer.get_vocab_size():
        (tokenized,) = PairTokenizer(tokenizer).tokenize([text])
        assert tokenized.ids.tolist() == whole.ids
        assert tokenized.offsets.tolist() == [list(offsets) for offsets in whole.offsets]
