"""The layers of an encoder, and how deep each parameter lies under the heads."""

from collections.abc import Iterable
from typing import Any, cast

from torch import nn
from transformers import PreTrainedModel

from concord.errors import ConfigError


def encoder_of(model: nn.Module, *, option: str) -> PreTrainedModel:
    """Return the encoder inside a model.

    Args:
        model: One of ours.
        option: Who asks, for the error.

    Raises:
        ConfigError: If it has none.
    """
    encoder: Any = getattr(model, "encoder", None)
    if not isinstance(encoder, nn.Module):
        raise ConfigError(f"{option} needs a model with an encoder, not a {type(model).__name__}")
    return cast("PreTrainedModel", encoder)


def encoder_layers(encoder: PreTrainedModel, *, option: str) -> list[nn.Module]:
    """Return an encoder's layers, the lowest first.

    Args:
        encoder: Any Hugging Face encoder.
        option: Who asks, for the error.

    Raises:
        ConfigError: If it has no list of them, as ALBERT, whose layers are one and the same.
    """
    number = int(encoder.config.num_hidden_layers)
    lists = [
        module
        for module in encoder.modules()
        if isinstance(module, nn.ModuleList) and len(module) == number
    ]
    if not lists:
        kind = encoder.config.model_type
        raise ConfigError(
            f"{option} needs an encoder whose layers are apart; one of type {kind!r} has no list "
            f"of its {number} layers"
        )
    return list(max(lists, key=_size))


def parameter_depths(model: nn.Module, *, option: str) -> dict[nn.Parameter, int]:
    """Return how deep each of a model's parameters lies.

    Heads, and what stands behind the encoder's layers, have depth 0; the top layer has 1, and the
    lowest of n layers n; embeddings have n + 1.

    Args:
        model: One of ours.
        option: Who asks, for the error.

    Raises:
        ConfigError: If the encoder has no layers to tell apart.
    """
    encoder = encoder_of(model, option=option)
    layers = encoder_layers(encoder, option=option)
    of_layers = {
        parameter: len(layers) - place
        for place, layer in enumerate(layers)
        for parameter in layer.parameters()
    }
    depths = dict.fromkeys(model.parameters(), 0)
    is_before = True
    for name, parameter in encoder.named_parameters():
        if parameter in of_layers:
            depths[parameter] = of_layers[parameter]
            is_before = False
        elif is_before or "embedding" in name:
            depths[parameter] = len(layers) + 1
    return depths


def _size(layers: Iterable[nn.Module]) -> int:
    return sum(parameter.numel() for layer in layers for parameter in layer.parameters())
