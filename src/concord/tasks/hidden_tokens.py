"""Tokens of a text that are hidden or exchanged, by their place among all of its sequences."""

import hashlib
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from concord.tasks.task import IGNORED
from concord.text import PairTokenizer
from concord.text.inputs import EncoderInput
from concord.text.tokenizer import TokenIds

Tokens = NDArray[np.int64]


def window_sequences(
    ids: TokenIds, tokenizer: PairTokenizer, max_tokens: int
) -> tuple[EncoderInput, ...]:
    """Return a text in as many sequences as it needs, one after the other."""
    template = tokenizer.template
    capacity = max(max_tokens - len(template.prefix) - len(template.suffix), 1)
    bounds = [*range(0, max(len(ids), 1), capacity), len(ids)]
    return tuple(EncoderInput(ids[start:end]) for start, end in pairwise(bounds))


def original_tokens(sequences: Sequence[EncoderInput], tokenizer: PairTokenizer) -> Tokens:
    """Return the tokens of sequences end to end, `IGNORED` for special tokens."""
    template = tokenizer.template
    before = np.full(len(template.prefix), IGNORED)
    after = np.full(len(template.suffix), IGNORED)
    rows = [row for each in sequences for row in (before, each.first, after)]
    return np.concatenate(rows).astype(np.int64)


def with_tokens(
    sequences: Sequence[EncoderInput], tokenizer: PairTokenizer, places: Tokens, tokens: Tokens
) -> tuple[EncoderInput, ...]:
    """Return sequences with other tokens in some places, special tokens counted."""
    changed = original_tokens(sequences, tokenizer)
    changed[places] = tokens
    special = len(tokenizer.template.prefix) + len(tokenizer.template.suffix)
    ends = np.cumsum([len(each.first) + special for each in sequences])
    start, end = len(tokenizer.template.prefix), len(tokenizer.template.suffix)
    return tuple(
        EncoderInput(row[start : len(row) - end].astype(np.int32))
        for row in np.split(changed, ends[:-1])
    )


def fixed_places(originals: Tokens, rate: float) -> tuple[Tokens, np.random.Generator]:
    """Choose a share of the text tokens, at least one, always the same of the same text.

    Returns:
        The chosen places, rising, and what drew them, for what else is to be drawn.
    """
    digest = hashlib.blake2b(originals.tobytes(), digest_size=8).digest()
    rng = np.random.default_rng(int.from_bytes(digest, "little"))
    places = np.flatnonzero(originals != IGNORED)
    count = min(max(round(rate * len(places)), 1), len(places))
    return np.sort(rng.choice(places, count, replace=False)), rng
