"""Layers over each token's state, and a CRF over tags."""

import torch
from torch import Tensor, nn

from concord.model.task_heads.layers import Perceptron, last_layers
from concord.tasks.heads import HeadSpec


class TokensModule(nn.Module):
    """Gives a row of outputs for each token.

    With `has_transitions` it holds a CRF's scores of pairs of tags, and of first and last tags,
    which its loss reads.
    """

    def __init__(self, spec: HeadSpec, hidden_size: int) -> None:
        super().__init__()
        self.spec = spec
        self.hidden_size = hidden_size
        self.layers = Perceptron(spec.num_layers * hidden_size, spec)
        if spec.has_transitions:
            size = spec.num_outputs
            self.transitions = nn.Parameter(torch.empty(size, size).uniform_(-0.1, 0.1))
            self.starts = nn.Parameter(torch.empty(size).uniform_(-0.1, 0.1))
            self.ends = nn.Parameter(torch.empty(size).uniform_(-0.1, 0.1))

    def forward(self, states: Tensor, attention_mask: Tensor) -> Tensor:
        """Map states to outputs of all sequences' tokens, end to end, ``(tokens, outputs)``."""
        own = last_layers(states, self.spec.num_layers, self.hidden_size)
        outputs: Tensor = self.layers(own[attention_mask == 1])
        return outputs


class SpansModule(nn.Module):
    """Gives a row of outputs for each token, minus infinity for padding."""

    def __init__(self, spec: HeadSpec, hidden_size: int) -> None:
        super().__init__()
        self.spec = spec
        self.hidden_size = hidden_size
        self.layers = Perceptron(spec.num_layers * hidden_size, spec)

    def forward(self, states: Tensor, attention_mask: Tensor) -> Tensor:
        """Map states to outputs, ``(sequences, tokens, outputs)``."""
        own = last_layers(states, self.spec.num_layers, self.hidden_size)
        outputs: Tensor = self.layers(own)
        return outputs.masked_fill(attention_mask[..., None] == 0, float("-inf"))
