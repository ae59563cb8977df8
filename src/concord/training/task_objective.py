"""The loss of several tasks that share an encoder."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from concord.tasks import AnyTask
from concord.training.batches.task_batches import TaskBatch
from concord.training.losses.distillation import DistillationOptions
from concord.training.losses.loss_weights import (
    LossWeighting,
    LossWeightOptions,
    UncertaintyWeights,
    compute_loss_weights,
)
from concord.training.losses.regularization import RegularizationOptions
from concord.training.losses.sampled_losses import sum_sampled
from concord.training.losses.soft_answers import views_of
from concord.training.losses.task_totals import TaskTotals, heads_of, read_batch


class TaskObjective:
    """Weighs and adds the losses of tasks.

    A task's loss is the mean over its own units in the whole optimiser step, times its examples in
    the step over those that a step has on average. So tasks count alike over the run however many
    examples they have, and the examples of a task count alike in whichever step they are; by the
    mean alone, one that is the only one of its task would count as much as sixty others.

    Learned weights are the model's module `loss_weights`, which `add_loss_weights` gives it.

    Args:
        tasks: By name.
        options: How the losses are weighed; a task's own `loss_weight` multiplies that.
        examples_per_step: Each task's examples in a step, on average; by the mean alone unless
            given.
        regularization: A penalty on answers that depend on chance; None for none.
        distillation: How teachers' answers count, which each example of the tasks that are taught
            then has; None for none.

    Raises:
        ConfigError: If a task has no such loss, or its answers cannot be compared.
    """

    def __init__(
        self,
        tasks: Mapping[str, AnyTask],
        options: LossWeightOptions,
        *,
        examples_per_step: Mapping[str, float] | None = None,
        regularization: RegularizationOptions | None = None,
        distillation: DistillationOptions | None = None,
    ) -> None:
        self.parts = tuple(tasks)
        self._totals = TaskTotals(tasks, regularization=regularization, distillation=distillation)
        num_classes = {name: task.num_classes for name, task in tasks.items()}
        weights = compute_loss_weights(num_classes, options)
        self._weights = {name: weights[name] * task.loss_weight for name, task in tasks.items()}
        self._usual = examples_per_step
        self._names = {name: task.loss for name, task in tasks.items()}
        self._are_learned = options.weighting is LossWeighting.UNCERTAINTY

    def add_loss_weights(self, model: nn.Module) -> None:
        """Give a model the weights that it is to learn, if they are to be learned."""
        if self._are_learned:
            model.loss_weights = UncertaintyWeights(self.parts)

    def count(self, batches: Sequence[TaskBatch]) -> Tensor:
        """Count units by task, examples by task, and tokens; shape ``(2 tasks + 1,)``."""
        counts = [
            torch.cat([self._units(batch), self._examples(batch), batch.attention_mask.sum()[None]])
            for batch in batches
        ]
        return torch.stack(counts).sum(dim=0)

    def losses(self, model: nn.Module, batch: TaskBatch, counts: Tensor) -> Tensor:
        """Return the batch's share of each task's weighted loss, shape ``(tasks,)``."""
        totals = self._totals.of_batch(model, batch)
        heads = heads_of(model)
        shares = []
        for place, name in enumerate(self.parts):
            if name in totals:
                total = totals[name]
                shares.append(self._weights[name] * total / counts[place].clamp(min=1))
            else:  # every parameter gets a gradient, which processes that wait for it need
                unused = (each.sum() for each in heads[name].parameters())
                shares.append(0.0 * sum(unused, torch.zeros((), device=counts.device)))
        frequencies = self._frequencies(counts)
        losses = torch.stack([share.float() for share in shares]) * frequencies
        if not self._are_learned:
            return losses
        inner: Any = getattr(model, "module", model)
        weights: UncertaintyWeights = inner.loss_weights
        shares_of_step = self._units(batch) / counts[: len(self.parts)].clamp(min=1)
        weighted: Tensor = weights(losses, shares_of_step * frequencies)
        return weighted

    def sampled_losses(
        self, *, option: str = "optimizer.name 'sophia_g'"
    ) -> Callable[[nn.Module, TaskBatch, Tensor], Tensor]:
        """Return what gives a batch's share of each task's loss with drawn labels.

        The square of its gradient estimates the curvature (`losses.sampled_losses`).

        Args:
            option: Who asks, for the error.

        Raises:
            ConfigError: If a task has neither probabilities nor numbers to draw labels from.
        """
        views = views_of(self._names, option=option)

        def losses(model: nn.Module, batch: TaskBatch, counts: Tensor) -> Tensor:
            outputs = read_batch(model, batch)
            frequencies = self._frequencies(counts)
            shares = []
            for place, name in enumerate(self.parts):
                if name in batch.parts:
                    total = sum_sampled(views[name](outputs[name], batch.parts[name]))
                    share = self._weights[name] * frequencies[place] / counts[place].clamp(min=1)
                    shares.append(share.sqrt() * total)
            return torch.stack(shares)

        return losses

    def num_examples(self, counts: Tensor) -> int:
        """Return the examples that `count` found."""
        return int(counts[len(self.parts) : -1].sum())

    def num_tokens(self, counts: Tensor) -> int:
        """Return the tokens that `count` found, padding left out."""
        return int(counts[-1])

    def _frequencies(self, counts: Tensor) -> Tensor:
        """Return each task's examples in a step over those that it has on average."""
        examples = counts[len(self.parts) : -1]
        if self._usual is None:
            return torch.ones_like(examples, dtype=torch.float32)
        usual = [self._usual[name] for name in self.parts]
        return examples / torch.tensor(usual, device=counts.device)

    def _examples(self, batch: TaskBatch) -> Tensor:
        """Count each task's examples, shape ``(tasks,)``."""
        sizes = [len(batch.parts[name].sizes) if name in batch.parts else 0 for name in self.parts]
        return torch.tensor(sizes, device=batch.input_ids.device)

    def _units(self, batch: TaskBatch) -> Tensor:
        """Count what each task's loss is averaged over, shape ``(tasks,)``."""
        units = [
            self._totals.losses[name].units(batch.parts[name])
            if name in batch.parts
            else torch.zeros((), dtype=torch.long, device=batch.input_ids.device)
            for name in self.parts
        ]
        return torch.stack(units)
