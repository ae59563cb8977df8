"""How far two soft answers are from each other: sums over the units of the loss."""

from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

import torch
from torch import Tensor

from concord.training.losses.soft_answers import Distributions, SoftAnswer

Divergence: TypeAlias = Callable[[Tensor, Tensor], Tensor]

_LEAST: Final = -1e9
"""In place of minus infinity: no probability, but gradients that are numbers."""


def sum_divergence(first: Sequence[SoftAnswer], second: Sequence[SoftAnswer]) -> Tensor:
    """Compare two readings: KL(p || q) / 2 + KL(q || p) / 2, or numbers' squared difference."""
    return _sum(first, second, _symmetric)


def sum_distillation(
    teacher: Sequence[SoftAnswer], student: Sequence[SoftAnswer], temperature: float
) -> Tensor:
    """Compare a student with its teacher: T^2 KL(teacher || student), or the squared difference.

    Both distributions are softened by the temperature; T^2 keeps the gradient's size (Hinton et
    al., 2015). Numbers have no temperature.
    """

    def divergence(wanted: Tensor, found: Tensor) -> Tensor:
        log_p, log_q = _log_probs(wanted / temperature), _log_probs(found / temperature)
        return temperature**2 * (log_p.exp() * (log_p - log_q)).sum()

    return _sum(teacher, student, divergence)


def _symmetric(first: Tensor, second: Tensor) -> Tensor:
    log_p, log_q = _log_probs(first), _log_probs(second)
    # KL(p || q) + KL(q || p) is the sum of (p - q) (log p - log q)
    return ((log_p.exp() - log_q.exp()) * (log_p - log_q)).sum() / 2


def _sum(
    first: Sequence[SoftAnswer], second: Sequence[SoftAnswer], divergence: Divergence
) -> Tensor:
    totals = []
    for one, other in zip(first, second, strict=True):
        if isinstance(one, Distributions) and isinstance(other, Distributions):
            totals.append(one.weight * divergence(one.logits, other.logits))
        elif not isinstance(one, Distributions) and not isinstance(other, Distributions):
            totals.append((one.values - other.values).square().sum())
    return torch.stack(totals).sum()


def _log_probs(logits: Tensor) -> Tensor:
    return logits.clamp(min=_LEAST).log_softmax(dim=1)
