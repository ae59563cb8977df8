"""Layers over one vector of each sequence."""

from torch import Tensor, nn

from concord.model.task_heads.layers import Perceptron, StatePooling, last_layers
from concord.tasks.heads import HeadSpec


class PooledModule(nn.Module):
    """Gives one vector of outputs for each sequence."""

    def __init__(self, spec: HeadSpec, hidden_size: int) -> None:
        super().__init__()
        self.spec = spec
        self.hidden_size = hidden_size
        width = spec.num_layers * hidden_size
        self.pooling = StatePooling(width, spec.pooling)
        self.layers = Perceptron(width, spec)

    def forward(self, states: Tensor, attention_mask: Tensor) -> Tensor:
        """Map states, ``(sequences, tokens, width)``, to outputs, ``(sequences, outputs)``."""
        own = last_layers(states, self.spec.num_layers, self.hidden_size)
        outputs: Tensor = self.layers(self.pooling(own, attention_mask))
        return outputs
