"""Which micro-batches each optimiser step of a run has, on each of its processes."""

import math
from collections.abc import Iterator
from itertools import islice
from typing import Generic, TypeVar, cast

from torch.utils.data import DataLoader, Dataset

from concord.training.objective import BatchPlan, EpochBatches

BatchT = TypeVar("BatchT")


class StepBatches(Generic[BatchT]):
    """The steps of a run, each a few batches of one epoch; an epoch's last step may have fewer.

    Args:
        plan: Which batches each epoch has.
        epochs: How many there are.
        accumulation_steps: Micro-batches to a step, on each process.
        rank: This process.
        world: How many processes there are.
        num_workers: Processes that prepare batches; 0 prepares them here.
    """

    def __init__(
        self,
        plan: BatchPlan[BatchT],
        *,
        epochs: int,
        accumulation_steps: int,
        rank: int,
        world: int,
        num_workers: int,
    ) -> None:
        self._plan = plan
        self._accumulation_steps = accumulation_steps
        self._rank, self._world = rank, world
        self._num_workers = num_workers
        self._group = accumulation_steps * world
        self.of_epochs = [math.ceil(len(plan.epoch(each)) / self._group) for each in range(epochs)]

    def after(self, done: int) -> Iterator[list[BatchT]]:
        """Yield this process's micro-batches of each step after those that are done."""
        for number, steps in enumerate(self.of_epochs):
            if done < steps:
                yield from self._from(self._plan.epoch(number), done)
            done = max(done - steps, 0)

    def _from(self, epoch: EpochBatches[BatchT], first_step: int) -> Iterator[list[BatchT]]:
        indices = list(range(len(epoch)))
        if self._world > 1:  # every process needs a batch in the last step too
            indices += [i % len(epoch) for i in range(-len(epoch) % self._group)]
        mine = indices[first_step * self._group :][self._rank :: self._world]
        loader = iter(
            DataLoader(
                cast("Dataset[BatchT]", epoch),
                batch_size=None,
                sampler=mine,
                num_workers=self._num_workers,
            )
        )
        while batches := list(islice(loader, self._accumulation_steps)):
            yield batches
