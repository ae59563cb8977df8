"""Low-rank adaptation with lengths of their own."""

from dataclasses import dataclass
from typing import Any, ClassVar

from concord.adaptation.low_rank import LowRank
from concord.adaptation.wrapped import Encoder


@dataclass(frozen=True, kw_only=True)
class Dora(LowRank):
    """DoRA: LoRA turns a matrix's rows; their lengths are learned apart (Liu et al., 2024).

    A layer computes ``m V x / |V|`` with ``V = W + (alpha / rank) B A``, where ``|V|`` and m have a
    number for each row; m starts as the lengths of the rows of W, so that the encoder starts as it
    was. What was learned is put into W when the model is saved.
    """

    kind: ClassVar[str] = "dora"

    def peft_options(self, encoder: Encoder) -> Any:
        """Return the same in PEFT's words, for one encoder."""
        options = super().peft_options(encoder)
        options.use_dora = True
        return options
