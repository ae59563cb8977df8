"""Losses of tasks that read one vector of each text, against sums by hand."""

import math
from collections.abc import Sequence

import pytest
import torch
from torch import nn

from concord.training.task_batches import TaskPart
from concord.training.task_losses import task_loss

HEAD = nn.Identity()


def part_of(sizes: Sequence[int], targets: Sequence[Sequence[float]]) -> TaskPart:
    """Build a part from the number of sequences and the target of each example."""
    return TaskPart(
        rows=torch.arange(sum(sizes)),
        sizes=torch.tensor(sizes),
        target=torch.tensor([value for target in targets for value in target]),
        target_sizes=torch.tensor([len(target) for target in targets]),
    )


def test_squared_errors_add_up() -> None:
    part = part_of([1, 1], [[1.0], [-1.0]])
    total = task_loss("squared_error").total(torch.tensor([[3.0], [0.0]]), part, HEAD)
    assert total.item() == pytest.approx(5.0)  # 2^2 + 1^2
    assert task_loss("squared_error").units(part).item() == 2


def test_options_are_compared_within_their_question_alone() -> None:
    part = part_of([2, 3], [[1.0], [0.0]])
    logits = torch.tensor([[0.0], [math.log(3)], [math.log(2)], [0.0], [0.0]], requires_grad=True)
    total = task_loss("option_cross_entropy").total(logits, part, HEAD)
    # the right ones have 3 of 1 + 3, and 2 of 2 + 1 + 1
    assert total.item() == pytest.approx(-math.log(0.75) - math.log(0.5), rel=1e-6)
    (gradient,) = torch.autograd.grad(total, logits)
    assert gradient[:, 0].tolist() == pytest.approx([0.25, -0.25, -0.5, 0.25, 0.25])


def test_a_preference_costs_by_its_margin() -> None:
    part = part_of([2, 2], [[1.0], [-1.0]])
    scores = torch.tensor([[math.log(3)], [0.0], [math.log(3)], [0.0]])
    total = task_loss("preference").total(scores, part, HEAD)
    # the better text wins with probability 3/4, then loses with it
    assert total.item() == pytest.approx(-math.log(0.75) - math.log(0.25), rel=1e-6)
