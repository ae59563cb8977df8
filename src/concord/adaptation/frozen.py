"""The encoder stays as it is."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from torch import nn

from concord.adaptation.adaptation import Adaptation
from concord.adaptation.wrapped import Encoder


@dataclass(frozen=True, kw_only=True)
class Frozen(Adaptation):
    """No parameter of the encoder learns, only heads do."""

    kind: ClassVar[str] = "frozen"

    def learning(self, encoder: Encoder) -> Iterable[nn.Parameter]:
        """Return none."""
        del encoder
        return ()
