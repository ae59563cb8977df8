"""Losses of tasks that read one vector of each text: sums over examples."""

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, logsigmoid

from concord.training.task_batches import TaskPart


def sum_squared_error(outputs: Tensor, part: TaskPart, _head: nn.Module) -> Tensor:
    """Compare one output, ``(examples, 1)``, with one number for each example."""
    return (outputs[:, 0].float() - part.target).square().sum()


def sum_option_cross_entropy(outputs: Tensor, part: TaskPart, _head: nn.Module) -> Tensor:
    """Compare one logit for each option, ``(options, 1)``, with the index of the right one.

    Questions may differ in their number of options; those that one lacks get no probability.
    """
    is_option = torch.arange(int(part.sizes.max()), device=outputs.device) < part.sizes[:, None]
    logits = outputs.new_full(is_option.shape, float("-inf"), dtype=torch.float32)
    logits[is_option] = outputs[:, 0].float()
    return cross_entropy(logits, part.target.long(), reduction="sum")


def sum_preference(outputs: Tensor, part: TaskPart, _head: nn.Module) -> Tensor:
    """Compare the scores of two texts, ``(2 * examples, 1)``, with 1 or -1: which is better.

    The loss of Bradley and Terry (1952), `-log sigmoid(better - worse)`.
    """
    scores = outputs[:, 0].float()
    return -logsigmoid(part.target * (scores[0::2] - scores[1::2])).sum()
