"""Several bottlenecks behind each layer's feed-forward part, among which a gate chooses."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor, nn

from concord.adaptation.adaptation import Adaptation
from concord.adaptation.added import added_parameters
from concord.adaptation.bottleneck import FEED_FORWARD_ENDS
from concord.adaptation.gate import Gate, GateKind, check_num_experts, mixed
from concord.adaptation.parts import find_first_of
from concord.adaptation.wrapped import Encoder, plain_encoder
from concord.errors import ConfigError


@dataclass(frozen=True, kw_only=True)
class AdapterExperts(Adaptation):
    """A mixture of bottleneck adapters in each layer.

    What the feed-forward part gives for a token, h, becomes h and the sum of
    ``g_e up_e(gelu(down_e(h)))`` over the experts e; the shares g are a gate's, which reads h. So
    each layer chooses for each token, as mixtures in a transformer's layers do (Shazeer et al.,
    2017; Fedus et al., 2022): a layer sees tokens, not texts, and neither padding nor neighbours
    can change the choice. The matrices of `up` start at zero, so that the encoder starts as it was.
    All experts are computed, with a hard gate too. A model saved so keeps them beside its weights.

    Attributes:
        num_experts: Bottlenecks in each layer.
        gate: "soft": all count, by a softmax; "hard": one alone, see `Gate`.
        width: Numbers between the two matrices of each.
    """

    num_experts: int = 3
    gate: GateKind = GateKind.SOFT
    width: int = 48

    kind: ClassVar[str] = "adapter_experts"
    adds_parameters: ClassVar[bool] = True
    is_mergeable: ClassVar[bool] = False

    def __post_init__(self) -> None:
        check_num_experts(self.num_experts)
        if self.width < 1:
            raise ConfigError(f"width must be at least 1, got {self.width}")

    def adapt(self, encoder: Encoder) -> Encoder:
        """Put experts and a gate behind the feed-forward part of each layer."""
        plain = plain_encoder(encoder)
        for target in find_first_of(plain, FEED_FORWARD_ENDS, part="feed-forward"):
            parent, _, child = target.rpartition(".")
            layer = plain.get_submodule(target)
            assert isinstance(layer, nn.Linear)  # noqa: S101 - nothing else was looked for
            mixed = AdapterExpertsLayer(layer, self.num_experts, self.width, self.gate)
            setattr(plain.get_submodule(parent), child, mixed.to(layer.weight))
        return encoder

    def learning(self, encoder: Encoder) -> Iterable[nn.Parameter]:
        """Return the experts and the gates."""
        return added_parameters(encoder)


class AdapterExpertsLayer(nn.Module):
    """A linear layer, and the experts behind it.

    Args:
        base_layer: The linear layer.
        num_experts: How many.
        width: Numbers between the two matrices of each.
        gate: How they are shared.
    """

    def __init__(self, base_layer: nn.Linear, num_experts: int, width: int, gate: GateKind) -> None:
        super().__init__()
        size = base_layer.out_features
        self.base_layer = base_layer
        self.gate = Gate(size, num_experts, gate)
        self.down = nn.ModuleList(nn.Linear(size, width) for _ in range(num_experts))
        self.up = nn.ModuleList(_zero_layer(width, size) for _ in range(num_experts))

    def forward(self, inputs: Tensor) -> Tensor:
        """Map ``(..., inputs)`` to ``(..., outputs)``."""
        outputs: Tensor = self.base_layer(inputs)
        answers = (
            up(nn.functional.gelu(down(outputs)))
            for down, up in zip(self.down, self.up, strict=True)
        )
        return outputs + mixed(answers, self.gate(outputs))


def _zero_layer(inputs: int, outputs: int) -> nn.Linear:
    layer = nn.Linear(inputs, outputs)
    nn.init.zeros_(layer.weight)
    nn.init.zeros_(layer.bias)
    return layer
