"""Learned vectors before the text."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel
from transformers.modeling_outputs import BaseModelOutput

from concord.adaptation.adaptation import Adaptation
from concord.adaptation.peft_layers import import_peft
from concord.adaptation.virtual_tokens import check_num_tokens, prepended_mask
from concord.adaptation.wrapped import Encoder, WrappedEncoder, plain_encoder


class PromptStart(StrEnum):
    """What the vectors of a prompt start as."""

    VOCABULARY = "vocabulary"
    """The encoder's own vectors of tokens drawn at random."""
    RANDOM = "random"
    """Drawn from a normal distribution."""


@dataclass(frozen=True, kw_only=True)
class Prompt(Adaptation):
    """Prompt tuning: learned vectors stand before the tokens of each text (Lester et al., 2021).

    They take the first positions, so that texts may be as much shorter, and no state of theirs is
    given on. A model saved so keeps them beside its weights.

    Attributes:
        num_tokens: How many.
        start: "vocabulary", or "random".
    """

    num_tokens: int = 20
    start: PromptStart = PromptStart.VOCABULARY

    kind: ClassVar[str] = "prompt"
    adds_parameters: ClassVar[bool] = True
    is_mergeable: ClassVar[bool] = False

    def __post_init__(self) -> None:
        check_num_tokens(self.num_tokens)

    @property
    def num_virtual_tokens(self) -> int:
        """The positions that the vectors take."""
        return self.num_tokens

    def adapt(self, encoder: Encoder) -> Encoder:
        """Return the encoder behind a prompt."""
        peft = import_peft(self.kind)
        embeddings = encoder.get_input_embeddings()
        is_drawn = self.start is PromptStart.VOCABULARY
        options = peft.PromptTuningConfig(
            num_virtual_tokens=self.num_tokens,
            token_dim=embeddings.embedding_dim,
            num_transformer_submodules=1,
            prompt_tuning_init="SAMPLE_VOCAB" if is_drawn else "RANDOM",
        )
        prompt = peft.PromptEmbedding(options, embeddings)
        return PromptedEncoder(plain_encoder(encoder), prompt, self.num_tokens)

    def learning(self, encoder: Encoder) -> Iterable[nn.Parameter]:
        """Return the vectors."""
        assert isinstance(encoder, PromptedEncoder)  # noqa: S101 - what `adapt` returned
        return encoder.prompt.parameters()


class PromptedEncoder(WrappedEncoder):
    """An encoder that reads learned vectors before each text.

    PEFT's own model for this forgets which of two texts a token is of, so the vectors alone are
    PEFT's.

    Args:
        base_layer: The encoder.
        prompt: Gives the vectors by their numbers.
        num_tokens: How many there are.
    """

    def __init__(self, base_layer: PreTrainedModel, prompt: nn.Module, num_tokens: int) -> None:
        super().__init__(base_layer)
        self.prompt = prompt
        self.num_tokens = num_tokens

    def forward(self, input_ids: Tensor, attention_mask: Tensor, **others: Any) -> BaseModelOutput:
        """Return the states of the text's own tokens."""
        numbers = torch.arange(self.num_tokens, device=input_ids.device)
        embedded: Tensor = self.get_input_embeddings()(input_ids)
        vectors: Tensor = self.prompt(numbers).to(embedded.dtype)
        vectors = vectors.expand(input_ids.shape[0], -1, -1)  # (batch, prompt, width)
        if "token_type_ids" in others:
            types = others["token_type_ids"]
            of_prompt = torch.zeros_like(types[:, :1]).expand(-1, self.num_tokens)
            others["token_type_ids"] = torch.cat([of_prompt, types], dim=1)
        outputs = self.base_layer(
            inputs_embeds=torch.cat([vectors, embedded], dim=1),
            attention_mask=prepended_mask(attention_mask, self.num_tokens),
            **others,
        )
        all_states = outputs.hidden_states
        return BaseModelOutput(
            last_hidden_state=outputs.last_hidden_state[:, self.num_tokens :],
            hidden_states=all_states
            and tuple(states[:, self.num_tokens :] for states in all_states),
        )
