"""What trained heads are made of."""

from itertools import pairwise

import torch
from torch import Tensor, nn

from concord.tasks.heads import HeadSpec, Pooling


class StatePooling(nn.Module):
    """One vector for each sequence, by a rule of `Pooling`."""

    def __init__(self, width: int, pooling: Pooling) -> None:
        super().__init__()
        self.rule = pooling
        self.score = nn.Linear(width, 1) if pooling is Pooling.ATTENTION else None

    def forward(self, states: Tensor, attention_mask: Tensor) -> Tensor:
        """Map states, ``(sequences, tokens, width)``, to vectors, ``(sequences, width)``."""
        if self.rule is Pooling.FIRST:
            return states[:, 0]
        if self.score is None:
            shares = attention_mask / attention_mask.sum(dim=1, keepdim=True)
        else:
            scores: Tensor = self.score(states)[..., 0].float()
            shares = scores.masked_fill(attention_mask == 0, float("-inf")).softmax(dim=1)
        return torch.einsum("st,sth->sh", shares.to(states.dtype), states)


class SequenceVector(nn.Module):
    """One vector for each sequence: the pooled states, projected where the head has that."""

    def __init__(self, spec: HeadSpec, hidden_size: int) -> None:
        super().__init__()
        self.spec = spec
        self.hidden_size = hidden_size
        pooled = spec.num_layers * hidden_size
        self.width = spec.projection_size or pooled
        self.pooling = StatePooling(pooled, spec.pooling)
        self.projection = nn.Linear(pooled, self.width) if spec.projection_size else None

    def forward(self, states: Tensor, attention_mask: Tensor) -> Tensor:
        """Map states, ``(sequences, tokens, layers * hidden)``, to ``(sequences, width)``."""
        own = last_layers(states, self.spec.num_layers, self.hidden_size)
        pooled: Tensor = self.pooling(own, attention_mask)
        if self.projection is None:
            return pooled
        dropped = nn.functional.dropout(pooled, self.spec.dropout, self.training)
        projected: Tensor = self.projection(dropped)
        return projected


class Perceptron(nn.ModuleList):
    """Linear layers with dropout before each and a GELU between each two."""

    def __init__(self, width: int, spec: HeadSpec) -> None:
        sizes = (width, *spec.hidden_sizes, spec.num_outputs)
        super().__init__(nn.Linear(before, after) for before, after in pairwise(sizes))
        self.dropout = spec.dropout

    def forward(self, inputs: Tensor) -> Tensor:
        """Map inputs, ``(..., width)``, to outputs, ``(..., outputs)``."""
        outputs = inputs
        for number, layer in enumerate(self):
            if number:
                outputs = nn.functional.gelu(outputs, approximate="tanh")
            outputs = layer(nn.functional.dropout(outputs, self.dropout, self.training))
        return outputs


def last_layers(states: Tensor, num_layers: int, hidden_size: int) -> Tensor:
    """Return the states of the last layers out of those that the encoder gave."""
    return states[..., states.shape[-1] - num_layers * hidden_size :]
