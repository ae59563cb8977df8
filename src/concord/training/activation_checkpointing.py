"""Layers that are computed again on the way back, so that their states need not be kept."""

from torch import nn

from concord.errors import ConfigError
from concord.model.layers import encoder_of


def checkpoint_activations(model: nn.Module) -> None:
    """Let the encoder keep one state for each layer; dropout is drawn as it was on the way there.

    Raises:
        ConfigError: If the encoder cannot.
    """
    option = "trainer.gradient_checkpointing"
    encoder = encoder_of(model, option=option)
    if not encoder.supports_gradient_checkpointing:
        raise ConfigError(
            f"{option} is not to be had for an encoder of type {encoder.config.model_type!r}; "
            "leave it out"
        )
    earlier = encoder.gradient_checkpointing_enable  # its name before transformers 5.20 or so
    enable = getattr(encoder, "activation_checkpointing_enable", earlier)
    enable({"use_reentrant": False})
