"""The sums of tasks' losses over a batch, with what is asked of their answers besides."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from torch import Tensor, nn

from concord.tasks import AnyTask
from concord.training.batches.task_batches import TaskBatch
from concord.training.losses.distillation import DistillationOptions, distilled
from concord.training.losses.divergences import sum_divergence
from concord.training.losses.regularization import RegularizationOptions, Regularizer
from concord.training.losses.soft_answers import SoftAnswer, View, views_of
from concord.training.losses.task_losses import task_loss

Outputs: TypeAlias = Mapping[str, Any]
"""What each task's loss reads, by task."""


class TaskTotals:
    """Sums each task's loss over its units in a batch.

    Args:
        tasks: By name.
        regularization: A penalty on answers that depend on chance; None for none.
        distillation: How teachers' answers count, which each example of the tasks that are
            taught then has; None for none.

    Raises:
        ConfigError: If a task has no such loss, or its answers cannot be compared.
    """

    def __init__(
        self,
        tasks: Mapping[str, AnyTask],
        *,
        regularization: RegularizationOptions | None = None,
        distillation: DistillationOptions | None = None,
    ) -> None:
        names = {name: task.loss for name, task in tasks.items()}
        self.losses = {name: task_loss(loss) for name, loss in names.items()}
        if distillation is not None:
            taught = {name: loss for name, loss in names.items() if distillation.teaches(name)}
            for name, view in views_of(taught, option="distillation").items():
                self.losses[name] = distilled(self.losses[name], view, distillation)
        self._regularizer = None if regularization is None else Regularizer(regularization)
        self._views: dict[str, View] = {}
        if regularization is not None:
            self._views = views_of(names, option="trainer.regularization")

    def of_batch(self, model: nn.Module, batch: TaskBatch) -> dict[str, Tensor]:
        """Return the sum for each task that has examples in a batch."""
        heads = heads_of(model)
        if self._regularizer is None:
            outputs = read_batch(model, batch)
            return {
                name: self.losses[name].total(outputs[name], part, heads[name])
                for name, part in batch.parts.items()
            }
        first, second = self._read_twice(model, batch, self._regularizer)
        totals = {}
        for name, part in batch.parts.items():
            loss, view = self.losses[name], self._views[name]
            totals[name] = self._regularizer.combine(
                loss.total(first[name], part, heads[name]),
                loss.total(second[name], part, heads[name]),
                sum_divergence(view(first[name], part), view(second[name], part)),
            )
        return totals

    def _read_twice(
        self, model: nn.Module, batch: TaskBatch, regularizer: Regularizer
    ) -> tuple[Outputs, Outputs]:
        """Return two readings of a batch, both of one pass, which several devices need."""

        def answers(call: Callable[..., Outputs]) -> list[SoftAnswer]:
            outputs = read_batch(call, batch)
            return see_answers(outputs, batch, self._views)

        with regularizer.second_nudged(model, batch.input_ids.shape, answers):
            both = read_batch(model, batch.twice())
        halves = {name: outputs.chunk(2) for name, outputs in both.items()}
        first, second = ({name: half[place] for name, half in halves.items()} for place in (0, 1))
        return first, second


def read_batch(call: Callable[..., Outputs], batch: TaskBatch) -> Outputs:
    """Return what a model, or what is called in its place, gives for a batch."""
    rows = {name: part.rows for name, part in batch.parts.items()}
    return call(batch.input_ids, batch.attention_mask, batch.token_type_ids, rows)


def see_answers(outputs: Outputs, batch: TaskBatch, views: Mapping[str, View]) -> list[SoftAnswer]:
    """Return the answers of all of a batch's tasks, one after the other."""
    of_tasks: list[Sequence[SoftAnswer]] = [
        views[name](outputs[name], part) for name, part in batch.parts.items()
    ]
    return [answer for answers in of_tasks for answer in answers]


def heads_of(model: nn.Module) -> Mapping[str, nn.Module]:
    """Return the heads of a model of tasks, which may be wrapped for several devices."""
    inner: Any = getattr(model, "module", model)
    heads: Mapping[str, nn.Module] = inner.heads
    return heads
