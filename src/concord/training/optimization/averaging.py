"""Averages of the weights along one run: what is validated and saved in place of the last ones.

The steps themselves go on from the weights as they are. An average is a function of the steps
taken, and all of its state is in the checkpoints.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import torch
from torch import Tensor, nn

from concord.errors import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class AveragingOptions:
    """Which weights of a run are averaged.

    Attributes:
        kind: "ema" is an exponential moving average over the steps; "last" is the mean of the
            weights at the last validations.
        decay: What the average keeps of itself in a step (ema). In the first steps it keeps less,
            (1 + n) / (10 + n) after n of them, so that a short run leaves its start behind.
        last: How many validations (last); as many copies of the weights are held, and are in
            each checkpoint.
    """

    kind: Literal["ema", "last"] = "ema"
    decay: float = 0.999
    last: int = 5

    def __post_init__(self) -> None:
        if not 0 < self.decay < 1:
            raise ConfigError(f"averaging.decay lies between 0 and 1, got {self.decay}")
        if self.last < 2:
            raise ConfigError(f"averaging.last must be at least 2, got {self.last}")


class WeightAverage(Protocol):
    """Follows the weights of a run, and can tell their average."""

    def after_step(self) -> None:
        """Take note of the weights after an optimiser step."""
        ...

    def before_validation(self) -> None:
        """Take note of the weights that are due to be validated."""
        ...

    def values(self) -> list[Tensor]:
        """Return the average of each weight."""
        ...

    def state_dict(self) -> dict[str, Any]:
        """Return what a resumed run needs."""
        ...

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take over what another run noted."""
        ...


class MovingAverage:
    """An exponential moving average over the steps, from the weights at the start.

    Args:
        weights: Those that are trained; they change in place.
        decay: What it keeps of itself in a step.
    """

    def __init__(self, weights: Sequence[nn.Parameter], decay: float) -> None:
        self._weights = weights
        self._decay = decay
        self._steps = 0
        self._average = [weight.detach().clone() for weight in weights]

    def after_step(self) -> None:
        """Move the average towards the weights."""
        self._steps += 1
        decay = min(self._decay, (1 + self._steps) / (10 + self._steps))
        for average, weight in zip(self._average, self._weights, strict=True):
            average.lerp_(weight.detach(), 1 - decay)

    def before_validation(self) -> None:
        """Do nothing: a validation is a step like any other."""

    def values(self) -> list[Tensor]:
        """Return the average of each weight."""
        return self._average

    def state_dict(self) -> dict[str, Any]:
        """Return the average, and after how many steps."""
        return {"steps": self._steps, "average": self._average}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take over what another run noted."""
        self._steps = state["steps"]
        for average, saved in zip(self._average, state["average"], strict=True):
            average.copy_(saved)


class RecentMean:
    """The mean of the weights at the last validations; before the first, the weights themselves.

    Args:
        weights: Those that are trained; they change in place.
        number: How many validations count.
    """

    def __init__(self, weights: Sequence[nn.Parameter], number: int) -> None:
        self._weights = weights
        self._recent: deque[list[Tensor]] = deque(maxlen=number)

    def after_step(self) -> None:
        """Do nothing: only validated weights count."""

    def before_validation(self) -> None:
        """Keep a copy of the weights, and forget the oldest."""
        self._recent.append([weight.detach().clone() for weight in self._weights])

    def values(self) -> list[Tensor]:
        """Return the average of each weight."""
        recent = self._recent or [[weight.detach() for weight in self._weights]]
        return [torch.stack(each).mean(dim=0) for each in zip(*recent, strict=True)]

    def state_dict(self) -> dict[str, Any]:
        """Return the copies."""
        return {"recent": list(self._recent)}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take over what another run noted."""
        self._recent.clear()
        for saved in state["recent"]:
            self._recent.append(
                [value.to(weight) for value, weight in zip(saved, self._weights, strict=True)]
            )


class AveragedWeights:
    """Puts the average of a run's weights in their place, for a while or for good.

    Args:
        model: Those of its weights that are to learn are averaged.
        options: How.
    """

    def __init__(self, model: nn.Module, options: AveragingOptions) -> None:
        self._weights = [each for each in model.parameters() if each.requires_grad]
        self.average: WeightAverage = (
            MovingAverage(self._weights, options.decay)
            if options.kind == "ema"
            else RecentMean(self._weights, options.last)
        )

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """Let the model have the average while it is validated and saved."""
        current = [weight.detach().clone() for weight in self._weights]
        self.settle()
        try:
            yield
        finally:
            self._write(current)

    def settle(self) -> None:
        """Give the model the average for good."""
        self._write(self.average.values())

    @torch.no_grad()
    def _write(self, values: Sequence[Tensor]) -> None:
        for weight, value in zip(self._weights, values, strict=True):
            weight.copy_(value)
