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
    SPANS = "spans"
    """A layer over each token's state whose outputs compete along a sequence: start and end."""
    VOCABULARY = "vocabulary"
    """Logits over the vocabulary for each masked token."""
    REPLACED = "replaced"
    """One logit for each token, trained beside a generator that replaces some of them."""
    ALIGNMENT = "alignment"
    """The three heads of an alignment model over its pooled vector."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratorSpec:
    """A small masked language model that proposes tokens for another to judge.

    Attributes:
        num_layers: Its transformer layers.
        hidden_size: Their width; an attention head has 64 of it.
        discriminator_weight: What judging counts for beside the generator's own loss.
    """

    num_layers: int = 2
    hidden_size: int = 128
    discriminator_weight: float = 50.0

    def __post_init__(self) -> None:
        if self.num_layers < 1:
            raise ConfigError(f"generator_layers must be at least 1, got {self.num_layers}")
        if self.hidden_size < 1 or self.hidden_size % self.num_attention_heads:
            raise ConfigError(
                f"generator_size must be above 0 and a multiple of its "
                f"{self.num_attention_heads} attention heads, got {self.hidden_size}"
            )
        if self.discriminator_weight < 0:
            raise ConfigError(
                f"discriminator_weight must be at least 0, got {self.discriminator_weight}"
            )

    @property
    def num_attention_heads(self) -> int:
        """One for each 64 dimensions, but one at least."""
        return max(self.hidden_size // 64, 1)


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
        generator: What proposes tokens, of a head that judges them.
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
    generator: GeneratorSpec | None = None
    dropout: float = 0.1

    def __post_init__(self) -> None:
        if self.num_layers < 1:
            raise ConfigError(f"num_layers must be at least 1, got {self.num_layers}")
        if any(size < 1 for size in self.hidden_sizes):
            raise ConfigError(f"hidden_sizes must be above 0, got {list(self.hidden_sizes)}")
        if self.projection_size < 0:
            raise ConfigError(f"projection_size must be at least 0, got {self.projection_size}")
