"""One adapter for each task on a shared encoder: added, switched on, and taken out again."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from torch import nn

from concord.adaptation.adaptation import Adaptation
from concord.adaptation.added import owner_of, wrapper_names
from concord.adaptation.peft_layers import adapter_layers
from concord.adaptation.wrapped import Encoder
from concord.errors import ConfigError


@dataclass(frozen=True, kw_only=True)
class TaskAdaptation(Adaptation):
    """An adaptation that all tasks can share, or that each task can have of its own.

    Attributes:
        per_task: Whether each task learns an adapter of its own, and the encoder stays as it is.
    """

    per_task: bool = False

    @property
    def is_per_task(self) -> bool:
        """Whether tasks have adapters of their own, and the encoder is as it was."""
        return self.per_task

    @abstractmethod
    def resolved(self, encoder: Encoder) -> Self:
        """Return the same, its layers named in full as one encoder has them.

        Raises:
            ConfigError: If the encoder has not those layers.
        """

    @abstractmethod
    def insert(self, encoder: Encoder, name: str) -> None:
        """Add an adapter to an encoder, which may have others; switch it on by `use_adapter`."""

    @abstractmethod
    def goes_beside(self, other: "TaskAdaptation") -> bool:
        """Tell whether two adapters can share an encoder."""

    @abstractmethod
    def covering(self, adapters: Sequence["TaskAdaptation"], size: int) -> "TaskAdaptation":
        """Return an adapter that stands wherever one of some does, without factors of its own.

        Args:
            adapters: Of this kind.
            size: Its rank or width.
        """

    @abstractmethod
    def to_adapter_config(self, encoder: Encoder) -> dict[str, Any]:
        """Return what a folder keeps of the adapter beside its weights, for JSON."""


def use_adapter(encoder: Encoder, name: str | None) -> None:
    """Switch one adapter on and all others off; all are off without a name.

    What learns goes on learning: a batch of several tasks needs one adapter after the other.
    """
    for _, _, layer in adapter_layers(encoder):
        learning = [(each, each.requires_grad) for each in layer.parameters()]
        layer.set_adapter([] if name is None else [name])
        for parameter, learns in learning:  # PEFT's layers let what is switched on learn alone
            parameter.requires_grad_(learns)


def remove_adapter(encoder: Encoder, name: str) -> None:
    """Take an adapter out of an encoder; layers without any other are the encoder's own again."""
    use_adapter(encoder, None)
    for parent, child, layer in list(adapter_layers(encoder)):
        layer.delete_adapter(name)
        own = layer.base_layer
        if len(list(layer.parameters())) == len(list(own.parameters())):
            setattr(parent, child, own)


def adapter_parameters(encoder: Encoder, name: str) -> dict[str, nn.Parameter]:
    """Return one adapter's parameters, named as PEFT saves them: layer, part, "weight"."""
    wrappers = wrapper_names(encoder)
    found = {}
    for full_name, parameter in encoder.named_parameters():
        owner = owner_of(full_name, wrappers)
        if owner is None:
            continue
        part, adapter, *rest = full_name.removeprefix(f"{owner}.").split(".")
        if adapter == name:
            found[".".join([owner, part, *rest])] = parameter
    return found


def load_adapter_weights(encoder: Encoder, name: str, weights: Mapping[str, Any]) -> None:
    """Take over an adapter's weights, by the names that `adapter_parameters` gives.

    Raises:
        ConfigError: If one is missing or has another shape.
    """
    for key, parameter in adapter_parameters(encoder, name).items():
        found = weights.get(key)
        if found is None or tuple(found.shape) != tuple(parameter.shape):
            problem = "is missing" if found is None else f"has shape {tuple(found.shape)}"
            raise ConfigError(f"weight {key!r} {problem}; expected {tuple(parameter.shape)}")
        parameter.data.copy_(found)
