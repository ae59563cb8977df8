"""Which examples an epoch draws and which of them meet in a batch, whatever the examples are.

Every draw is a function of (seed, epoch, data set), never of what was drawn before, so any epoch
can be entered at any batch, and any number of workers reads the same batches.
"""

import hashlib
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from concord.data.sampling import SamplingOptions, compute_quotas
from concord.text.batches import token_budget_batches


class Draws:
    """Decides which examples of which data set an epoch has.

    Args:
        sizes: Examples in each data set.
        sampling: How an epoch is shared out.
        seed: Decides every draw.
    """

    def __init__(self, sizes: Mapping[str, int], sampling: SamplingOptions, seed: int) -> None:
        self._sizes = dict(sizes)
        self._quotas = compute_quotas(sizes, sampling)
        self._seed = seed

    def quotas(self, epoch: int) -> dict[str, int]:
        """Return how many examples an epoch, counted from 0, draws from each data set."""
        del epoch
        return dict(self._quotas)

    def indices(self, name: str, epoch: int) -> NDArray[np.int64]:
        """Take an epoch's share of an endless row of shuffles, so that none is drawn too often."""
        size, quota = self._sizes[name], self._quotas[name]
        if quota == 0:
            return np.zeros(0, dtype=np.int64)
        first, last = epoch * quota, (epoch + 1) * quota
        rounds = range(first // size, (last - 1) // size + 1)
        shuffles = [
            self.generator(f"shuffle {name}", number).permutation(size) for number in rounds
        ]
        start = first - rounds[0] * size
        return np.concatenate(shuffles)[start : start + quota]

    def generator(self, purpose: str, number: int) -> np.random.Generator:
        """Return the random numbers of a purpose in an epoch."""
        digest = hashlib.blake2b(f"{self._seed} {purpose} {number}".encode(), digest_size=16)
        return np.random.Generator(np.random.Philox(int.from_bytes(digest.digest(), "little")))


_POOL = 8192
"""Examples sorted by length together: enough for batches without padding, few enough to mix."""


def shuffled_batches(
    lengths: NDArray[np.int64], rng: np.random.Generator, max_batch_tokens: int
) -> list[NDArray[np.int64]]:
    """Return batches of similar lengths in random order; each index is in exactly one.

    Args:
        lengths: Tokens of each example, special tokens included.
        rng: Decides which examples meet and the order of the batches.
        max_batch_tokens: Bound on a batch's examples times its longest one.
    """
    order = rng.permutation(len(lengths))
    batches: list[NDArray[np.int64]] = []
    for start in range(0, len(order), _POOL):
        pool = order[start : start + _POOL]
        pool = pool[np.argsort(lengths[pool], kind="stable")]
        batches.extend(token_budget_batches(lengths, pool, max_batch_tokens=max_batch_tokens))
    return [batches[position] for position in rng.permutation(len(batches)).tolist()]
