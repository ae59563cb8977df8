"""The loss of several tasks that share an encoder."""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from concord.tasks import AnyTask
from concord.training.task_batches import TaskBatch
from concord.training.task_losses import task_loss


class TaskObjective:
    """Weighs and adds the losses of tasks.

    A task's loss is the mean over its own units in the whole optimiser step, however many examples
    the others have in it.

    Args:
        tasks: By name.
        weights: What each loss counts for.
    """

    def __init__(self, tasks: Mapping[str, AnyTask], weights: Mapping[str, float]) -> None:
        self.parts = tuple(tasks)
        self._losses = {name: task_loss(task.loss) for name, task in tasks.items()}
        self._weights = weights

    def count(self, batches: Sequence[TaskBatch]) -> Tensor:
        """Count units by task, then examples and tokens; shape ``(tasks + 2,)``."""
        device = batches[0].input_ids.device
        counts = torch.zeros(len(self.parts) + 2, dtype=torch.long, device=device)
        for batch in batches:
            for place, name in enumerate(self.parts):
                if name in batch.parts:
                    counts[place] += self._losses[name].units(batch.parts[name])
                    counts[-2] += len(batch.parts[name].sizes)
            counts[-1] += batch.attention_mask.sum()
        return counts

    def losses(self, model: nn.Module, batch: TaskBatch, counts: Tensor) -> Tensor:
        """Return the batch's share of each task's weighted loss, shape ``(tasks,)``."""
        rows = {name: part.rows for name, part in batch.parts.items()}
        outputs = model(batch.input_ids, batch.attention_mask, batch.token_type_ids, rows)
        heads: Mapping[str, nn.Module] = getattr(model, "module", model).heads  # type: ignore[assignment]
        shares = []
        for place, name in enumerate(self.parts):
            if name in batch.parts:
                total = self._losses[name].total(outputs[name], batch.parts[name], heads[name])
                shares.append(self._weights[name] * total / counts[place].clamp(min=1))
            else:  # every parameter gets a gradient, which processes that wait for it need
                unused = (each.sum() for each in heads[name].parameters())
                shares.append(0.0 * sum(unused, torch.zeros((), device=counts.device)))
        return torch.stack(shares)

    def num_examples(self, counts: Tensor) -> int:
        """Return the examples that `count` found."""
        return int(counts[-2])

    def num_tokens(self, counts: Tensor) -> int:
        """Return the tokens that `count` found, padding left out."""
        return int(counts[-1])
