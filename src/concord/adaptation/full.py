"""All of the encoder learns."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from torch import nn

from concord.adaptation.adaptation import Adaptation
from concord.adaptation.wrapped import Encoder


@dataclass(frozen=True, kw_only=True)
class Full(Adaptation):
    """Every parameter of the encoder learns."""

    kind: ClassVar[str] = "full"

    def learning(self, encoder: Encoder) -> Iterable[nn.Parameter]:
        """Return all parameters."""
        return encoder.parameters()
