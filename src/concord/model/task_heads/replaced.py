"""ELECTRA's two parts beside the encoder: a small generator and a layer over each token."""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from concord.model.task_heads.layers import Perceptron, last_layers
from concord.model.task_heads.vocabulary import VocabularyModule
from concord.tasks.heads import GeneratorSpec, HeadSpec


class Draft(NamedTuple):
    """Sequences whose masks a generator filled.

    Attributes:
        input_ids: With what it wrote, ``(sequences, tokens)``.
        is_written: Which of the sequences' tokens it wrote, end to end, ``(tokens,)``.
        logits: What it drew from there, ``(written, vocabulary)``.
        written: What it drew, ``(written,)``.
    """

    input_ids: Tensor
    is_written: Tensor
    logits: Tensor
    written: Tensor


class Judgement(NamedTuple):
    """A draft, and the logits that its tokens were replaced, ``(tokens,)``."""

    draft: Draft
    logits: Tensor


class Generator(nn.Module):
    """A small masked language model; tokens go in and out by the encoder's embedding."""

    def __init__(self, spec: GeneratorSpec, embedding: nn.Embedding, max_positions: int) -> None:
        super().__init__()
        width = spec.hidden_size
        self.project = nn.Linear(embedding.embedding_dim, width)
        self.positions = nn.Parameter(torch.empty(max_positions, width).normal_(std=0.02))
        self.norm = nn.LayerNorm(width)
        layer = nn.TransformerEncoderLayer(
            width, spec.num_attention_heads, 4 * width, activation="gelu", batch_first=True
        )
        self.layers = nn.TransformerEncoder(layer, spec.num_layers, enable_nested_tensor=False)
        self.head = VocabularyModule(width, embedding)
        self._embedding = (embedding,)

    def forward(self, input_ids: Tensor, attention_mask: Tensor, is_masked: Tensor) -> Tensor:
        """Return logits over the vocabulary at the masks, ``(masks, vocabulary)``."""
        vectors = self.project(self._embedding[0](input_ids))
        vectors = self.norm(vectors + self.positions[: input_ids.shape[1]])
        states: Tensor = self.layers(vectors, src_key_padding_mask=attention_mask == 0)
        return self.head.logits(states[is_masked])


class ReplacedModule(nn.Module):
    """Fills masks before the encoder reads, and judges each token after it has read."""

    def __init__(
        self, spec: HeadSpec, hidden_size: int, embedding: nn.Embedding, max_positions: int
    ) -> None:
        super().__init__()
        self.generator_spec = spec.generator or GeneratorSpec()
        self.generator = Generator(self.generator_spec, embedding, max_positions)
        self.hidden_size = hidden_size
        self.layers = Perceptron(hidden_size, spec)

    def draft(self, input_ids: Tensor, attention_mask: Tensor, is_masked: Tensor) -> Draft:
        """Fill masks with tokens drawn from the generator; no gradient goes through the draw."""
        logits: Tensor = self.generator(input_ids, attention_mask, is_masked)
        probs = logits.detach().float().softmax(dim=-1)
        written = probs.multinomial(1)[:, 0] if len(probs) else input_ids.new_zeros(0)
        filled = input_ids.masked_scatter(is_masked, written)
        return Draft(filled, is_masked[attention_mask == 1], logits, written)

    def forward(self, states: Tensor, attention_mask: Tensor, draft: Draft) -> Judgement:
        """Return the draft and what is thought of each of its tokens."""
        own = last_layers(states, 1, self.hidden_size)
        outputs: Tensor = self.layers(own[attention_mask == 1])
        return Judgement(draft, outputs[:, 0])
