"""Inputs that are read word by word: where each word stands, and which token speaks for it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from concord.errors import InputError
from concord.tasks.task import Encoding
from concord.text import PairTokenizer
from concord.text.inputs import EncoderInput
from concord.text.tokenizer import TokenizedText

_WORD: Final = re.compile(r"\w+(?:[-.]\w+|,\d+)*|[^\w\s]")
NO_TOKEN: Final = -1
"""Where a word's token should stand, if the tokenizer gives the word none."""


class WordInput(NamedTuple):
    """A text with its words.

    Attributes:
        text: The text; of a list of words, these with a blank between.
        starts: The first character of each word.
        ends: The past-the-end character of each word.
        is_list: Whether a list of words was given, so that answers count words.
    """

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    is_list: bool

    @property
    def words(self) -> tuple[str, ...]:
        """The words in order."""
        return tuple(
            self.text[start:end] for start, end in zip(self.starts, self.ends, strict=True)
        )


@dataclass(frozen=True, slots=True)
class WordPlaces:
    """What decoding knows of an input's words.

    Attributes:
        words: The input.
        tokens: Each word's first token, counted through all sequences of the input with their
            special tokens; `NO_TOKEN` where it has none.
        ends: The token past each word's last one, counted likewise.
        num_tokens: Tokens of all sequences, special tokens included.
    """

    words: WordInput
    tokens: NDArray[np.int64]
    ends: NDArray[np.int64]
    num_tokens: int


def words_in_text(text: str) -> WordInput:
    """Find the words of a text.

    A word is a run of letters and digits, with points or hyphens inside it, or commas before
    digits; every other sign but a blank is a word of its own.
    """
    found = list(_WORD.finditer(text))
    starts = tuple(match.start() for match in found)
    return WordInput(text, starts, tuple(match.end() for match in found), is_list=False)


def words_in_list(words: Sequence[str]) -> WordInput:
    """Return words that were parted before."""
    lengths = np.array([len(word) for word in words], dtype=np.int64)
    starts = np.cumsum(lengths + 1) - lengths - 1
    ends = starts + lengths
    return WordInput(" ".join(words), tuple(starts.tolist()), tuple(ends.tolist()), is_list=True)


def parse_words(value: object) -> WordInput:
    """Return what a user gives to `predict`: a text, or a list of words.

    Raises:
        InputError: If it is neither.
    """
    if isinstance(value, WordInput):
        return value
    if isinstance(value, str):
        return words_in_text(value)
    if isinstance(value, list | tuple) and all(isinstance(word, str) for word in value):
        return words_in_list(value)
    raise InputError(f"the task reads a text or a list of words, found {value!r:.60}")


def encode_words(
    inputs: Sequence[WordInput], tokenizer: PairTokenizer, max_tokens: int
) -> list[Encoding]:
    """Return each input's sequences, with its `WordPlaces` as the detail.

    A text longer than the window becomes several sequences, parted between words; only a word
    longer than the window is parted within.
    """
    tokenized = tokenizer.tokenize([each.text for each in inputs])
    return [
        _encode(each, tokens, tokenizer, max_tokens)
        for each, tokens in zip(inputs, tokenized, strict=True)
    ]


def token_windows(num_tokens: int, capacity: int, cuts: Sequence[int] | None = None) -> list[int]:
    """Return where windows over tokens begin, and at last where the text ends.

    Args:
        num_tokens: Tokens of the text, without special tokens.
        capacity: Tokens of a window.
        cuts: Where a window may begin, rising; anywhere unless given.
    """
    bounds = [0]
    while num_tokens - bounds[-1] > capacity:
        latest = bounds[-1] + capacity
        if cuts is not None:
            place = int(np.searchsorted(cuts, latest, side="right")) - 1
            if place >= 0 and cuts[place] > bounds[-1]:
                latest = cuts[place]
        bounds.append(latest)
    return [*bounds, num_tokens]


def _encode(
    words: WordInput, tokenized: TokenizedText, tokenizer: PairTokenizer, max_tokens: int
) -> Encoding:
    prefix, suffix = len(tokenizer.template.prefix), len(tokenizer.template.suffix)
    firsts, ends = _tokens_of_words(words, tokenized.offsets)
    cuts = np.unique(firsts[firsts != NO_TOKEN]).tolist()
    capacity = max(max_tokens - prefix - suffix, 1)
    bounds = token_windows(len(tokenized.ids), capacity, cuts)
    sequences = tuple(EncoderInput(tokenized.ids[start:end]) for start, end in pairwise(bounds))

    def placed(tokens: NDArray[np.int64]) -> NDArray[np.int64]:
        window = np.searchsorted(bounds[1:-1], tokens, side="right")
        return tokens + prefix + window * (prefix + suffix)

    has_token = firsts != NO_TOKEN
    num_tokens = len(tokenized.ids) + len(sequences) * (prefix + suffix)
    places = WordPlaces(
        words,
        np.where(has_token, placed(firsts), NO_TOKEN),
        np.where(has_token, placed(ends - 1) + 1, NO_TOKEN),
        num_tokens,
    )
    return Encoding(sequences, places)


def _tokens_of_words(
    words: WordInput, offsets: NDArray[np.int32]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the first token that overlaps each word and the one past the last."""
    starts, ends = (np.array(side, dtype=np.int64) for side in (words.starts, words.ends))
    if not len(offsets):
        return np.full(len(starts), NO_TOKEN), np.full(len(starts), NO_TOKEN)
    # a token without characters must not hide those after it from the search
    token_ends = np.maximum.accumulate(offsets[:, 1])
    token_starts = np.maximum.accumulate(offsets[:, 0])
    firsts = np.searchsorted(token_ends, starts, side="right")
    pasts = np.searchsorted(token_starts, ends, side="left")
    has_token = firsts < pasts
    return np.where(has_token, firsts, NO_TOKEN), np.where(has_token, pasts, NO_TOKEN)
