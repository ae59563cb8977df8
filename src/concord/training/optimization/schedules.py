"""How the learning rate of each group of parameters rises and falls over a run.

A group that learns only from a later step on has a schedule of its own over the steps that are
left: it does not warm up, nor decay, before.
"""

import math
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from torch import Tensor
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler

from concord.errors import ConfigError

Shape: TypeAlias = Literal["linear", "cosine", "constant_with_warmup", "constant", "plateau"]
FIRST_STEP = "first_step"
"""What a group of parameters calls the step from which it learns; 0 where it does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlateauOptions:
    """When a rate falls that follows validation.

    Attributes:
        factor: What the rate is multiplied by.
        patience: Validations without a better value of the chosen metric before it falls.
    """

    factor: float = 0.5
    patience: int = 2

    def __post_init__(self) -> None:
        if not 0 < self.factor < 1:
            raise ConfigError(f"plateau.factor lies between 0 and 1, got {self.factor}")
        if self.patience < 1:
            raise ConfigError(f"plateau.patience must be at least 1, got {self.patience}")


def compute_rate(shape: Shape, step: int, *, num_steps: int, warmup_ratio: float) -> float:
    """Return a step's share of the peak rate.

    Args:
        shape: Of the decay after warm-up. A plateau's falls are not known here; a constant rate
            has no warm-up.
        step: Counted from 0.
        num_steps: Of the whole schedule.
        warmup_ratio: Share of the steps over which the rate rises from 0.
    """
    if shape == "constant":
        return 1.0
    warmup = round(warmup_ratio * num_steps)
    if step < warmup:
        return step / warmup
    progress = min((step - warmup) / max(num_steps - warmup, 1), 1.0)
    if shape == "linear":
        return 1.0 - progress
    if shape == "cosine":
        return 0.5 * (1.0 + math.cos(math.pi * progress))
    return 1.0


@dataclass(slots=True)
class Plateau:
    """A factor of the rate that falls where a metric no longer improves.

    Attributes:
        options: When, and by how much.
        is_better_below: Whether less of the metric is better.
        scale: The factor at present.
        best: The best value so far.
        stale: Validations since then, or since the last fall.
    """

    options: PlateauOptions
    is_better_below: bool = False
    scale: float = 1.0
    best: float | None = None
    stale: int = 0

    def observe(self, value: float) -> None:
        """Take note of a validation."""
        sign = -1.0 if self.is_better_below else 1.0
        if self.best is None or sign * value > sign * self.best:
            self.best, self.stale = value, 0
            return
        self.stale += 1
        if self.stale >= self.options.patience:
            self.scale *= self.options.factor
            self.stale = 0


@dataclass(frozen=True, slots=True)
class RateCurve:
    """One group's share of its peak rate by step.

    Attributes:
        shape: Of the decay after warm-up.
        first_step: The step from which the group learns.
        num_steps: Of the run.
        warmup_ratio: Share of the group's own steps over which its rate rises from 0.
    """

    shape: Shape
    first_step: int
    num_steps: int
    warmup_ratio: float

    def __call__(self, step: int) -> float:
        """Return the share; 0 before the group learns."""
        if step < self.first_step:
            return 0.0
        return compute_rate(
            self.shape,
            step - self.first_step,
            num_steps=max(self.num_steps - self.first_step, 0),
            warmup_ratio=self.warmup_ratio,
        )


class RateSchedule(LRScheduler):
    """Sets each group's rate; stepped once per optimiser step.

    Args:
        optimizer: Its groups may name the step from which they learn, as `FIRST_STEP`.
        shape: Of the decay after warm-up.
        num_steps: Of the run.
        warmup_ratio: Share of a group's steps over which its rate rises from 0.
        plateau: Follows validation; None where the rate depends on the step alone.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        *,
        shape: Shape,
        num_steps: int,
        warmup_ratio: float,
        plateau: Plateau | None = None,
    ) -> None:
        self._curves = [
            RateCurve(shape, group.get(FIRST_STEP, 0), num_steps, warmup_ratio)
            for group in optimizer.param_groups
        ]
        self._plateau = plateau
        super().__init__(optimizer)

    def get_lr(self) -> list[float | Tensor]:
        """Return each group's rate at the present step."""
        scale = 1.0 if self._plateau is None else self._plateau.scale
        pairs = zip(self.base_lrs, self._curves, strict=True)
        return [float(base) * curve(self.last_epoch) * scale for base, curve in pairs]

    def observe(self, value: float) -> None:
        """Take note of a validation, which may lower the rate of the next step."""
        if self._plateau is None:
            return
        self._plateau.observe(value)
        self._last_lr = self.get_lr()
        for group, rate in zip(self.optimizer.param_groups, self._last_lr, strict=True):
            group["lr"] = rate

    def state_dict(self) -> dict[str, Any]:
        """Return what a resumed run needs beside the options."""
        state: dict[str, Any] = {"last_epoch": self.last_epoch, "_step_count": self._step_count}
        state |= {"_last_lr": self._last_lr, "base_lrs": self.base_lrs}
        if self._plateau is not None:
            found = self._plateau
            state["plateau"] = {"scale": found.scale, "best": found.best, "stale": found.stale}
        return state

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take over what another run noted, one of an earlier version too."""
        for name in ("last_epoch", "_step_count", "_last_lr", "base_lrs"):
            setattr(self, name, state[name])
        if self._plateau is not None:
            for name, value in state["plateau"].items():
                setattr(self._plateau, name, value)
