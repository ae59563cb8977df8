"""Tiny encoders that were adapted, and texts for them to read."""

import copy
from collections.abc import Mapping
from typing import Any, Final

import torch
from tests.tiny_models import tiny_model
from torch import Tensor, nn
from transformers import PreTrainedModel

from concord.adaptation import Adaptation, Encoder, build_adaptation

ADDING: Final = (
    "adapter_experts", "bottleneck", "dora", "encoder_experts", "ia3", "lora", "prefix", "prompt",
)  # fmt: skip
"""The kinds that add parameters."""
IDS: Final = torch.arange(33).reshape(3, 11)
MASK: Final = torch.tensor([[1] * 4 + [0] * 7, [1] * 11, [1] * 9 + [0] * 2])
TYPES: Final = torch.tensor([[0] * 2 + [1] * 2 + [0] * 7, [0] * 5 + [1] * 6, [0] * 11])


def tiny_encoder(architecture: str = "bert") -> PreTrainedModel:
    """Build an encoder of two layers with random weights, in evaluation mode."""
    encoder = tiny_model(architecture).encoder
    encoder.eval()  # type: ignore[no-untyped-call]
    return encoder


def adapted(
    encoder: PreTrainedModel, table: Mapping[str, Any], *, is_trained: bool = True
) -> tuple[Adaptation, Encoder]:
    """Return a copy of an encoder with an adaptation that moved away from its start."""
    torch.manual_seed(1)
    adaptation = build_adaptation(table)
    changed = adaptation.adapt(copy.deepcopy(encoder)).eval()
    if is_trained:
        move(adaptation, changed)
    return adaptation, changed


def move(adaptation: Adaptation, encoder: Encoder) -> None:
    """Change what learns by enough that states differ."""
    with torch.no_grad():
        for parameter in adaptation.learning(encoder):
            parameter.add_(torch.randn_like(parameter) * 0.1)


@torch.inference_mode()
def states(encoder: nn.Module, *, rows: slice = slice(None), tokens: int = 11) -> Tensor:
    """Return the last layer's states of some of the texts, ``(texts, tokens, hidden)``."""
    outputs = encoder(
        input_ids=IDS[rows, :tokens],
        attention_mask=MASK[rows, :tokens],
        token_type_ids=TYPES[rows, :tokens],
    )
    found: Tensor = outputs.last_hidden_state
    return found
