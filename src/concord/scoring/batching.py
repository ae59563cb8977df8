"""Token pairs to logits: each distinct pair once, in batches of similar length."""

from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from concord.alignment.scores import NUM_LOGITS, FloatArray
from concord.scoring.backends.backend import Backend
from concord.text import PairTokenizer, TokenIds, build_token_batch, token_budget_batches

WIDTH_STEP: Final = 16
"""Lone pairs are padded to multiples of this: a width that is new to OpenVINO costs it 10 to 15 ms,
several times what a short pair takes."""

TokenPair: TypeAlias = tuple[TokenIds, TokenIds]
Progress: TypeAlias = Callable[[int, int], None]
"""Called with the number of pairs done and of all pairs."""


def score_token_pairs(
    pairs: Sequence[TokenPair],
    backend: Backend,
    tokenizer: PairTokenizer,
    *,
    max_batch_tokens: int = 1024,
    max_tokens: int | None = None,
    progress: Progress | None = None,
) -> FloatArray:
    """Return the joint logits of each (context, claim) pair of token ids, shape ``(pairs, 6)``.

    Equal pairs are scored once. The longest pairs go first, so that memory is at its peak at
    the start; no row is padded beyond the longest of its batch, but where there is so little to
    score that what a backend prepares for a new width would take longer than the scoring.

    Args:
        pairs: Ids without special tokens, fitted to the window; all in memory at once.
        backend: What computes logits.
        tokenizer: Knows how a pair is laid out.
        max_batch_tokens: Bound on a batch's pairs times its longest pair's tokens.
        max_tokens: The encoder's window; nothing is padded beyond it.
        progress: Called after each batch.
    """
    distinct, positions = distinct_pairs(pairs)
    lengths = _pair_lengths(distinct, tokenizer)
    order = np.argsort(-lengths, kind="stable")
    budget = _shared_budget(lengths, max_batch_tokens, backend.num_streams)
    batches = token_budget_batches(lengths, order, max_batch_tokens=budget)
    is_little = max_tokens is not None and len(batches) <= backend.num_streams
    width = familiar_width(int(lengths.max(initial=0)), max_tokens or 0) if is_little else 0
    token_batches = (
        build_token_batch(
            [distinct[row] for row in rows], tokenizer.template, tokenizer.pad_id, min_width=width
        )
        for rows in batches
    )
    logits = np.empty((len(distinct), NUM_LOGITS), dtype=np.float32)
    done = 0
    for rows, answers in zip(batches, backend.logits(token_batches), strict=True):
        logits[rows] = answers
        done += len(rows)
        if progress is not None:
            progress(len(pairs) * done // len(distinct), len(pairs))
    return logits[positions]


def familiar_width(tokens: int, max_tokens: int) -> int:
    """Return the width that a lone pair is padded to, so that few widths ever occur.

    Args:
        tokens: The pair's tokens.
        max_tokens: The encoder's window.
    """
    return min(-(-tokens // WIDTH_STEP) * WIDTH_STEP, max_tokens)


def _shared_budget(lengths: NDArray[np.int64], max_batch_tokens: int, num_streams: int) -> int:
    """Lower the budget where all pairs would otherwise keep only some of the streams busy."""
    share = -(-int(lengths.sum()) // num_streams)
    return min(max_batch_tokens, max(share, int(lengths.max(initial=1))))


def distinct_pairs(pairs: Sequence[TokenPair]) -> tuple[list[TokenPair], NDArray[np.int64]]:
    """Return the distinct pairs, and for each given pair its place among them."""
    places: dict[tuple[bytes, bytes], int] = {}
    distinct: list[TokenPair] = []
    positions = np.empty(len(pairs), dtype=np.int64)
    for number, (context, claim) in enumerate(pairs):
        place = places.setdefault((context.tobytes(), claim.tobytes()), len(distinct))
        if place == len(distinct):
            distinct.append((context, claim))
        positions[number] = place
    return distinct, positions


def _pair_lengths(pairs: Sequence[TokenPair], tokenizer: PairTokenizer) -> NDArray[np.int64]:
    text_tokens = (len(context) + len(claim) for context, claim in pairs)
    lengths = np.fromiter(text_tokens, dtype=np.int64, count=len(pairs))
    return lengths + tokenizer.template.num_special_tokens
