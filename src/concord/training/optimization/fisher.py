"""The diagonal of the Fisher information: how much a model's answers depend on each weight.

The mean over examples of the squared gradient of the loss with a label drawn from the model's own
belief. With gold labels in their place it would be the "empirical" Fisher, which is another
thing (Kunstner, Hennig and Balles, NeurIPS 2019).
"""

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor

from concord.model import TaskModel
from concord.training.batches.task_batches import TaskBatch
from concord.training.task_objective import TaskObjective


def estimate_fisher(
    model: TaskModel, objective: TaskObjective, examples: Iterable[TaskBatch], *, seed: int
) -> dict[str, Tensor]:
    """Estimate the diagonal for each parameter of a model's encoder, by its name there.

    The loss is the one that training minimises, so the diagonal is that of its curvature: a task
    whose examples have several units, such as tags, counts by the mean over these.

    Args:
        model: In evaluation mode, so that dropout adds nothing.
        objective: Weighs the tasks.
        examples: Batches of one example each, at least one of them.
        seed: Decides the labels.

    Raises:
        ConfigError: If a task has neither probabilities nor numbers to draw labels from.
    """
    torch.manual_seed(seed)
    sampled = objective.sampled_losses(option="the Fisher information")
    parameters: dict[str, Any] = {
        name: parameter
        for name, parameter in model.encoder.named_parameters()
        if parameter.is_floating_point()
    }
    for parameter in parameters.values():
        parameter.requires_grad_(True)
    totals = {name: torch.zeros_like(parameter) for name, parameter in parameters.items()}
    number = 0
    for batch in examples:
        loss = sampled(model, batch, objective.count([batch])).sum()
        slopes = torch.autograd.grad(loss, list(parameters.values()), allow_unused=True)
        for total, slope in zip(totals.values(), slopes, strict=True):
            if slope is not None:
                total += slope.square()
        number += 1
    return {name: total / number for name, total in totals.items()}
