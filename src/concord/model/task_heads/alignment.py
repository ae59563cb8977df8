"""The three heads of an alignment model over its pooled vector."""

import torch
from torch import Tensor, nn

from concord.model.heads import AlignmentHeads
from concord.model.task_heads.layers import last_layers
from concord.tasks.heads import HeadSpec


class AlignmentModule(nn.Module):
    """Gives the joint logits of a (context, claim) pair, as an alignment model does."""

    def __init__(self, spec: HeadSpec, hidden_size: int) -> None:
        super().__init__()
        self.hidden_size = hidden_size
        self.dense = nn.Linear(hidden_size, hidden_size)
        self.heads = AlignmentHeads(hidden_size, spec.dropout)

    def forward(self, states: Tensor, attention_mask: Tensor) -> Tensor:
        """Map states, ``(pairs, tokens, width)``, to joint logits, ``(pairs, 6)``."""
        del attention_mask
        first = last_layers(states, 1, self.hidden_size)[:, 0]
        logits: Tensor = self.heads(torch.tanh(self.dense(first)))
        return logits
