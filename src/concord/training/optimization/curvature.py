"""Estimates of the Hessian's diagonal for Sophia, over all micro-batches of a step.

The Gauss-Newton-Bartlett estimate is ``B * g^2``, with g the gradient of the mean loss over B
examples whose labels are drawn from the model's own beliefs. Hutchinson's is ``u * (H u)``
with Gaussian u.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

import numpy as np
import torch
from accelerate import Accelerator
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel

from concord.errors import ConfigError
from concord.training.objective import Objective
from concord.training.optimization.gradients import sum_gradients
from concord.training.optimization.sophia import Sophia

BatchT = TypeVar("BatchT")
Losses = Callable[[nn.Module, Any, Tensor], Tensor]

_PURPOSE: Final = 1
"""Tells the draws of an estimate from those of the step's dropout, which are its own."""


class CurvatureEstimator:
    """Gives Sophia a new estimate every few steps.

    Args:
        accelerator: Knows the devices.
        model: The prepared model.
        optimizer: Takes the estimates.
        objective: What is minimised.
        kind: "sophia_g" for the Gauss-Newton-Bartlett estimate, "sophia_h" for Hutchinson's.
        interval: Steps from one estimate to the next.
        seed: Decides the draws.

    Raises:
        ConfigError: If the loss has parts from which no labels can be drawn.
    """

    def __init__(
        self,
        accelerator: Accelerator,
        model: nn.Module,
        optimizer: Sophia,
        objective: Objective[Any],
        *,
        kind: str,
        interval: int,
        seed: int,
    ) -> None:
        self._accelerator = accelerator
        self._model = model
        self._optimizer = optimizer
        self._interval = interval
        self._seed = seed
        self._losses: Losses = objective.losses
        self._sampled: Losses | None = None
        if kind == "sophia_g":
            sampling: Callable[[], Losses] | None = getattr(objective, "sampled_losses", None)
            if sampling is None:
                raise ConfigError(
                    "optimizer.name 'sophia_g' draws labels from the model's own answers, which "
                    "this loss does not allow; choose 'sophia_h'"
                )
            self._sampled = sampling()

    def update_if_due(self, step: int, batches: Sequence[Any], counts: Tensor) -> None:
        """Make an estimate at a step that is due; gradients are left as they are found: none.

        Args:
            step: Counted from 0.
            batches: This process's micro-batches of the step, on its device.
            counts: What the objective counted over the whole step.
        """
        if step % self._interval:
            return
        rank = self._accelerator.process_index
        torch.manual_seed(_seed_of(self._seed, step, rank, _PURPOSE))
        if self._sampled is None:
            directions = torch.Generator().manual_seed(_seed_of(self._seed, step, _PURPOSE))
            estimates = self._hutchinson(batches, counts, directions)
        else:
            estimates = self._gauss_newton(batches, counts, self._sampled)
        self._optimizer.take_curvature(estimates)

    def _gauss_newton(
        self, batches: Sequence[Any], counts: Tensor, sampled: Losses
    ) -> dict[nn.Parameter, Tensor]:
        """Square the gradient of a loss with drawn labels, which brings its scale along."""
        sum_gradients(
            self._accelerator, self._model, batches, lambda each: sampled(self._model, each, counts)
        )
        parameters = self._optimizer.parameters
        estimates = {each: each.grad.square() for each in parameters if each.grad is not None}
        self._optimizer.zero_grad()
        return estimates

    def _hutchinson(
        self, batches: Sequence[Any], counts: Tensor, generator: torch.Generator
    ) -> dict[nn.Parameter, Tensor]:
        """Multiply a direction, the same everywhere, with the Hessian's product with it."""
        parameters = self._optimizer.parameters
        directions = [torch.randn(each.shape, generator=generator).to(each) for each in parameters]
        products = [torch.zeros_like(each) for each in parameters]
        for batch in batches:
            # The fused kernels of attention have no second derivative; the plain one has.
            with self._accelerator.no_sync(self._model), sdpa_kernel(SDPBackend.MATH):
                loss = self._losses(self._model, batch, counts).sum()
                _add_products(products, loss, parameters, directions)
        products = self._accelerator.reduce(products, "sum")
        return {
            parameter: direction * product
            for parameter, direction, product in zip(parameters, directions, products, strict=True)
        }


def _add_products(
    totals: Sequence[Tensor],
    loss: Tensor,
    parameters: Sequence[nn.Parameter],
    directions: Sequence[Tensor],
) -> None:
    """Add the Hessian's product with a direction to the totals."""
    slopes = torch.autograd.grad(loss, parameters, create_graph=True, allow_unused=True)
    along = [
        (slope * direction).sum()
        for slope, direction in zip(slopes, directions, strict=True)
        if slope is not None and slope.requires_grad
    ]
    if not along:  # a loss without curvature
        return
    products = torch.autograd.grad(torch.stack(along).sum(), parameters, allow_unused=True)
    for total, product in zip(totals, products, strict=True):
        if product is not None:
            total += product


def _seed_of(*parts: int) -> int:
    return int(np.random.SeedSequence(parts).generate_state(1, np.uint64)[0] >> 1)
