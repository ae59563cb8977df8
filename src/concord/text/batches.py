"""Pairs of id sequences to padded encoder inputs, and which pairs to put together."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from concord.errors import ConfigError
from concord.text.tokenizer import PairTemplate, TokenIds, count_tokens


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
    pairs: Sequence[tuple[TokenIds, TokenIds]],
    template: PairTemplate,
    pad_id: int,
    *,
    min_width: int = 0,
) -> TokenBatch:
    """Lay out (context, claim) id sequences as the encoder reads them.

    Args:
        pairs: Context ids and claim ids without special tokens; already fitted to the window.
        template: Where the special tokens go.
        pad_id: The id that fills up the shorter rows.
        min_width: Rows have at least so many tokens.
    """
    prefix, separator, suffix = (
        np.array(ids, dtype=np.int32)
        for ids in (template.prefix, template.separator, template.suffix)
    )
    contexts, claims = (
        count_tokens(pair[0] for pair in pairs),
        count_tokens(pair[1] for pair in pairs),
    )
    second = (len(prefix) + len(separator) + contexts)[:, np.newaxis]  # where the claims begin
    lengths = second + claims[:, np.newaxis] + len(suffix)
    columns = np.arange(lengths.max(initial=min_width))
    is_token = columns < lengths
    is_second = is_token & (columns >= second)
    input_ids = np.full(is_token.shape, pad_id, dtype=np.int64)
    if pairs:
        rows = ((prefix, context, separator, claim, suffix) for context, claim in pairs)
        input_ids[is_token] = np.concatenate(list(chain.from_iterable(rows)))
    types = np.where(is_second, template.claim_type, template.context_type) * is_token
    return TokenBatch(input_ids, is_token.astype(np.int64), types)


def token_budget_batches(
    lengths: NDArray[np.int64],
    order: NDArray[np.int64],
    *,
    max_batch_tokens: int,
    sequences: NDArray[np.int64] | None = None,
) -> list[NDArray[np.int64]]:
    """Cut an order of pairs into batches whose padded size stays within a budget.

    Consecutive pairs of similar length waste the least padding, so sort `order` by length
    first. A single pair longer than the budget is a batch of its own.

    Args:
        lengths: Tokens of each pair, special tokens included, shape ``(pairs,)``.
        order: Indices into `lengths`; every one ends up in exactly one batch.
        max_batch_tokens: Bound on pairs times the longest pair's tokens.
        sequences: How many sequences of up to its length each example takes, where an example is
            more than one pair; the bound is then on sequences times the longest.

    Raises:
        ConfigError: If the budget is not positive.
    """
    if max_batch_tokens < 1:
        raise ConfigError(f"max_batch_tokens must be at least 1, got {max_batch_tokens}")
    batches: list[NDArray[np.int64]] = []
    start, longest, rows = 0, 0, 0
    for position, index in enumerate(order):
        taken = 1 if sequences is None else int(sequences[index])
        widest = max(longest, int(lengths[index]))
        if position > start and widest * (rows + taken) > max_batch_tokens:
            batches.append(order[start:position])
            start, widest, rows = position, int(lengths[index]), 0
        longest, rows = widest, rows + taken
    if start < len(order):
        batches.append(order[start:])
    return batches
