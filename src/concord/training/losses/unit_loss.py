"""What the loss of a task is made of."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from torch import Tensor

from concord.training.batches.task_batches import TaskPart

Total: TypeAlias = Callable[[Any, TaskPart, Any], Tensor]
Units: TypeAlias = Callable[[TaskPart], Tensor]


@dataclass(frozen=True, slots=True)
class TaskLoss:
    """A loss in two parts.

    Attributes:
        total: From a head's outputs, its task's part of the batch and the head to the sum.
        units: How many units the part has.
    """

    total: Total
    units: Units
