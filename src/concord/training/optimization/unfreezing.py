"""Gradual unfreezing: the top layers learn first (Howard and Ruder, ACL 2018).

Heads and the top layer learn from the start; then the next layer below joins, and at last the
embeddings. What is frozen costs no backward pass. Each group's schedule begins when it joins.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from torch.optim import Optimizer

from concord.errors import ConfigError
from concord.training.optimization.schedules import FIRST_STEP


@dataclass(frozen=True, slots=True, kw_only=True)
class UnfreezingOptions:
    """How fast layers join, one after the other from the top.

    Attributes:
        every: How many steps or epochs lie between one layer and the next.
        unit: What `every` counts.
    """

    every: int = 1
    unit: Literal["steps", "epochs"] = "epochs"

    def __post_init__(self) -> None:
        if self.every < 1:
            raise ConfigError(f"unfreezing.every must be at least 1, got {self.every}")


def compute_first_step(
    depth: int, options: UnfreezingOptions, steps_of_epochs: Sequence[int]
) -> int:
    """Return the step from which parameters of a depth learn.

    Args:
        depth: 0 for heads, 1 for the top layer, and so on down to the embeddings.
        options: How fast layers join.
        steps_of_epochs: The steps of each epoch; a layer that would join after the last one does
            not learn.
    """
    waits = max(depth - 1, 0) * options.every
    return waits if options.unit == "steps" else sum(steps_of_epochs[:waits])


def freeze_before(optimizer: Optimizer, step: int) -> None:
    """Let those groups of parameters learn whose turn has come at a step, and no others."""
    for group in optimizer.param_groups:
        for parameter in group["params"]:
            parameter.requires_grad_(group.get(FIRST_STEP, 0) <= step)
