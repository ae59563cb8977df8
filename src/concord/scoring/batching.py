"""Token pairs to logits: each distinct pair once, in batches of similar length."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from concord.alignment.scores import NUM_LOGITS, FloatArray
from concord.scoring.backends.backend import Backend
from concord.text import PairTokenizer, TokenIds, build_token_batch, token_budget_batches

TokenPair: TypeAlias = tuple[TokenIds, TokenIds]
Progress: TypeAlias = Callable[[int, int], None]
"""Called with the number of pairs done and of all pairs."""


def score_token_pairs(
    pairs: Sequence[TokenPair],
    backend: Backend,
    tokenizer: PairTokenizer,
    *,
    max_batch_tokens: int = 2048,
    progress: Progress | None = None,
) -> FloatArray:
    """Return the joint logits of each (context, claim) pair of token ids, shape ``(pairs, 6)``.

    Equal pairs are scored once. The longest pairs go first, so that memory is at its peak at
    the start; no row is padded beyond the longest of its batch.

    Args:
        pairs: Ids without special tokens, fitted to the window; all in memory at once.
        backend: What computes logits.
        tokenizer: Knows how a pair is laid out.
        max_batch_tokens: Bound on a batch's pairs times its longest pair's tokens.
        progress: Called after each batch.
    """
    distinct, positions = distinct_pairs(pairs)
    lengths = _pair_lengths(distinct, tokenizer)
    order = np.argsort(-lengths, kind="stable")
    budget = _shared_budget(lengths, max_batch_tokens, backend.num_streams)
    batches = token_budget_batches(lengths, order, max_batch_tokens=budget)
    token_batches = (
        build_token_batch([distinct[row] for row in rows], tokenizer.template, tokenizer.pad_id)
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
