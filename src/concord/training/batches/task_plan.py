"""Which batches of several tasks each epoch has, as tensors."""

from collections.abc import Mapping

import numpy as np
from torch.utils.data import Dataset

from concord.data.task_mixture import TaskEpoch, TaskMixture
from concord.tasks import AnyTask
from concord.text.tokenizer import PairTokenizer
from concord.training.batches.corruption import corrupt_batch
from concord.training.batches.task_batches import TaskBatch, build_task_batch


class TaskBatches:
    """The batches of a mixture of tasks.

    Args:
        mixture: Draws the examples.
        tasks: By name; they say whether tokens are hidden.
        tokenizer: Lays sequences out.
        seed: Decides which tokens are hidden.
    """

    def __init__(
        self,
        mixture: TaskMixture,
        tasks: Mapping[str, AnyTask],
        tokenizer: PairTokenizer,
        *,
        seed: int,
    ) -> None:
        self._mixture = mixture
        self._tasks = {name: task.without_data() for name, task in tasks.items()}
        self._tokenizer = tokenizer
        self._seed = seed

    def epoch(self, number: int) -> "TaskEpochBatches":
        """Return an epoch, counted from 0."""
        epoch = self._mixture.epoch(number)
        return TaskEpochBatches(epoch, self._tasks, self._tokenizer, (self._seed, number))


class TaskEpochBatches(Dataset[TaskBatch]):
    """An epoch's batches by index, the same for any number of workers.

    Args:
        epoch: What is drawn.
        tasks: By name.
        tokenizer: Lays sequences out.
        entropy: With the index of a batch, decides which of its tokens are hidden.
    """

    def __init__(
        self,
        epoch: TaskEpoch,
        tasks: Mapping[str, AnyTask],
        tokenizer: PairTokenizer,
        entropy: tuple[int, int],
    ) -> None:
        self._epoch = epoch
        self._tasks = tasks
        self._tokenizer = tokenizer
        self._entropy = entropy

    def __len__(self) -> int:
        return len(self._epoch)

    def __getitem__(self, index: int) -> TaskBatch:
        batch = build_task_batch(self._epoch[index], self._tokenizer)
        rng = np.random.default_rng([*self._entropy, index])
        return corrupt_batch(batch, self._tasks, self._tokenizer, rng)
