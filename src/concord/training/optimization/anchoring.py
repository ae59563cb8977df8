"""A penalty on leaving the weights that an earlier task was learned with.

``0.5 * weight * sum_i F_i (theta_i - theta*_i)^2`` over the encoder's parameters that learn. With
the diagonal of the Fisher information as F it is elastic weight consolidation (Kirkpatrick et al.,
PNAS 2017), with F = 1 the L2 penalty towards the start (L2-SP; Li, Grandvalet and Davoine, ICML
2018). It depends on the weights alone, so its gradient is added once to each step's.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator
from accelerate.utils import DistributedType
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from concord.errors import ConfigError

_SHARDING = (DistributedType.FSDP, DistributedType.DEEPSPEED)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnchorOptions:
    """How strongly the encoder's weights are held where they were.

    Attributes:
        weight: What the penalty counts for beside the loss.
        reference: A safetensors file of the weights that are held to, by their names in the
            encoder, as in a model's folder; the run's first ones unless given.
        fisher: A safetensors file of how much each weight counts, by the same names; all count 1
            unless given.
    """

    weight: float = 1.0
    reference: Path | None = None
    fisher: Path | None = None

    def __post_init__(self) -> None:
        if self.weight <= 0:
            raise ConfigError(f"anchor.weight must be above 0, got {self.weight}")


class Anchor:
    """Holds a model's encoder to reference weights.

    Args:
        model: Has an `encoder`; made before any step, so that it has its first weights. Perhaps
            wrapped for several devices.
        options: How strongly, and to which.

    Raises:
        ConfigError: If a file cannot be read or lacks one of the weights that learn.
    """

    def __init__(self, model: nn.Module, options: AnchorOptions) -> None:
        inner: Any = getattr(model, "module", model)
        learning = {
            name: parameter
            for name, parameter in inner.encoder.named_parameters()
            if parameter.requires_grad
        }
        self._weight = options.weight
        self._parameters = list(learning.values())
        self._reference = (
            [each.detach().clone() for each in self._parameters]
            if options.reference is None
            else _read(options.reference, learning, option="reference")
        )
        self._fisher = (
            None if options.fisher is None else _read(options.fisher, learning, option="fisher")
        )

    @torch.no_grad()
    def add_gradient(self) -> float:
        """Add the penalty's gradient to those that the weights have; return the penalty.

        A weight without a gradient does not move in the step, and gets none.
        """
        total = torch.zeros((), device=self._reference[0].device if self._reference else None)
        for place, parameter in enumerate(self._parameters):
            distance = parameter - self._reference[place]
            slope = distance if self._fisher is None else self._fisher[place] * distance
            total += (slope * distance).sum()
            if parameter.grad is not None:
                parameter.grad.add_(slope, alpha=self._weight)
        return 0.5 * self._weight * float(total)


def check_is_whole(accelerator: Accelerator) -> None:
    """Refuse devices that hold a part of each weight.

    Raises:
        ConfigError: If weights are shared out.
    """
    if accelerator.distributed_type in _SHARDING:
        raise ConfigError(
            "trainer.anchor compares whole weights, which no device has where they are shared "
            "out; train with one process, or with DDP"
        )


def _read(path: Path, learning: dict[str, nn.Parameter], *, option: str) -> list[Tensor]:
    """Return a file's numbers for each of the weights that learn, as float32 on their devices."""
    try:
        found = load_file(path)
    except (OSError, SafetensorError) as error:
        raise ConfigError(f"trainer.anchor.{option}: {path} cannot be read ({error})") from error
    values = []
    for name, parameter in learning.items():
        value = found.get(name)
        if value is None or value.shape != parameter.shape:
            problem = "is missing" if value is None else f"has shape {tuple(value.shape)}"
            raise ConfigError(
                f"trainer.anchor.{option}: in {path} weight {name!r} {problem}, and "
                f"{tuple(parameter.shape)} is to be held; it takes the same encoder, and "
                'adaptation.kind = "full"'
            )
        values.append(value.to(parameter.device, torch.float32))
    return values
