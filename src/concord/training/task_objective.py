"""The loss of several tasks that share an encoder."""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from concord.tasks import AnyTask
from concord.training.loss_weights import (
    LossWeighting,
    LossWeightOptions,
    UncertaintyWeights,
    compute_loss_weights,
)
from concord.training.task_batches import TaskBatch
from concord.training.task_losses import task_loss


class TaskObjective:
    """Weighs and adds the losses of tasks.

    A task's loss is the mean over its own units in the whole optimiser step, however many examples
    the others have in it. Learned weights are the model's module `loss_weights`, which
    `add_loss_weights` gives it.

    Args:
        tasks: By name.
        options: How the losses are weighed; a task's own `loss_weight` multiplies that.
    """

    def __init__(self, tasks: Mapping[str, AnyTask], options: LossWeightOptions) -> None:
        self.parts = tuple(tasks)
        self._losses = {name: task_loss(task.loss) for name, task in tasks.items()}
        num_classes = {name: task.num_classes for name, task in tasks.items()}
        weights = compute_loss_weights(num_classes, options)
        self._weights = {name: weights[name] * task.loss_weight for name, task in tasks.items()}
        self._are_learned = options.weighting is LossWeighting.UNCERTAINTY

    def add_loss_weights(self, model: nn.Module) -> None:
        """Give a model the weights that it is to learn, if they are to be learned."""
        if self._are_learned:
            model.loss_weights = UncertaintyWeights(self.parts)

    def count(self, batches: Sequence[TaskBatch]) -> Tensor:
        """Count units by task, then examples and tokens; shape ``(tasks + 2,)``."""
        device = batches[0].input_ids.device
        counts = torch.zeros(len(self.parts) + 2, dtype=torch.long, device=device)
        for batch in batches:
            counts[:-2] += self._units(batch)
            counts[-2] += sum(len(part.sizes) for part in batch.parts.values())
            counts[-1] += batch.attention_mask.sum()
        return counts

    def losses(self, model: nn.Module, batch: TaskBatch, counts: Tensor) -> Tensor:
        """Return the batch's share of each task's weighted loss, shape ``(tasks,)``."""
        rows = {name: part.rows for name, part in batch.parts.items()}
        outputs = model(batch.input_ids, batch.attention_mask, batch.token_type_ids, rows)
        inner = getattr(model, "module", model)
        heads: Mapping[str, nn.Module] = inner.heads  # type: ignore[assignment]
        shares = []
        for place, name in enumerate(self.parts):
            if name in batch.parts:
                total = self._losses[name].total(outputs[name], batch.parts[name], heads[name])
                shares.append(self._weights[name] * total / counts[place].clamp(min=1))
            else:  # every parameter gets a gradient, which processes that wait for it need
                unused = (each.sum() for each in heads[name].parameters())
                shares.append(0.0 * sum(unused, torch.zeros((), device=counts.device)))
        losses = torch.stack([share.float() for share in shares])
        if not self._are_learned:
            return losses
        weights: UncertaintyWeights = inner.loss_weights  # type: ignore[assignment]
        weighted: Tensor = weights(losses, self._units(batch) / counts[:-2].clamp(min=1))
        return weighted

    def num_examples(self, counts: Tensor) -> int:
        """Return the examples that `count` found."""
        return int(counts[-2])

    def num_tokens(self, counts: Tensor) -> int:
        """Return the tokens that `count` found, padding left out."""
        return int(counts[-1])

    def _units(self, batch: TaskBatch) -> Tensor:
        """Count what each task's loss is averaged over, shape ``(tasks,)``."""
        units = [
            self._losses[name].units(batch.parts[name])
            if name in batch.parts
            else torch.zeros((), dtype=torch.long, device=batch.input_ids.device)
            for name in self.parts
        ]
        return torch.stack(units)
