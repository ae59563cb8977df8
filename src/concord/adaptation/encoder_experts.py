"""Several copies of the encoder, among which a gate chooses for each text."""

import copy
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from torch import Tensor, nn
from transformers import PreTrainedModel
from transformers.modeling_outputs import BaseModelOutput

from concord.adaptation.adaptation import Adaptation
from concord.adaptation.gate import Gate, GateKind, check_num_experts, mixed
from concord.adaptation.wrapped import Encoder, WrappedEncoder, plain_encoder


@dataclass(frozen=True, kw_only=True)
class EncoderExperts(Adaptation):
    """A mixture of whole encoders: the encoder and copies of it, all of which learn.

    Their states are mixed by the shares of a gate, the same for all tokens of a sequence and in
    all layers. The gate reads what the experts read (Jacobs et al., 1991): the mean of the
    sequence's word vectors, padding left out. A sequence is the unit since the states of its
    tokens, which have attended to each other, belong together. All copies start as the encoder, so
    that the mixture does too; dropout, and the gate's random start, part them. All are computed,
    with a hard gate too: training and predicting take `num_experts` times as long, and the model's
    file is as much larger.

    Attributes:
        num_experts: Encoders, the first one included.
        gate: "soft": all count, by a softmax; "hard": one alone, see `Gate`.
    """

    num_experts: int = 3
    gate: GateKind = GateKind.SOFT

    kind: ClassVar[str] = "encoder_experts"
    adds_parameters: ClassVar[bool] = True
    is_mergeable: ClassVar[bool] = False

    def __post_init__(self) -> None:
        check_num_experts(self.num_experts)

    def adapt(self, encoder: Encoder) -> Encoder:
        """Return the encoder among copies of it."""
        plain = plain_encoder(encoder)
        copies = [_copy(plain) for _ in range(self.num_experts - 1)]
        vectors: Tensor = plain.get_input_embeddings().state_dict()["weight"]
        gate = Gate(vectors.shape[1], self.num_experts, self.gate)
        return ExpertEncoders(plain, copies, gate.to(vectors.device))

    def learning(self, encoder: Encoder) -> Iterable[nn.Parameter]:
        """Return all parameters, of the copies and the gate too."""
        return encoder.parameters()


class ExpertEncoders(WrappedEncoder):
    """Encoders that read the same texts; their states are mixed.

    Args:
        base_layer: The first of them.
        others: The rest.
        gate: Shares them out.
    """

    def __init__(
        self, base_layer: PreTrainedModel, others: Sequence[PreTrainedModel], gate: Gate
    ) -> None:
        super().__init__(base_layer)
        self.others = nn.ModuleList(others)
        self.gate = gate

    def forward(self, input_ids: Tensor, attention_mask: Tensor, **others: Any) -> BaseModelOutput:
        """Return the mixed states."""
        inputs = {"input_ids": input_ids, "attention_mask": attention_mask, **others}
        answers = [expert(**inputs) for expert in (self.base_layer, *self.others)]
        shares: Tensor = self.gate(self._mean_vectors(input_ids, attention_mask))[:, None]
        layers = [each.hidden_states for each in answers]
        return BaseModelOutput(
            last_hidden_state=mixed([each.last_hidden_state for each in answers], shares),
            hidden_states=None
            if layers[0] is None
            else tuple(mixed(states, shares) for states in zip(*layers, strict=True)),
        )

    def _mean_vectors(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """Return the mean of each text's word vectors, ``(batch, width)``."""
        vectors: Tensor = self.get_input_embeddings()(input_ids)
        mask = attention_mask[..., None].to(vectors.dtype)
        return (vectors * mask).sum(dim=1) / mask.sum(dim=1)


def _copy(encoder: PreTrainedModel) -> PreTrainedModel:
    copied = copy.deepcopy(encoder)
    if getattr(copied, "pooler", None) is not None:
        copied.register_module("pooler", None)  # no head reads it
    return copied
