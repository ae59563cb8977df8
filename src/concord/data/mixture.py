"""Several data sets of pairs drawn together: how many of each, which ones, in which batches."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from concord.data.augmentation import AugmentationOptions, DrawnPairs, draw_pairs
from concord.data.cache import TokenizedExamples
from concord.data.drawing import Draws, draw_batches
from concord.data.recipe import Family
from concord.data.sampling import SamplingOptions, Strategy
from concord.errors import ConfigError
from concord.text.batches import fit_context
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
        sampling: How an epoch is shared out, and whether data sets share batches.
        augmentation: How pairs are varied.
        max_tokens: Longest pair, special tokens included; a longer context loses its end.
        max_batch_tokens: Bound on a batch's pairs times its longest pair.
        seed: Decides every draw.
        epochs: How many epochs there will be; only the annealed strategy asks.

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
        epochs: int = 1,
    ) -> None:
        self.sources = sources
        self.sampling = sampling
        self.augmentation = augmentation
        self.max_batch_tokens = max_batch_tokens
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
        self._draws = Draws(sizes, sampling, seed, epochs)

    def quotas(self, epoch: int) -> dict[str, int]:
        """Return how many pairs an epoch, counted from 0, draws from each data set."""
        return self._draws.quotas(epoch)

    def epoch(self, number: int) -> "Epoch":
        """Draw an epoch, counted from 0."""
        drawn = [self._draw(source, number) for source in self.sources]
        lengths = [
            _pair_lengths(source.examples, pairs, self._capacity) + self._num_special
            for source, pairs in zip(self.sources, drawn, strict=True)
        ]
        rng = self._draws.generator("order", number)
        batches = draw_batches(
            lengths,
            rng,
            self.max_batch_tokens,
            batching=self.sampling.batching,
            in_turn=self.sampling.strategy is Strategy.UNIFORM,
        )
        return Epoch(self.sources, drawn, batches, self._capacity)

    def count_shortened(self, source: Source) -> int:
        """Count the examples of a source whose context loses its end to fit the window."""
        examples = source.examples
        lengths = examples.text_lengths
        return int(np.sum(lengths[examples.context] + lengths[examples.claim] > self._capacity))

    def _draw(self, source: Source, epoch: int) -> DrawnPairs:
        name = source.examples.name
        indices = self._draws.indices(name, epoch)
        rng = self._draws.generator(f"augment {name}", epoch)
        return draw_pairs(source.examples, indices, source.family, self.augmentation, rng)


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
