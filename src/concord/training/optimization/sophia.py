"""Sophia: a second-order optimiser with a clipped update (Liu et al., ICLR 2024).

    theta -= lr * clip(m / max(gamma * h, eps), 1)

m is an average of gradients, and h one of estimates of the Hessian's diagonal, which are made
every few steps (`concord.training.optimization.curvature`); weight decay is decoupled.

Of maintained libraries, pytorch-optimizer 4.1 has the variant with Hutchinson's estimate alone. Its
update is this one with gamma as the bound of the clip and the rate divided by gamma, so that its
learning rate means something else, and its own estimate needs one graph over the whole step,
which micro-batches and clipped gradients do not have. A test holds our update against it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from concord.errors import ConfigError

GAMMAS: Final = {"sophia_g": 0.05, "sophia_h": 0.01}
"""The paper's gamma for the Gauss-Newton-Bartlett and for Hutchinson's estimate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SophiaOptions:
    """The numbers of Sophia's update, the paper's own unless given.

    Attributes:
        betas: Decay of the gradient's average in a step and of the estimates' at each estimate.
        gamma: What an estimate is multiplied by; 0.05 for `sophia_g` and 0.01 for `sophia_h`
            unless given. The larger it is, the fewer numbers of an update are clipped.
        epsilon: What the denominator is at least.
        interval: Steps from one estimate to the next.
    """

    betas: tuple[float, float] = (0.96, 0.99)
    gamma: float | None = None
    epsilon: float = 1e-12
    interval: int = 10

    def __post_init__(self) -> None:
        if not all(0 <= beta < 1 for beta in self.betas):
            raise ConfigError(f"sophia.betas lie in [0, 1), got {list(self.betas)}")
        if self.gamma is not None and self.gamma <= 0:
            raise ConfigError(f"sophia.gamma must be above 0, got {self.gamma}")
        if self.epsilon <= 0:
            raise ConfigError(f"sophia.epsilon must be above 0, got {self.epsilon}")
        if self.interval < 1:
            raise ConfigError(f"sophia.interval must be at least 1, got {self.interval}")


class Sophia(Optimizer):
    """Sophia's update, with estimates of the curvature that it is handed.

    Args:
        groups: Parameters, with `lr` and `weight_decay` of their own.
        lr: The rate of groups without one.
        betas: Decay of both averages.
        gamma: What an estimate is multiplied by.
        epsilon: What the denominator is at least.
    """

    def __init__(
        self,
        groups: Iterable[dict[str, Any]],
        *,
        lr: float,
        betas: tuple[float, float],
        gamma: float,
        epsilon: float,
    ) -> None:
        defaults = {"lr": lr, "betas": betas, "gamma": gamma, "eps": epsilon, "weight_decay": 0.0}
        super().__init__(groups, defaults)

    @property
    def parameters(self) -> Sequence[nn.Parameter]:
        """Those that learn at present."""
        every = (parameter for group in self.param_groups for parameter in group["params"])
        return [parameter for parameter in every if parameter.requires_grad]

    @torch.no_grad()
    def take_curvature(self, estimates: Mapping[nn.Parameter, Tensor]) -> None:
        """Move the average of the Hessian's diagonal towards new estimates."""
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter in estimates:
                    state = self._state_of(parameter)
                    state["curvature"].lerp_(estimates[parameter], 1 - group["betas"][1])

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> float | None:  # type: ignore[override]
        """Do one update of the parameters that have a gradient."""
        loss = None if closure is None else closure()
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None:
                    self._update(parameter, parameter.grad, group)
        return loss

    def _update(self, parameter: Tensor, gradient: Tensor, group: Mapping[str, Any]) -> None:
        state = self._state_of(parameter)
        momentum: Tensor = state["momentum"].lerp_(gradient, 1 - group["betas"][0])
        curvature = (group["gamma"] * state["curvature"]).clamp_(min=group["eps"])
        update = (momentum / curvature).clamp_(-1, 1)
        parameter.mul_(1 - group["lr"] * group["weight_decay"])
        parameter.add_(update, alpha=-group["lr"])

    def _state_of(self, parameter: Tensor) -> dict[str, Tensor]:
        state: dict[str, Tensor] = self.state[parameter]
        if not state:
            state["momentum"] = torch.zeros_like(parameter)
            state["curvature"] = torch.zeros_like(parameter)
        return state
