"""Examples of several tasks drawn together, each from a data set of its own."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from concord.data.drawing import Draws, draw_batches
from concord.data.encoded import EncodedExamples
from concord.data.sampling import SamplingOptions, Strategy
from concord.text.inputs import EncoderInput
from concord.text.tokenizer import PairTokenizer


@dataclass(frozen=True, slots=True)
class TaskExample:
    """One example of a batch: whose it is, what is read, what should come out.

    `soft` is what teachers say of it, where any were asked.
    """

    task: str
    sequences: Sequence[EncoderInput]
    target: NDArray[np.float32]
    soft: NDArray[np.float32] | None = None


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a task receives in an epoch.

    Attributes:
        examples: Examples drawn.
        repeats: That number over the examples that take part: 1 where each is drawn once.
        tokens: Their tokens, special tokens included, padding left out.
    """

    examples: int
    repeats: float
    tokens: int


class TaskMixture:
    """Draws batches from the examples of several tasks.

    Args:
        sources: One for each task.
        tokenizer: Gives the number of special tokens.
        sampling: How an epoch is shared out, and what may share a batch.
        max_batch_tokens: Bound on a batch's sequences times its longest one.
        seed: Decides every draw.
        epochs: How many there will be.
    """

    def __init__(
        self,
        sources: Sequence[EncodedExamples],
        tokenizer: PairTokenizer,
        *,
        sampling: SamplingOptions,
        max_batch_tokens: int,
        seed: int,
        epochs: int,
    ) -> None:
        self.sources = sources
        self.sampling = sampling
        self.max_batch_tokens = max_batch_tokens
        sizes = {source.name: len(source) for source in sources}
        self.draws = Draws(sizes, sampling, seed, epochs)
        self._template = tokenizer.template
        self._lengths = [source.lengths(tokenizer.template) for source in sources]

    def epoch(self, number: int) -> "TaskEpoch":
        """Draw an epoch, counted from 0."""
        drawn = [self.draws.indices(source.name, number) for source in self.sources]
        batches = draw_batches(
            [lengths[indices] for lengths, indices in zip(self._lengths, drawn, strict=True)],
            self.draws.generator("order", number),
            self.max_batch_tokens,
            batching=self.sampling.batching,
            sequences=[
                source.num_sequences[indices]
                for source, indices in zip(self.sources, drawn, strict=True)
            ],
            in_turn=self.sampling.strategy is Strategy.UNIFORM,
        )
        return TaskEpoch(self.sources, drawn, batches)

    def drawn(self, source: EncodedExamples, number: int) -> Drawn:
        """Return what a source's task receives in an epoch."""
        indices = self.draws.indices(source.name, number)
        tokens = int(source.tokens(self._template)[indices].sum())
        repeats = len(indices) / max(self.draws.sizes[source.name], 1)
        return Drawn(len(indices), repeats, tokens)


class TaskEpoch:
    """The batches of one epoch; `epoch[i]` reads batch i."""

    def __init__(
        self,
        sources: Sequence[EncodedExamples],
        drawn: Sequence[NDArray[np.int64]],
        batches: Sequence[NDArray[np.int64]],
    ) -> None:
        self._sources = sources
        self._drawn = drawn
        self._batches = batches
        self._starts = np.cumsum([0, *map(len, drawn)])

    def __len__(self) -> int:
        return len(self._batches)

    def __getitem__(self, index: int) -> list[TaskExample]:
        return [self._example(position) for position in self._batches[index].tolist()]

    def _example(self, position: int) -> TaskExample:
        which = int(np.searchsorted(self._starts, position, side="right")) - 1
        source = self._sources[which]
        index = int(self._drawn[which][position - int(self._starts[which])])
        return TaskExample(
            source.name, source.sequences(index), source.target(index), source.soft_target(index)
        )
