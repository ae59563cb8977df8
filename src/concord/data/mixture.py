"""Several data sets drawn together: how many pairs of each, which ones, in which batches.

Every draw is a function of (seed, epoch, data set), never of what was drawn before, so any epoch
can be entered at any batch, and any number of workers reads the same batches.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from concord.data.augmentation import AugmentationOptions, DrawnPairs, draw_pairs
from concord.data.cache import TokenizedExamples
from concord.data.recipe import Family
from concord.data.sampling import SamplingOptions, compute_quotas
from concord.errors import ConfigError
from concord.text.batches import fit_context, token_budget_batches
from concord.text.tokenizer import PairTokenizer, TokenIds


@dataclass(frozen=True, slots=True)
class PairBatch:
    """The pairs of one batch, ready to be laid out for the encoder.

    Attributes:
        pairs: Context and claim ids of each, fitted to the window.
        head: Index of each pair's head in the order of `Head`, shape ``(pairs,)``.
        target: What that head should give, shape ``(pairs,)``.
    """

    pairs: Sequence[tuple[TokenIds, TokenIds]]
    head: NDArray[np.int8]
    target: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Source:
    """One data set of a mixture, with its family, which decides how it may be augmented."""

    examples: TokenizedExamples
    family: Family


class Mixture:
    """Draws batches from several tokenized data sets.

    Args:
        sources: The data sets; their names must differ.
        tokenizer: Lays out pairs; gives the number of special tokens.
        sampling: How an epoch is shared out.
        augmentation: How pairs are varied.
        max_tokens: Longest pair, special tokens included; a longer context loses its end.
        max_batch_tokens: Bound on a batch's pairs times its longest pair.
        seed: Decides every draw.

    Raises:
        ConfigError: If two sources share a name, or `max_tokens` leaves no room for text.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        tokenizer: PairTokenizer,
        *,
        sampling: SamplingOptions,
        augmentation: AugmentationOptions,
        max_tokens: int,
        max_batch_tokens: int,
        seed: int,
    ) -> None:
        self.sources = sources
        self.augmentation = augmentation
        self.max_batch_tokens = max_batch_tokens
        self.seed = seed
        self._num_special = tokenizer.template.num_special_tokens
        self._capacity = max_tokens - self._num_special
        if self._capacity < 1:
            raise ConfigError(
                f"data.max_tokens must be above {self._num_special}, the special tokens of a "
                f"pair, got {max_tokens}"
            )
        sizes = {source.examples.name: len(source.examples) for source in sources}
        if len(sizes) < len(sources):
            names = [source.examples.name for source in sources]
            raise ConfigError(f"a data set may be in a mixture once, got {', '.join(names)}")
        self.quotas = compute_quotas(sizes, sampling)

    def epoch(self, number: int) -> "Epoch":
        """Draw an epoch, counted from 0."""
        drawn = [self._draw(source, number) for source in self.sources]
        lengths = [
            _pair_lengths(source.examples, pairs, self._capacity) + self._num_special
            for source, pairs in zip(self.sources, drawn, strict=True)
        ]
        rng = self._generator("order", number)
        batches = shuffled_batches(np.concatenate(lengths), rng, self.max_batch_tokens)
        return Epoch(self.sources, drawn, batches, self._capacity)

    def count_shortened(self, source: Source) -> int:
        """Count the examples of a source whose context loses its end to fit the window."""
        examples = source.examples
        lengths = examples.text_lengths
        return int(np.sum(lengths[examples.context] + lengths[examples.claim] > self._capacity))

    def _draw(self, source: Source, epoch: int) -> DrawnPairs:
        name = source.examples.name
        indices = self._draw_indices(name, len(source.examples), epoch)
        rng = self._generator(f"augment {name}", epoch)
        return draw_pairs(source.examples, indices, source.family, self.augmentation, rng)

    def _draw_indices(self, name: str, size: int, epoch: int) -> NDArray[np.int64]:
        """Take an epoch's share of an endless row of shuffles, so that none is drawn too often."""
        quota = self.quotas[name]
        if quota == 0:
            return np.zeros(0, dtype=np.int64)
        first, last = epoch * quota, (epoch + 1) * quota
        rounds = range(first // size, (last - 1) // size + 1)
        shuffles = [
            self._generator(f"shuffle {name}", number).permutation(size) for number in rounds
        ]
        start = first - rounds[0] * size
        return np.concatenate(shuffles)[start : start + quota]

    def _generator(self, purpose: str, number: int) -> np.random.Generator:
        digest = hashlib.blake2b(f"{self.seed} {purpose} {number}".encode(), digest_size=16)
        return np.random.Generator(np.random.Philox(int.from_bytes(digest.digest(), "little")))


class Epoch:
    """The batches of one epoch; `epoch[i]` reads batch i."""

    def __init__(
        self,
        sources: Sequence[Source],
        drawn: Sequence[DrawnPairs],
        batches: Sequence[NDArray[np.int64]],
        capacity: int,
    ) -> None:
        self._sources = sources
        self._drawn = drawn
        self._batches = batches
        self._capacity = capacity
        self._starts = np.cumsum([0, *(len(pairs.target) for pairs in drawn)])

    def __len__(self) -> int:
        return len(self._batches)

    @property
    def num_pairs(self) -> int:
        """The pairs of all batches together."""
        return int(self._starts[-1])

    def __getitem__(self, index: int) -> PairBatch:
        pairs, heads, targets = [], [], []
        for position in self._batches[index].tolist():
            which = int(np.searchsorted(self._starts, position, side="right")) - 1
            row = position - int(self._starts[which])
            drawn, examples = self._drawn[which], self._sources[which].examples
            context = examples.text(int(drawn.context[row]))
            claim = examples.text(int(drawn.claim[row]))[: self._capacity]
            kept = fit_context(len(context), len(claim), capacity=self._capacity)
            pairs.append((context[:kept], claim))
            heads.append(drawn.head[row])
            targets.append(drawn.target[row])
        return PairBatch(pairs, np.array(heads, dtype=np.int8), np.array(targets, dtype=np.float32))


def _pair_lengths(
    examples: TokenizedExamples, pairs: DrawnPairs, capacity: int
) -> NDArray[np.int64]:
    lengths = examples.text_lengths
    both: NDArray[np.int64] = lengths[pairs.context] + lengths[pairs.claim]
    return np.minimum(both, capacity)


_POOL = 8192
"""Pairs sorted by length together: enough for batches without padding, few enough to mix."""


def shuffled_batches(
    lengths: NDArray[np.int64], rng: np.random.Generator, max_batch_tokens: int
) -> list[NDArray[np.int64]]:
    """Return batches of similar lengths in random order; each index is in exactly one.

    Args:
        lengths: Tokens of each pair, special tokens included.
        rng: Decides which pairs meet and the order of the batches.
        max_batch_tokens: Bound on a batch's pairs times its longest pair.
    """
    order = rng.permutation(len(lengths))
    batches: list[NDArray[np.int64]] = []
    for start in range(0, len(order), _POOL):
        pool = order[start : start + _POOL]
        pool = pool[np.argsort(lengths[pool], kind="stable")]
        batches.extend(token_budget_batches(lengths, pool, max_batch_tokens=max_batch_tokens))
    return [batches[position] for position in rng.permutation(len(batches)).tolist()]
