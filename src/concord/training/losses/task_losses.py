"""The losses of tasks: each a sum over its units, and how many units a batch has.

A unit is what a loss is averaged over: an example for most, a tag or a masked token for some. So
a step's loss is the same however the step was cut into micro-batches.
"""

from collections.abc import Mapping
from typing import Final

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from concord.errors import ConfigError
from concord.training.batches.task_batches import TaskPart
from concord.training.losses.token_losses import TOKEN_LOSSES
from concord.training.losses.unit_loss import TaskLoss
from concord.training.losses.vector_losses import (
    count_targets,
    sum_alignment,
    sum_cosent,
    sum_cosine_similarity,
    sum_multiple_negatives_ranking,
    sum_option_cross_entropy,
    sum_preference,
    sum_squared_error,
    sum_triplet,
)


def sum_cross_entropy(outputs: Tensor, part: TaskPart, _head: nn.Module) -> Tensor:
    """Compare logits, ``(examples, classes)``, with one class index for each example."""
    return cross_entropy(outputs.float(), part.target.long(), reduction="sum")


def sum_binary_cross_entropy(outputs: Tensor, part: TaskPart, _head: nn.Module) -> Tensor:
    """Compare logits, ``(examples, labels)``, with 0 or 1 for each; the mean over the labels."""
    target = part.target.reshape(outputs.shape)
    each = binary_cross_entropy_with_logits(outputs.float(), target, reduction="none")
    return each.mean(dim=1).sum()


def count_examples(part: TaskPart) -> Tensor:
    """Count the examples."""
    return torch.tensor(len(part.sizes), device=part.sizes.device)


TASK_LOSSES: Final[Mapping[str, TaskLoss]] = {
    "cross_entropy": TaskLoss(sum_cross_entropy, count_examples),
    "binary_cross_entropy": TaskLoss(sum_binary_cross_entropy, count_examples),
    "squared_error": TaskLoss(sum_squared_error, count_examples),
    "option_cross_entropy": TaskLoss(sum_option_cross_entropy, count_examples),
    "preference": TaskLoss(sum_preference, count_examples),
    **TOKEN_LOSSES,
    "alignment": TaskLoss(sum_alignment, count_targets),
    "multiple_negatives_ranking": TaskLoss(sum_multiple_negatives_ranking, count_examples),
    "triplet": TaskLoss(sum_triplet, count_examples),
    "cosine_similarity": TaskLoss(sum_cosine_similarity, count_examples),
    "cosent": TaskLoss(sum_cosent, count_examples),
}
"""By the names that tasks give."""


def task_loss(name: str) -> TaskLoss:
    """Return a loss by name.

    Raises:
        ConfigError: If there is none of that name.
    """
    if name not in TASK_LOSSES:
        raise ConfigError(f"unknown loss {name!r} (known: {', '.join(sorted(TASK_LOSSES))})")
    return TASK_LOSSES[name]
