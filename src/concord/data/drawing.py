"""Which examples an epoch draws and which of them meet in a batch, whatever the examples are.

Every draw is a function of (seed, epoch, data set), never of what was drawn before, so any epoch
can be entered at any batch, and any number of workers reads the same batches.
"""

import hashlib
from collections.abc import Mapping, Sequence
from itertools import chain, zip_longest
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from concord.data.sampling import Batching, SamplingOptions, compute_budgets, compute_quotas
from concord.text.batches import token_budget_batches

Indices: TypeAlias = NDArray[np.int64]


class Draws:
    """Decides which examples of which data set an epoch has.

    Args:
        sizes: Examples in each data set.
        sampling: How an epoch is shared out.
        seed: Decides every draw.
        epochs: How many epochs there will be.

    Raises:
        ConfigError: If the sampling does not fit the data sets.
    """

    def __init__(
        self, sizes: Mapping[str, int], sampling: SamplingOptions, seed: int, epochs: int = 1
    ) -> None:
        self.sizes = compute_budgets(sizes, sampling)
        """By data set, how many of its examples take part."""
        self._sampling = sampling
        self._seed = seed
        self._epochs = epochs
        self._chosen = {
            name: self.generator(f"choice {name}", 0).permutation(size)[: self.sizes[name]]
            for name, size in sizes.items()
            if self.sizes[name] < size
        }
        self.quotas(0)  # options that do not fit the data sets are found here

    def quotas(self, epoch: int) -> dict[str, int]:
        """Return how many examples an epoch, counted from 0, draws from each data set."""
        return compute_quotas(self.sizes, self._sampling, epoch=epoch, epochs=self._epochs)

    def indices(self, name: str, epoch: int) -> Indices:
        """Take an epoch's share of an endless row of shuffles, so that none is drawn too often.

        It begins where the share of the epoch before it ended.
        """
        size, quota = self.sizes[name], self.quotas(epoch)[name]
        if quota == 0:
            return np.zeros(0, dtype=np.int64)
        first = sum(self.quotas(number)[name] for number in range(epoch))
        rounds = range(first // size, (first + quota - 1) // size + 1)
        shuffles = [
            self.generator(f"shuffle {name}", number).permutation(size) for number in rounds
        ]
        start = first - rounds[0] * size
        drawn: Indices = np.concatenate(shuffles)[start : start + quota]
        chosen = self._chosen.get(name)
        return drawn if chosen is None else chosen[drawn]

    def ever_drawn(self, name: str, size: int) -> NDArray[np.bool_]:
        """Tell for each of a data set's examples, `size` in number, whether any epoch draws it."""
        is_drawn = np.zeros(size, dtype=np.bool_)
        for epoch in range(self._epochs):
            is_drawn[self.indices(name, epoch)] = True
        return is_drawn

    def generator(self, purpose: str, number: int) -> np.random.Generator:
        """Return the random numbers of a purpose in an epoch."""
        digest = hashlib.blake2b(f"{self._seed} {purpose} {number}".encode(), digest_size=16)
        return np.random.Generator(np.random.Philox(int.from_bytes(digest.digest(), "little")))


def draw_batches(
    lengths: Sequence[Indices],
    rng: np.random.Generator,
    max_batch_tokens: int,
    *,
    batching: Batching,
    sequences: Sequence[Indices] | None = None,
    in_turn: bool = False,
) -> list[Indices]:
    """Return an epoch's batches, as positions in the data sets laid end to end.

    Args:
        lengths: For each data set, the tokens of each example drawn, special tokens included;
            where an example takes several sequences, those of its longest.
        rng: Decides which examples meet and the order of the batches.
        max_batch_tokens: Bound on a batch's sequences times its longest one.
        batching: Whether a batch may hold several data sets or holds one.
        sequences: For each data set, how many sequences the encoder reads for each example; None
            is one each.
        in_turn: Whether one-task batches come from the data sets in turn (round robin, a set that
            has run out being passed over) rather than in random order.
    """
    if sequences is None:
        sequences = [np.ones_like(of_source) for of_source in lengths]
    if batching == "mixed":
        together = np.concatenate(lengths)
        return shuffled_batches(together, rng, max_batch_tokens, np.concatenate(sequences))
    starts = np.cumsum([0, *(len(of_source) for of_source in lengths)]).tolist()
    batches = [
        [start + batch for batch in shuffled_batches(of_source, rng, max_batch_tokens, counts)]
        for start, of_source, counts in zip(starts, lengths, sequences, strict=False)
    ]
    if in_turn:
        rounds = chain.from_iterable(zip_longest(*batches))
        return [batch for batch in rounds if batch is not None]
    in_order = list(chain.from_iterable(batches))
    return [in_order[position] for position in rng.permutation(len(in_order)).tolist()]


_POOL = 8192
"""Examples sorted by length together: enough for batches without padding, few enough to mix."""


def shuffled_batches(
    lengths: Indices,
    rng: np.random.Generator,
    max_batch_tokens: int,
    sequences: Indices | None = None,
) -> list[Indices]:
    """Return batches of similar lengths in random order; each index is in exactly one.

    Args:
        lengths: Tokens of each example, special tokens included.
        rng: Decides which examples meet and the order of the batches.
        max_batch_tokens: Bound on a batch's sequences times its longest one.
        sequences: How many sequences each example takes; None is one each.
    """
    order = rng.permutation(len(lengths))
    batches: list[Indices] = []
    for start in range(0, len(order), _POOL):
        pool = order[start : start + _POOL]
        pool = pool[np.argsort(lengths[pool], kind="stable")]
        batches += token_budget_batches(
            lengths, pool, max_batch_tokens=max_batch_tokens, sequences=sequences
        )
    return [batches[position] for position in rng.permutation(len(batches)).tolist()]
