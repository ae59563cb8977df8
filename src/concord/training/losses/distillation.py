"""Learning from teachers' answers beside the labels (Hinton, Vinyals and Dean, 2015)."""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from concord.errors import ConfigError
from concord.training.batches.task_batches import TaskPart
from concord.training.losses.divergences import sum_distillation
from concord.training.losses.soft_answers import View
from concord.training.losses.unit_loss import TaskLoss


@dataclass(frozen=True, slots=True, kw_only=True)
class DistillationOptions:
    """Whose answers are learned, and how much they count for.

    Attributes:
        teachers: Folders or hub ids of finished models that have the run's tasks with the same
            labels; where several have a task, their probabilities are averaged.
        tasks: Those that are taught; all of them unless given.
        weight: What the teachers count for; the labels count for the rest.
        temperature: Softens both sides' probabilities; the divergence counts by its square.
    """

    teachers: tuple[str, ...]
    tasks: tuple[str, ...] = ()
    weight: float = 0.5
    temperature: float = 2.0

    def __post_init__(self) -> None:
        if not self.teachers:
            raise ConfigError("distillation.teachers names none; name a model's folder")
        if not 0 < self.weight <= 1:
            raise ConfigError(f"distillation.weight lies in (0, 1], got {self.weight}")
        if self.temperature <= 0:
            raise ConfigError(f"distillation.temperature must be above 0, got {self.temperature}")

    def teaches(self, task: str) -> bool:
        """Tell whether a task is taught."""
        return not self.tasks or task in self.tasks


def distilled(loss: TaskLoss, view: View, options: DistillationOptions) -> TaskLoss:
    """Return a task's loss with that of its teachers beside.

    ``(1 - w) loss + w T^2 KL(teacher || student)``; numbers count by their squared difference.
    """

    def total(outputs: Any, part: TaskPart, head: Any) -> Tensor:
        assert part.soft is not None  # noqa: S101 - each example of a taught task has some
        teacher = view(lay_out(part.soft, outputs), part)
        soft = sum_distillation(teacher, view(outputs, part), options.temperature)
        hard = loss.total(outputs, part, head)
        return (1 - options.weight) * hard + options.weight * soft

    return TaskLoss(total, loss.units)


def lay_out(soft: Tensor, outputs: Tensor) -> Tensor:
    """Bring teachers' outputs, end to end, into the shape of a student's.

    Args:
        soft: A row for each row of the student's, ``(rows * columns,)``.
        outputs: The student's, ``(rows, columns)``, or ``(sequences, tokens, columns)`` with minus
            infinity for padding.
    """
    rows = soft.reshape(-1, outputs.shape[-1]).to(outputs.dtype)
    if outputs.ndim == 2:
        return rows
    laid_out = torch.full_like(outputs, float("-inf"))
    laid_out[outputs[..., 0] > float("-inf")] = rows
    return laid_out
