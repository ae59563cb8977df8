"""Pairs of id sequences to padded encoder inputs, and which pairs to put together."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from concord.errors import ConfigError
from concord.text.tokenizer import PairTemplate, TokenIds


@dataclass(frozen=True, slots=True)
class TokenBatch:
    """Encoder inputs for some pairs, padded on the right to the longest of them.

    Each array is int64 of shape ``(pairs, tokens)``; `attention_mask` is 1 on real tokens.
    """

    input_ids: NDArray[np.int64]
    attention_mask: NDArray[np.int64]
    token_type_ids: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.input_ids)


def fit_context(num_context: int, num_claim: int, *, capacity: int) -> int:
    """Return how many context tokens fit beside a claim in `capacity` text tokens.

    An over-long pair loses the end of its context only.
    """
    return min(num_context, max(capacity - num_claim, 0))


def build_token_batch(
    pairs: Sequence[tuple[TokenIds, TokenIds]], template: PairTemplate, pad_id: int
) -> TokenBatch:
    """Lay out (context, claim) id sequences as the encoder reads them.

    Args:
        pairs: Context ids and claim ids without special tokens; already fitted to the window.
        template: Where the special tokens go.
        pad_id: The id that fills up the shorter rows.
    """
    prefix, separator, suffix = template.prefix, template.separator, template.suffix
    lengths = [len(context) + len(claim) for context, claim in pairs]
    width = max(lengths, default=0) + template.num_special_tokens
    input_ids = np.full((len(pairs), width), pad_id, dtype=np.int64)
    attention_mask = np.zeros((len(pairs), width), dtype=np.int64)
    token_type_ids = np.zeros((len(pairs), width), dtype=np.int64)
    for row, (context, claim) in enumerate(pairs):
        start = len(prefix)
        middle = start + len(context)
        second = middle + len(separator)
        end = second + len(claim) + len(suffix)
        input_ids[row, :start] = prefix
        input_ids[row, start:middle] = context
        input_ids[row, middle:second] = separator
        input_ids[row, second : end - len(suffix)] = claim
        input_ids[row, end - len(suffix) : end] = suffix
        attention_mask[row, :end] = 1
        token_type_ids[row, :second] = template.context_type
        token_type_ids[row, second:end] = template.claim_type
    return TokenBatch(input_ids, attention_mask, token_type_ids)


def token_budget_batches(
    lengths: NDArray[np.int64], order: NDArray[np.int64], *, max_batch_tokens: int
) -> list[NDArray[np.int64]]:
    """Cut an order of pairs into batches whose padded size stays within a budget.

    Consecutive pairs of similar length waste the least padding, so sort `order` by length
    first. A single pair longer than the budget is a batch of its own.

    Args:
        lengths: Tokens of each pair, special tokens included, shape ``(pairs,)``.
        order: Indices into `lengths`; every one ends up in exactly one batch.
        max_batch_tokens: Bound on pairs times the longest pair's tokens.

    Raises:
        ConfigError: If the budget is not positive.
    """
    if max_batch_tokens < 1:
        raise ConfigError(f"max_batch_tokens must be at least 1, got {max_batch_tokens}")
    batches: list[NDArray[np.int64]] = []
    start, longest = 0, 0
    for position, index in enumerate(order):
        widest = max(longest, int(lengths[index]))
        if position > start and widest * (position - start + 1) > max_batch_tokens:
            batches.append(order[start:position])
            start, widest = position, int(lengths[index])
        longest = widest
    if start < len(order):
        batches.append(order[start:])
    return batches
