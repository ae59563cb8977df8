"""What LoRA and DoRA have in common."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from torch import nn

from concord.adaptation.adaptation import Adaptation
from concord.adaptation.added import added_parameters
from concord.adaptation.parts import find_linear_layers
from concord.adaptation.peft_layers import import_peft, insert_layers, merge_layers
from concord.adaptation.quantized import quantize_layers
from concord.adaptation.wrapped import Encoder, plain_encoder
from concord.errors import ConfigError


@dataclass(frozen=True, kw_only=True)
class LowRank(Adaptation):
    """Beside a frozen matrix W learns a product of two thin ones, B A.

    Attributes:
        rank: Columns of B and rows of A.
        alpha: The product counts alpha / rank times.
        dropout: Share of the entries of its input that A does not see in training.
        targets: The linear layers, by the ends of their names.
        base: How the weights of the frozen encoder's linear layers are kept in training: in fp32,
            in 4 bits (QLoRA) or in 8 bits. What is saved has them unpacked.
    """

    rank: int = 8
    alpha: float = 16.0
    dropout: float = 0.0
    targets: tuple[str, ...] = ("query", "value")
    base: Literal["full", "nf4", "int8"] = "full"

    adds_parameters: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if self.rank < 1:
            raise ConfigError(f"rank must be at least 1, got {self.rank}")
        if self.alpha <= 0:
            raise ConfigError(f"alpha must be above 0, got {self.alpha}")
        if not 0 <= self.dropout < 1:
            raise ConfigError(f"dropout lies in [0, 1), got {self.dropout}")
        if not self.targets:
            raise ConfigError('targets names no layer; name some, such as ["query", "value"]')

    def adapt(self, encoder: Encoder) -> Encoder:
        """Put PEFT's layers in the place of the targets, and pack what stays frozen."""
        if self.base != "full":
            quantize_layers(encoder, self.base)
        insert_layers(encoder, self.peft_options(encoder), self.kind)
        return encoder

    def learning(self, encoder: Encoder) -> Iterable[nn.Parameter]:
        """Return what was added."""
        return added_parameters(encoder)

    def merge(self, encoder: Encoder) -> Encoder:
        """Return a plain encoder that computes the same."""
        return merge_layers(encoder)

    def peft_options(self, encoder: Encoder) -> Any:
        """Return the same in PEFT's words, for one encoder."""
        return import_peft(self.kind).LoraConfig(
            r=self.rank,
            lora_alpha=self.alpha,
            lora_dropout=self.dropout,
            target_modules=find_linear_layers(plain_encoder(encoder), self.targets),
        )
