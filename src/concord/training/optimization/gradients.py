"""The gradient of an optimiser step, gathered over its micro-batches and devices."""

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import TypeVar

import numpy as np
import torch
from accelerate import Accelerator
from torch import Tensor, nn

from concord.training.optimization.pcgrad import combine_gradients

BatchT = TypeVar("BatchT")


def sum_gradients(
    accelerator: Accelerator,
    model: nn.Module,
    batches: Sequence[BatchT],
    losses: Callable[[BatchT], Tensor],
) -> Tensor:
    """Leave in the parameters the gradient of the sum of the loss's parts.

    Args:
        accelerator: Knows the devices.
        model: The prepared model.
        batches: This process's micro-batches of the step.
        losses: Gives a micro-batch's share of each part, shape ``(parts,)``.

    Returns:
        This process's share of each part, shape ``(parts,)``.
    """
    shares = []
    for position, batch in enumerate(batches):
        is_last = position == len(batches) - 1
        with nullcontext() if is_last else accelerator.no_sync(model):
            parts = losses(batch)
            # gradients are averaged over devices, but the parts are to be added
            accelerator.backward(parts.sum() * accelerator.num_processes)
        shares.append(parts.detach())
    return sum(shares, torch.zeros_like(shares[0]))


def project_gradients(
    accelerator: Accelerator,
    model: nn.Module,
    batches: Sequence[BatchT],
    losses: Callable[[BatchT], Tensor],
    num_parts: int,
    rng: np.random.Generator,
) -> Tensor:
    """Leave in the parameters the gradients of the loss's parts, summed once they agree.

    It costs one backward pass for each part that a micro-batch has, and the memory of one
    gradient for each part besides the one that is left. A part that is exactly 0 is taken to
    have no examples in the micro-batch. A parameter that no part reaches gets no gradient.

    Args:
        accelerator: Knows the devices.
        model: The prepared model.
        batches: This process's micro-batches of the step.
        losses: Gives a micro-batch's share of each part, shape ``(parts,)``.
        num_parts: How many parts the loss has.
        rng: Decides the order of the projections; the same in every process.

    Returns:
        This process's share of each part, shape ``(parts,)``.
    """
    parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]
    sizes = [parameter.numel() for parameter in parameters]
    gradients = torch.zeros(num_parts, sum(sizes), device=accelerator.device)
    is_reached = torch.zeros(len(sizes), device=accelerator.device)
    shares = []
    for batch in batches:
        with accelerator.no_sync(model):  # what is to be reduced is not in the parameters
            parts = losses(batch)
        for number in parts.detach().nonzero()[:, 0].tolist():
            pieces = torch.split(gradients[number], sizes)
            is_reached += _add_gradients(pieces, parts[number], parameters)
        shares.append(parts.detach())
    gradients = accelerator.reduce(gradients, "sum")
    is_reached = accelerator.reduce(is_reached, "sum")
    combined = torch.split(combine_gradients(gradients, rng), sizes)
    for parameter, gradient, times in zip(parameters, combined, is_reached.tolist(), strict=True):
        parameter.grad = gradient.view_as(parameter) if times else None
    return sum(shares, torch.zeros_like(shares[0]))


def _add_gradients(
    totals: Sequence[Tensor], part: Tensor, parameters: Sequence[nn.Parameter]
) -> Tensor:
    """Add a part's gradients to the totals, and return 1 for each parameter that it reaches."""
    gradients = torch.autograd.grad(part, parameters, retain_graph=True, allow_unused=True)
    for total, gradient in zip(totals, gradients, strict=True):
        if gradient is not None:
            total += gradient.flatten()
    reached = [gradient is not None for gradient in gradients]
    return torch.tensor(reached, dtype=torch.float32, device=part.device)
