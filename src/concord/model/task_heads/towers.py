"""Two texts that are read apart: their vectors are compared, as classes or as a cosine."""

import torch
from torch import Tensor, nn

from concord.model.task_heads.layers import Perceptron, SequenceVector
from concord.tasks.heads import HeadSpec


class TowersModule(nn.Module):
    """Layers over `[abs(u - v); abs(u + v)]`, which does not care for the order of the two."""

    def __init__(self, spec: HeadSpec, hidden_size: int) -> None:
        super().__init__()
        self.vector = SequenceVector(spec, hidden_size)
        self.layers = Perceptron(2 * self.vector.width, spec)

    def forward(self, states: Tensor, attention_mask: Tensor) -> Tensor:
        """Map states of sequences, two by two, to logits, ``(sequences / 2, outputs)``."""
        vectors = self.vector(states, attention_mask)
        first, second = vectors[0::2], vectors[1::2]
        both = torch.cat([(first - second).abs(), (first + second).abs()], dim=1)
        logits: Tensor = self.layers(both)
        return logits


class CosineModule(nn.Module):
    """Compares two texts by the cosine of their vectors: `scale * max(cos(u, v), 0)`."""

    def __init__(self, spec: HeadSpec, hidden_size: int) -> None:
        super().__init__()
        self.scale = spec.scale
        self.vector = SequenceVector(spec, hidden_size)

    def forward(self, states: Tensor, attention_mask: Tensor) -> Tensor:
        """Map states of sequences, two by two, to similarities, ``(sequences / 2, 1)``."""
        vectors = self.vector(states, attention_mask).float()
        cosine = torch.cosine_similarity(vectors[0::2], vectors[1::2], dim=1)
        return self.scale * cosine.clamp(min=0)[:, None]
