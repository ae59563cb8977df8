"""What of a model learns, and how much that is."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from torch import nn

from concord.adaptation import Adaptation, plain_encoder
from concord.adaptation.per_task import adapter_parameters
from concord.adaptation.quantized import QuantizedLinear
from concord.model.task_model import TaskModel


def set_learning(
    model: TaskModel, adaptation: Adaptation, *, frozen_tasks: Iterable[str] = ()
) -> None:
    """Let learn what an adaptation says of an encoder, and what all tasks but some have.

    Args:
        model: Has what the adaptation adds.
        adaptation: Says what of the encoder learns.
        frozen_tasks: Tasks whose heads, and adapters of their own, stay as they are.

    Raises:
        ConfigError: If the encoder has not the parts that are to learn.
    """
    model.encoder.requires_grad_(False)
    for parameter in adaptation.learning(model.encoder):
        parameter.requires_grad_(True)
    pooler = getattr(plain_encoder(model.encoder), "pooler", None)
    if pooler is not None:
        pooler.requires_grad_(False)  # no head reads it
    frozen = set(frozen_tasks)
    for name, head in model.heads.items():
        head.requires_grad_(name not in frozen)
    for name in model.adapters:
        for parameter in adapter_parameters(model.encoder, name).values():
            parameter.requires_grad_(adaptation.is_per_task and name not in frozen)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterCounts:
    """Parameters of a model, those that learn and all; heads are counted apart.

    Attributes:
        encoder_learned: Of the encoder, and of what an adaptation added to it.
        encoder: All of these.
        heads_learned: Of the heads.
        heads: All of these.
    """

    encoder_learned: int
    encoder: int
    heads_learned: int
    heads: int

    @classmethod
    def of_model(cls, model: TaskModel) -> Self:
        """Count a model's parameters as they stand now."""
        encoder, heads = list(model.encoder.parameters()), list(model.heads.parameters())
        return cls(
            encoder_learned=_total(each for each in encoder if each.requires_grad),
            encoder=_total(encoder) + QuantizedLinear.count(model.encoder),
            heads_learned=_total(each for each in heads if each.requires_grad),
            heads=_total(heads),
        )

    def __str__(self) -> str:
        share = 100 * self.encoder_learned / self.encoder
        return (
            f"{self.encoder_learned:,} of {self.encoder:,} parameters of the encoder "
            f"({share:.2f} %) and {self.heads_learned:,} of {self.heads:,} of the heads"
        )


def _total(parameters: Iterable[nn.Parameter]) -> int:
    return sum(parameter.numel() for parameter in parameters)
