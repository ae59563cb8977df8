"""The layers next to the heads learn."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from typing import ClassVar

from torch import nn

from concord.adaptation.adaptation import Adaptation
from concord.adaptation.parts import transformer_layers
from concord.adaptation.wrapped import Encoder, plain_encoder
from concord.errors import ConfigError


@dataclass(frozen=True, kw_only=True)
class TopLayers(Adaptation):
    """The last few layers of the encoder learn; its embeddings and first layers do not.

    Attributes:
        num_layers: How many, counted from the heads down.
    """

    num_layers: int = 2

    kind: ClassVar[str] = "top_layers"

    def __post_init__(self) -> None:
        if self.num_layers < 1:
            raise ConfigError(
                f"num_layers must be at least 1, got {self.num_layers}; for heads alone write "
                'kind = "frozen"'
            )

    def learning(self, encoder: Encoder) -> Iterable[nn.Parameter]:
        """Return the parameters of the last layers."""
        layers = transformer_layers(plain_encoder(encoder))
        if self.num_layers > len(layers):
            raise ConfigError(
                f"adaptation.num_layers must be at most {len(layers)}, the encoder's layers, got "
                f"{self.num_layers}"
            )
        return chain.from_iterable(layer.parameters() for layer in layers[-self.num_layers :])
