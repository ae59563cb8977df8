"""Low-rank adaptation."""

from dataclasses import dataclass
from typing import ClassVar

from concord.adaptation.low_rank import LowRank


@dataclass(frozen=True, kw_only=True)
class Lora(LowRank):
    """LoRA: beside a frozen matrix W learns a product of two thin ones, B A (Hu et al., 2022).

    A layer computes ``W x + (alpha / rank) B A x``. B starts at zero, so that the encoder starts as
    it was. What was learned is added to W when the model is saved.
    """

    kind: ClassVar[str] = "lora"
