"""How deep each parameter of a model lies under its heads."""

from typing import Any, cast

from torch import nn
from transformers import PreTrainedModel

from concord.adaptation import Encoder, plain_encoder
from concord.adaptation.parts import transformer_layers
from concord.errors import ConfigError


def encoder_of(model: nn.Module, *, option: str) -> PreTrainedModel:
    """Return the encoder inside a model, without what an adaptation puts around it.

    Args:
        model: One of ours.
        option: Who asks, for the error.

    Raises:
        ConfigError: If it has none.
    """
    encoder: Any = getattr(model, "encoder", None)
    if not isinstance(encoder, nn.Module):
        raise ConfigError(f"{option} needs a model with an encoder, not a {type(model).__name__}")
    return plain_encoder(cast("Encoder", encoder))


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
    layers = transformer_layers(encoder, option=option)
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
