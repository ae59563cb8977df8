"""What the tasks have in common whose head is layers over one vector of each sequence."""

from dataclasses import dataclass

from concord.tasks.heads import HeadKind, HeadSpec, Pooling
from concord.tasks.task import Answer, Gold, Input, Task


@dataclass(frozen=True, kw_only=True)
class PooledTask(Task[Input, Gold, Answer]):
    """A task that is answered from one vector of each sequence.

    Attributes:
        pooling: How states become one vector.
        num_layers: The encoder's last layers that are read.
        hidden_sizes: Widths of layers before the last.
        dropout: Before each layer, in training.
    """

    pooling: Pooling = Pooling.MEAN
    num_layers: int = 1
    hidden_sizes: tuple[int, ...] = ()
    dropout: float = 0.1

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "pooling", Pooling(self.pooling))  # Python users write its name

    def pooled_head(self, num_outputs: int) -> HeadSpec:
        """Return the head with so many outputs for each sequence."""
        return HeadSpec(
            kind=HeadKind.POOLED,
            num_outputs=num_outputs,
            pooling=self.pooling,
            num_layers=self.num_layers,
            hidden_sizes=self.hidden_sizes,
            dropout=self.dropout,
        )
