"""Which of several experts counts how much."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

import torch
from torch import Tensor, nn

from concord.errors import ConfigError

FEWEST_EXPERTS: Final = 2


class GateKind(StrEnum):
    """How a gate shares out what it reads."""

    SOFT = "soft"
    """All experts count, by a softmax (Jacobs et al., 1991)."""
    HARD = "hard"
    """One expert counts, the one with the largest number."""


class Gate(nn.Module):
    """A linear layer that gives each expert a share; the shares of all add up to one.

    A hard gate has no gradient of its own. In training it draws an expert by the softmax's
    probabilities, and learns as if it had given these (straight-through Gumbel-softmax, Jang et
    al., 2017); otherwise it takes the likeliest. So all experts are drawn, and learn, for as long
    as the gate is undecided, and the gate learns of each what it would have given. The loss that
    keeps experts equally busy in the Switch Transformer (Fedus et al., 2022) is left out: it is
    for experts that take a limited number of tokens and drop the rest, and for gates that learn
    from the chosen expert alone.

    Args:
        size: Numbers that the gate reads.
        num_experts: Among how many it shares out.
        kind: Soft or hard.
    """

    def __init__(self, size: int, num_experts: int, kind: GateKind) -> None:
        super().__init__()
        self.linear = nn.Linear(size, num_experts)
        self._kind = kind

    def forward(self, inputs: Tensor) -> Tensor:
        """Map ``(..., size)`` to shares, ``(..., experts)``."""
        logits: Tensor = self.linear(inputs).float()  # precise in bf16 training too
        if self._kind is GateKind.SOFT:
            return logits.softmax(dim=-1)
        if self.training:
            return nn.functional.gumbel_softmax(logits, hard=True)
        return nn.functional.one_hot(logits.argmax(dim=-1), logits.shape[-1]).to(logits.dtype)


def mixed(answers: Iterable[Tensor], shares: Tensor) -> Tensor:
    """Return the experts' answers, each weighed by its share, as one.

    Args:
        answers: Of each expert, shape ``(..., numbers)``.
        shares: Shape ``(..., experts)``, which answers may be broadcast against.
    """
    weighed = [
        answer * shares[..., place, None].to(answer.dtype) for place, answer in enumerate(answers)
    ]
    return torch.stack(weighed).sum(dim=0)


def check_num_experts(number: int) -> None:
    """Refuse a number of experts among which there is nothing to share out.

    Raises:
        ConfigError: If it is below 2.
    """
    if number < FEWEST_EXPERTS:
        raise ConfigError(f"num_experts must be at least {FEWEST_EXPERTS}, got {number}")
