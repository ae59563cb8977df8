"""Small networks behind the parts of each layer."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import chain
from typing import Any, ClassVar, Final, Self

from torch import Tensor, nn
from transformers import PreTrainedModel

from concord.adaptation.added import ADAPTER, added_parameters
from concord.adaptation.parts import find_first_of
from concord.adaptation.per_task import TaskAdaptation
from concord.adaptation.wrapped import Encoder, plain_encoder
from concord.errors import ConfigError


class Placement(StrEnum):
    """Which parts of a layer a bottleneck stands behind."""

    BOTH = "both"
    """Attention and feed-forward (Houlsby et al., 2019)."""
    FEED_FORWARD = "feed_forward"
    """Feed-forward alone (Pfeiffer et al., 2021)."""


class Activation(StrEnum):
    """What is applied between a bottleneck's two matrices."""

    RELU = "relu"
    GELU = "gelu"
    TANH = "tanh"


_FUNCTIONS: Final[Mapping[Activation, Callable[[Tensor], Tensor]]] = {
    Activation.RELU: nn.functional.relu,
    Activation.GELU: nn.functional.gelu,
    Activation.TANH: nn.functional.tanh,
}
# The last linear layer of each part, as architectures call it: BERT and its kin, DistilBERT,
# MPNet, ALBERT, ModernBERT.
_ATTENTION_ENDS: Final = (
    "attention.output.dense",
    "attention.out_lin",
    "attention.attn.o",
    "attention.dense",
    "attn.Wo",
)
FEED_FORWARD_ENDS: Final = ("output.dense", "ffn.lin2", "ffn_output", "mlp.Wo")


@dataclass(frozen=True, kw_only=True)
class Bottleneck(TaskAdaptation):
    """Bottleneck adapters: narrow networks behind parts of each layer (Houlsby et al., 2019).

    What a part gives, h, becomes ``h + up(f(down(h)))``; then the layer goes on as it did, with the
    sum and the normalisation. The matrix of `up` starts at zero, so that the encoder starts as it
    was. A model saved so keeps them beside its weights.

    Attributes:
        width: Numbers between the two matrices.
        placement: "both" is behind attention and feed-forward, "feed_forward" behind that alone.
        activation: f: "relu", "gelu" or "tanh".
        has_learned_norms: Whether the encoder's own normalisation weights learn too, as in the
            paper by Houlsby et al.
    """

    width: int = 48
    placement: Placement = Placement.BOTH
    activation: Activation = Activation.GELU
    has_learned_norms: bool = False

    kind: ClassVar[str] = "bottleneck"
    adds_parameters: ClassVar[bool] = True
    is_mergeable: ClassVar[bool] = False

    def __post_init__(self) -> None:
        if self.width < 1:
            raise ConfigError(f"width must be at least 1, got {self.width}")
        if self.per_task and self.has_learned_norms:
            raise ConfigError(
                "has_learned_norms changes the encoder that all tasks share; leave it out where "
                "per_task = true"
            )

    def adapt(self, encoder: Encoder) -> Encoder:
        """Put a bottleneck behind the parts of each layer; for single tasks `insert` does it."""
        if not self.per_task:
            self.insert(encoder, ADAPTER)
        return encoder

    def resolved(self, encoder: Encoder) -> Self:
        """Return the same, once the encoder is seen to have the parts."""
        self._targets(plain_encoder(encoder))
        return self

    def goes_beside(self, other: TaskAdaptation) -> bool:
        """Bottlenecks go beside each other if they have one activation, whatever their widths."""
        return isinstance(other, Bottleneck) and other.activation is self.activation

    def covering(self, adapters: Sequence[TaskAdaptation], size: int) -> TaskAdaptation:
        """Return a bottleneck of a width behind each part that has one."""
        placements = {each.placement for each in adapters if isinstance(each, Bottleneck)}
        is_one = len(placements) == 1
        return replace(self, width=size, placement=min(placements) if is_one else Placement.BOTH)

    def to_adapter_config(self, encoder: Encoder) -> dict[str, Any]:
        """Return the table of the adaptation."""
        del encoder
        return self.to_table()

    def insert(self, encoder: Encoder, name: str) -> None:
        """Put a bottleneck of a name behind the parts of each layer, beside those of others."""
        plain = plain_encoder(encoder)
        for target in self._targets(plain):
            layer = plain.get_submodule(target)
            if isinstance(layer, nn.Linear):
                layer = BottleneckLayer(layer, self.activation)
                parent, _, child = target.rpartition(".")
                setattr(plain.get_submodule(parent), child, layer)
            assert isinstance(layer, BottleneckLayer)  # noqa: S101 - linear, or one of ours
            layer.add_adapter(name, self.width)

    def learning(self, encoder: Encoder) -> Iterable[nn.Parameter]:
        """Return what was added, and the normalisation weights where they are to learn.

        Nothing where each task has its own.
        """
        if self.per_task:
            return ()
        norms = (
            module.parameters()
            for module in encoder.modules()
            if self.has_learned_norms and isinstance(module, nn.LayerNorm)
        )
        return chain(added_parameters(encoder), chain.from_iterable(norms))

    def _targets(self, encoder: PreTrainedModel) -> Sequence[str]:
        """Return the full names of the linear layers that the bottlenecks stand behind."""
        found = find_first_of(encoder, FEED_FORWARD_ENDS, part="feed-forward")
        if self.placement is Placement.BOTH:
            found += find_first_of(encoder, _ATTENTION_ENDS, part="attention")
        return found


class BottleneckLayer(nn.Module):
    """A linear layer, and the bottlenecks behind it, of which those that are on are applied.

    Its parts are named as PEFT names those of its layers: part, adapter, weight.

    Args:
        base_layer: The linear layer.
        activation: What is applied between the two matrices.
    """

    def __init__(self, base_layer: nn.Linear, activation: Activation) -> None:
        super().__init__()
        self.base_layer = base_layer
        self.bottleneck_down = nn.ModuleDict()
        self.bottleneck_up = nn.ModuleDict()
        self._activation = _FUNCTIONS[activation]
        self._active: Sequence[str] = (ADAPTER,)

    def add_adapter(self, name: str, width: int) -> None:
        """Add a bottleneck that changes nothing as yet."""
        like = self.base_layer.weight
        size = self.base_layer.out_features
        self.bottleneck_down[name] = nn.Linear(size, width).to(like)
        up = nn.Linear(width, size).to(like)
        nn.init.zeros_(up.weight)
        nn.init.zeros_(up.bias)
        self.bottleneck_up[name] = up

    def delete_adapter(self, name: str) -> None:
        """Remove a bottleneck, if there is one of that name."""
        for adapters in (self.bottleneck_down, self.bottleneck_up):
            if name in adapters:
                del adapters[name]

    def set_adapter(self, names: Sequence[str]) -> None:
        """Switch on the bottlenecks of these names, and all others off."""
        self._active = tuple(names)

    def forward(self, inputs: Tensor) -> Tensor:
        """Map ``(..., inputs)`` to ``(..., outputs)``."""
        outputs: Tensor = self.base_layer(inputs)
        for name in self._active:
            if name in self.bottleneck_down:
                inner = self._activation(self.bottleneck_down[name](outputs))
                outputs = outputs + self.bottleneck_up[name](inner)
        return outputs
