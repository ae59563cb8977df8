"""What an adaptation is: which of an encoder's parameters learn, and what is added to it for that.

A family of adaptations is a dataclass derived from `Adaptation`; its fields are its options.
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from torch import nn

from concord.adaptation.wrapped import Encoder
from concord.text.tokenizer import PairTokenizer


@dataclass(frozen=True, kw_only=True)
class Adaptation(ABC):
    """One way to fine-tune an encoder.

    Most families leave the encoder's class as it is: some choose among its own parameters, others
    put layers of theirs in the place of some of its layers. The few that change what the encoder
    reads give a `WrappedEncoder`, which is called in the same way.
    """

    kind: ClassVar[str]
    """What configurations call the family."""
    adds_parameters: ClassVar[bool] = False
    """Whether the encoder has more parameters than before, so that `adapt` is done only once."""
    is_mergeable: ClassVar[bool] = True
    """Whether a plain encoder can compute the same as the adapted one."""

    @property
    def is_per_task(self) -> bool:
        """Whether tasks have adapters of their own, and the encoder is as it was."""
        return False

    @property
    def num_virtual_tokens(self) -> int:
        """How many of the encoder's positions the adaptation takes for itself."""
        return 0

    def adapt(self, encoder: Encoder) -> Encoder:
        """Return the encoder with what is added to it; it is changed in place, or wrapped.

        Fresh parameters are drawn from torch's own generator: seed it for a reproducible start.

        Raises:
            ConfigError: If the encoder is of an architecture that this cannot be done to.
        """
        return encoder

    def tokenizer(self, tokenizer: PairTokenizer) -> PairTokenizer:
        """Return what turns texts into the ids that the adapted encoder reads."""
        return tokenizer

    @abstractmethod
    def learning(self, encoder: Encoder) -> Iterable[nn.Parameter]:
        """Return those parameters of an adapted encoder that learn.

        Raises:
            ConfigError: If the encoder has not the parts that are to learn.
        """

    def merge(self, encoder: Encoder) -> Encoder:
        """Return a plain encoder that computes what an adapted one does, which stays as it is.

        Only for families that are mergeable.
        """
        return encoder

    def __str__(self) -> str:
        return ", ".join(f"{name} = {json.dumps(value)}" for name, value in self.to_table().items())

    def to_table(self) -> dict[str, Any]:
        """Return the table from which `build_adaptation` makes the same."""
        return {"kind": self.kind, **asdict(self)}
