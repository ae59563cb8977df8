"""Attention that computes in float32 on a CPU, whatever the states around it are kept in.

PyTorch's way back through its fused attention is about ten times slower in bfloat16 than in
float32 on a CPU, where texts are short: at 36 tokens it takes half of a whole training step. With
dropout it is not fused, and bfloat16 the faster format.
"""

from typing import Any, Final

import torch
from torch import Tensor, nn
from transformers import AttentionInterface, AttentionMaskInterface, PreTrainedModel
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import sdpa_mask

_NAME: Final = "sdpa_float32_on_cpu"


def attend(
    module: nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    **options: Any,
) -> tuple[Tensor, Tensor | None]:
    """Return attended states, shape ``(batch, tokens, heads, size)``, in the query's own format.

    Args:
        module: The attention module.
        query: Shape ``(batch, heads, tokens, size)``.
        key: The same shape.
        value: The same shape.
        attention_mask: What is added to, or as booleans kept of, the scores; None for no mask.
        **options: As transformers gives them, such as the dropout.
    """
    is_fused = query.device.type == "cpu" and not options.get("dropout")
    if not is_fused or query.dtype != torch.bfloat16:
        return sdpa_attention_forward(module, query, key, value, attention_mask, **options)
    if attention_mask is not None and attention_mask.is_floating_point():
        attention_mask = attention_mask.float()
    with torch.autocast("cpu", enabled=False):
        attended, weights = sdpa_attention_forward(
            module, query.float(), key.float(), value.float(), attention_mask, **options
        )
    return attended.to(query.dtype), weights


def use_fast_attention(encoder: PreTrainedModel) -> None:
    """Have an encoder attend by `attend` if it attends by torch's fused function."""
    if encoder.config._attn_implementation == "sdpa":
        AttentionInterface.register(_NAME, attend)
        AttentionMaskInterface.register(_NAME, sdpa_mask)
        encoder.set_attn_implementation(_NAME)


def has_fast_attention(encoder: PreTrainedModel) -> bool:
    """Say whether an encoder attends by `attend`."""
    return bool(encoder.config._attn_implementation == _NAME)
