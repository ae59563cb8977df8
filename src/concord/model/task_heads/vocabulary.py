"""Logits over the vocabulary; the output matrix is the encoder's input embedding."""

import torch
from torch import Tensor, nn

from concord.model.task_heads.layers import last_layers


class VocabularyModule(nn.Module):
    """Predicts tokens from states: dense, GELU, layer norm, then the embedding's transpose.

    Args:
        hidden_size: The width of the states.
        embedding: The encoder's, which stays the encoder's own: it is not saved with the head.
    """

    def __init__(self, hidden_size: int, embedding: nn.Embedding) -> None:
        super().__init__()
        width = embedding.embedding_dim  # ALBERT and ELECTRA embed in fewer dimensions
        self.hidden_size = hidden_size
        self.dense = nn.Linear(hidden_size, width)
        self.norm = nn.LayerNorm(width)
        self.bias = nn.Parameter(torch.zeros(embedding.num_embeddings))
        self._embedding = (embedding,)  # in a tuple, modules do not take it for a part of theirs

    def forward(self, states: Tensor, attention_mask: Tensor) -> Tensor:
        """Return the last layer's states of all sequences' tokens, ``(tokens, hidden)``.

        The loss asks `logits` for those that were hidden alone.
        """
        return last_layers(states, 1, self.hidden_size)[attention_mask == 1]

    def logits(self, states: Tensor) -> Tensor:
        """Map states, ``(tokens, hidden)``, to logits, ``(tokens, vocabulary)``."""
        dense = nn.functional.gelu(self.dense(states), approximate="tanh")
        vectors: Tensor = self.norm(dense)
        return vectors @ self._embedding[0].weight.T + self.bias
