"""Spares the last layer's work on tokens whose states nobody reads.

The heads read the first token alone. What the last layer computes for all others, beside their
keys and values, is thrown away: of its 12 hidden x hidden products a token, 10.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from torch import Tensor, nn
from transformers import PreTrainedModel

from concord.model.attention import attend


@contextmanager
def first_token_alone(encoder: PreTrainedModel) -> Iterator[None]:
    """Let an encoder's last layer compute the first token's state alone, inside the block.

    The encoder then gives states of shape ``(batch, 1, hidden)``. Encoders that are not built
    like BERT are left as they are.
    """
    layer = _last_layer(encoder)
    if layer is None:
        yield
        return
    whole = layer.attention
    layer.attention = FirstTokenAttention(whole)
    try:
        yield
    finally:
        layer.attention = whole


def computes_layers_again(encoder: PreTrainedModel) -> bool:
    """Say whether layers are computed again on the way back: whole, for the block is left then."""
    # the second is its name before transformers 5.20 or so
    names = ("is_activation_checkpointing", "is_gradient_checkpointing")
    return next(bool(getattr(encoder, name)) for name in names if hasattr(encoder, name))


class FirstTokenAttention(nn.Module):
    """BERT's attention block, for the first token's query alone."""

    def __init__(self, attention: Any) -> None:
        super().__init__()
        self.inner = attention.self
        self.output = attention.output

    def forward(
        self, hidden_states: Tensor, attention_mask: Tensor | None = None, **_: Any
    ) -> tuple[Tensor, None]:
        """Return the first token's state, ``(batch, 1, hidden)``, in the place of all states.

        Args:
            hidden_states: Shape ``(batch, tokens, hidden)``.
            attention_mask: None, or what is added to, or as booleans kept of, the scores; shape
                ``(batch, 1, tokens, tokens)``.
        """
        first = hidden_states[:, :1]
        mask = None if attention_mask is None else attention_mask[:, :, :1]
        query = self._heads(self.inner.query(first))
        key, value = (
            self._heads(project(hidden_states)) for project in (self.inner.key, self.inner.value)
        )
        dropout = self.inner.dropout.p if self.inner.training else 0.0
        attended = attend(self.inner, query, key, value, mask, dropout=dropout, is_causal=False)[0]
        state: Tensor = self.output(attended.flatten(2), first)
        return state, None

    def _heads(self, states: Tensor) -> Tensor:
        """Divide the last dimension among the heads: ``(batch, heads, tokens, head size)``."""
        shape = (*states.shape[:-1], -1, self.inner.attention_head_size)
        return states.view(shape).transpose(1, 2)


def _last_layer(encoder: PreTrainedModel) -> Any:
    """Return the last layer of an encoder that is built like BERT, else None."""
    layers = getattr(getattr(encoder, "encoder", None), "layer", None)
    if not layers:
        return None
    inner = getattr(getattr(layers[-1], "attention", None), "self", None)
    names = ("query", "key", "value", "dropout", "attention_head_size")
    is_like_bert = inner is not None and all(hasattr(inner, name) for name in names)
    has_own_bias = any(hasattr(inner, name) for name in ("pos_proj", "distance_embedding"))
    return layers[-1] if is_like_bert and not has_own_bias else None
