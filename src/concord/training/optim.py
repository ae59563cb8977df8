"""The optimiser and its learning-rate schedule."""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import nn
from torch.optim.lr_scheduler import LRScheduler
from transformers import get_scheduler

from concord.errors import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class OptimizerOptions:
    """AdamW with warm-up and decay; the defaults suit a 22 M encoder.

    Attributes:
        learning_rate: Peak rate.
        weight_decay: Not applied to biases and normalisation weights.
        betas: Decay of the gradient's first and second moment.
        epsilon: Added to the denominator.
        schedule: Shape of the decay after warm-up.
        warmup_ratio: Share of the steps over which the rate rises from 0.
        max_grad_norm: Gradients are scaled down to this norm.
    """

    learning_rate: float = 1e-4
    weight_decay: float = 0.1
    betas: tuple[float, float] = (0.9, 0.999)
    epsilon: float = 1e-6
    schedule: Literal["linear", "cosine", "constant_with_warmup"] = "linear"
    warmup_ratio: float = 0.06
    max_grad_norm: float = 1.0

    def __post_init__(self) -> None:
        if self.learning_rate <= 0:
            raise ConfigError(f"optimizer.learning_rate must be above 0, got {self.learning_rate}")
        if not 0 <= self.warmup_ratio < 1:
            raise ConfigError(f"optimizer.warmup_ratio lies in [0, 1), got {self.warmup_ratio}")


def build_optimizer(model: nn.Module, options: OptimizerOptions) -> torch.optim.AdamW:
    """Build AdamW; vectors (biases, normalisation) are not decayed."""
    parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]
    groups = [
        {
            "params": [parameter for parameter in parameters if parameter.ndim >= 2],
            "weight_decay": options.weight_decay,
        },
        {
            "params": [parameter for parameter in parameters if parameter.ndim < 2],
            "weight_decay": 0.0,
        },
    ]
    return torch.optim.AdamW(
        groups,
        lr=options.learning_rate,
        betas=options.betas,
        eps=options.epsilon,
        fused=True,
    )


def build_schedule(
    optimizer: torch.optim.Optimizer, options: OptimizerOptions, max_steps: int
) -> LRScheduler:
    """Build the schedule that is stepped once per optimiser step."""
    schedule: LRScheduler = get_scheduler(
        options.schedule,
        optimizer,
        num_warmup_steps=round(options.warmup_ratio * max_steps),
        num_training_steps=max_steps,
    )
    return schedule
