"""One vector of each text, as it is: sentence embeddings."""

from torch import Tensor, nn

from concord.model.task_heads.layers import SequenceVector
from concord.tasks.heads import HeadSpec


class VectorModule(nn.Module):
    """Pools the last layers' states, side by side; it learns nothing unless pooling does."""

    def __init__(self, spec: HeadSpec, hidden_size: int) -> None:
        super().__init__()
        self.is_normalized = spec.is_normalized
        self.vector = SequenceVector(spec, hidden_size)

    def forward(self, states: Tensor, attention_mask: Tensor) -> Tensor:
        """Map states, ``(sequences, tokens, width)``, to vectors, ``(sequences, width)``."""
        vectors: Tensor = self.vector(states, attention_mask)
        return nn.functional.normalize(vectors, dim=1) if self.is_normalized else vectors
