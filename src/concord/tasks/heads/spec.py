"""Which heads there are, and the shape of one."""

from dataclasses import dataclass
from enum import StrEnum

from concord.errors import ConfigError


class Pooling(StrEnum):
    """How a sequence's states become one vector."""

    FIRST = "first"
    """The first token's state."""
    MEAN = "mean"
    """The mean over all tokens, special tokens included."""
    ATTENTION = "attention"
    """A mean with learned weights (a softmax over one learned score for each token)."""

    @classmethod
    def _missing_(cls, value: object) -> "Pooling":
        raise ConfigError(f"unknown pooling {value!r}; choose one of {', '.join(cls)}")


class HeadKind(StrEnum):
    """What a head computes."""

    POOLED = "pooled"
    """Layers over one vector of each sequence."""
    TOWERS = "towers"
    """Layers over `[abs(u - v); abs(u + v)]` of two sequences' projected vectors."""
    COSINE = "cosine"
    """`scale * max(cos(u, v), 0)` of two sequences' vectors."""
    VECTOR = "vector"
    """One vector of each sequence, as it is."""
    TOKENS = "tokens"
    """A layer over each token's state."""
    VOCABULARY = "vocabulary"
    """Logits over the vocabulary for each masked token."""
    ALIGNMENT = "alignment"
    """The three heads of an alignment model over its pooled vector."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadSpec:
    """The shape of a head.

    Attributes:
        kind: What it computes.
        num_outputs: How many numbers it gives for each sequence or token.
        pooling: How states become one vector, for those that need one.
        num_layers: The encoder's last layers that are read, side by side.
        hidden_sizes: Widths of layers before the last one; between them stands a GELU.
        projection_size: Width of a layer over each sequence's vector before two are compared; 0
            for none.
        scale: What a cosine is multiplied by.
        is_normalized: Whether vectors are brought to length 1.
        has_transitions: Whether tags are decoded with a CRF's learned transitions.
        dropout: Before each layer, in training.
    """

    kind: HeadKind
    num_outputs: int = 0
    pooling: Pooling = Pooling.MEAN
    num_layers: int = 1
    hidden_sizes: tuple[int, ...] = ()
    projection_size: int = 0
    scale: float = 1.0
    is_normalized: bool = False
    has_transitions: bool = False
    dropout: float = 0.1

    def __post_init__(self) -> None:
        if self.num_layers < 1:
            raise ConfigError(f"num_layers must be at least 1, got {self.num_layers}")
        if any(size < 1 for size in self.hidden_sizes):
            raise ConfigError(f"hidden_sizes must be above 0, got {list(self.hidden_sizes)}")
        if self.projection_size < 0:
            raise ConfigError(f"projection_size must be at least 0, got {self.projection_size}")
