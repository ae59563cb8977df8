"""Learned keys and values before those of the text, in each layer."""

import inspect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel

from concord.adaptation.adaptation import Adaptation
from concord.adaptation.peft_layers import import_peft
from concord.adaptation.virtual_tokens import check_num_tokens, prepended_mask
from concord.adaptation.wrapped import Encoder, WrappedEncoder, plain_encoder
from concord.errors import ConfigError


@dataclass(frozen=True, kw_only=True)
class Prefix(Adaptation):
    """Prefix tuning: each layer attends to learned keys and values too (Li and Liang, 2021).

    They count as positions before the text, so that texts may be as much shorter. A model saved so
    keeps them beside its weights.

    Attributes:
        num_tokens: How many keys and values each layer has.
        is_projected: Whether they are what a small network makes of fewer numbers, as in the
            paper; else they are learned themselves, as in P-tuning v2 (Liu et al., 2022).
        projection_width: The inner width of that network; the encoder's unless given.
    """

    num_tokens: int = 20
    is_projected: bool = False
    projection_width: int | None = None

    kind: ClassVar[str] = "prefix"
    adds_parameters: ClassVar[bool] = True
    is_mergeable: ClassVar[bool] = False

    def __post_init__(self) -> None:
        check_num_tokens(self.num_tokens)
        if self.projection_width is not None and not self.is_projected:
            raise ConfigError("projection_width is not used unless is_projected = true")
        if self.projection_width is not None and self.projection_width < 1:
            raise ConfigError(f"projection_width must be at least 1, got {self.projection_width}")

    @property
    def num_virtual_tokens(self) -> int:
        """The positions that the keys count as."""
        return self.num_tokens

    def adapt(self, encoder: Encoder) -> Encoder:
        """Return the encoder with a prefix in each layer."""
        plain = plain_encoder(encoder)
        config = plain.config
        if "past_key_values" not in inspect.signature(plain.forward).parameters:
            raise ConfigError(
                f"adaptation.kind: an encoder of type {config.model_type!r} takes no keys and "
                'values from outside; write kind = "prompt", or start from a BERT or RoBERTa'
            )
        peft = import_peft(self.kind)
        options = peft.PrefixTuningConfig(
            num_virtual_tokens=self.num_tokens,
            token_dim=config.hidden_size,
            num_transformer_submodules=1,
            num_layers=config.num_hidden_layers,
            num_attention_heads=config.num_attention_heads,
            encoder_hidden_size=self.projection_width or config.hidden_size,
            prefix_projection=self.is_projected,
        )
        return PrefixedEncoder(plain, peft.PrefixEncoder(options), self.num_tokens)

    def learning(self, encoder: Encoder) -> Iterable[nn.Parameter]:
        """Return the keys and values, or what makes them."""
        assert isinstance(encoder, PrefixedEncoder)  # noqa: S101 - what `adapt` returned
        return encoder.prefix.parameters()


class PrefixedEncoder(WrappedEncoder):
    """An encoder whose layers attend to learned keys and values too.

    PEFT's own model for this forgets which of two texts a token is of, so the keys and values alone
    are PEFT's.

    Args:
        base_layer: The encoder.
        prefix: Gives the keys and values of all layers, side by side, by their numbers.
        num_tokens: How many there are of each.
    """

    def __init__(self, base_layer: PreTrainedModel, prefix: nn.Module, num_tokens: int) -> None:
        super().__init__(base_layer)
        self.prefix = prefix
        self.num_tokens = num_tokens

    def forward(self, input_ids: Tensor, attention_mask: Tensor, **others: Any) -> Any:
        """Return what the encoder does, of the text's own tokens."""
        return self.base_layer(
            input_ids=input_ids,
            attention_mask=prepended_mask(attention_mask, self.num_tokens),
            past_key_values=_LearnedKeys(self._keys_and_values(input_ids), self.num_tokens),
            **others,
        )

    def _keys_and_values(self, input_ids: Tensor) -> Sequence[Tensor]:
        """Return the keys of the first layer, its values, the keys of the second, and so on."""
        numbers = torch.arange(self.num_tokens, device=input_ids.device)
        config = self.config
        heads = int(config.num_attention_heads)
        shape = (self.num_tokens, 2 * config.num_hidden_layers, heads, -1)
        found: Tensor = self.prefix(numbers).view(shape).permute(1, 2, 0, 3)
        # (parts, batch, heads, prefix, head size)
        return found[:, None].expand(-1, input_ids.shape[0], -1, -1, -1).unbind(0)


class _LearnedKeys:
    """Answers as a cache of earlier tokens would; one of transformers cannot be exported."""

    def __init__(self, parts: Sequence[Tensor], num_tokens: int) -> None:
        self._parts = parts
        self._num_tokens = num_tokens

    def get_seq_length(self, *_: Any) -> int:
        """Return how many keys stand before the text's."""
        return self._num_tokens

    def update(
        self, keys: Tensor, values: Tensor, layer: int, *_: Any, **__: Any
    ) -> tuple[Tensor, Tensor]:
        """Return a layer's keys and values, ``(batch, heads, prefix + tokens, head size)``."""
        before = [part.to(keys.dtype) for part in self._parts[2 * layer : 2 * layer + 2]]
        return torch.cat([before[0], keys], dim=2), torch.cat([before[1], values], dim=2)
