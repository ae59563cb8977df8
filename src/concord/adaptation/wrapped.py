"""An encoder that reads more than it is given: the form of adaptations that change its input."""

from typing import TypeAlias

from torch import nn
from transformers import PreTrainedConfig, PreTrainedModel


class WrappedEncoder(nn.Module):
    """Is called as the encoder inside is, and tells what heads ask of an encoder.

    Args:
        base_layer: The encoder inside.
    """

    def __init__(self, base_layer: PreTrainedModel) -> None:
        super().__init__()
        self.base_layer = base_layer

    @property
    def config(self) -> PreTrainedConfig:
        """The encoder's own."""
        config: PreTrainedConfig = self.base_layer.config
        return config

    def get_input_embeddings(self) -> nn.Module:
        """Return the encoder's table of token vectors."""
        embeddings: nn.Module = self.base_layer.get_input_embeddings()
        return embeddings


Encoder: TypeAlias = PreTrainedModel | WrappedEncoder
"""What computes states: an encoder as it is, or one inside of something."""


def plain_encoder(encoder: Encoder) -> PreTrainedModel:
    """Return the encoder that is inside, or the encoder itself."""
    return encoder.base_layer if isinstance(encoder, WrappedEncoder) else encoder
