"""Penalties on answers that depend on chance: on dropout (R-Drop), or on a nudge (SMART).

Each sequence of a batch is read twice in one pass, and the two answers are asked to agree. The
penalty is summed over the same units as the loss, so it is the same however a step is cut.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

import torch
from torch import Tensor, nn

from concord.errors import ConfigError
from concord.training.losses.divergences import sum_divergence
from concord.training.losses.soft_answers import SoftAnswer

Read: TypeAlias = Callable[[Callable[..., Any]], Sequence[SoftAnswer]]
"""Given what is called in the model's place, gives its answers to a batch."""

_TINY: Final = 1e-30


@dataclass(frozen=True, slots=True, kw_only=True)
class RegularizationOptions:
    """How answers are kept from depending on chance.

    Attributes:
        kind: "r_drop" reads each text under two draws of dropout (Liang et al., NeurIPS 2021);
            the loss is the mean of both readings', plus `alpha` times their divergence, half the
            sum of KL(p || q) and KL(q || p). The paper adds both losses, so its alpha is twice
            this one. "smart" nudges the input embeddings in the direction that changes the answer
            most (the smoothness penalty of Jiang et al., ACL 2020, with one step of ascent and
            without its proximal term). Regressions count by the squared difference.
        alpha: Weight of the penalty.
        noise: Standard deviation of the noise from which the ascent starts (smart).
        step_size: The largest change of a number in a sequence's embeddings by the ascent (smart).
    """

    kind: Literal["r_drop", "smart"] = "r_drop"
    alpha: float = 1.0
    noise: float = 1e-5
    step_size: float = 1e-3

    def __post_init__(self) -> None:
        for name in ("alpha", "noise", "step_size"):
            if getattr(self, name) <= 0:
                raise ConfigError(
                    f"regularization.{name} must be above 0, got {getattr(self, name)}"
                )


class Regularizer:
    """Makes two readings of a batch, and a loss of them.

    Args:
        options: Which penalty, and how large.
    """

    def __init__(self, options: RegularizationOptions) -> None:
        self._options = options

    def combine(self, first: Tensor, second: Tensor, divergence: Tensor) -> Tensor:
        """Return the loss of two readings.

        Args:
            first: The loss of the first reading.
            second: That of the second; after a nudge it does not count.
            divergence: How far their answers are from each other.
        """
        is_pair = self._options.kind == "r_drop"
        loss = (first + second) / 2 if is_pair else first
        return loss + self._options.alpha * divergence

    def second_nudged(
        self, model: nn.Module, shape: torch.Size, read: Read
    ) -> AbstractContextManager[None]:
        """Return a context in which the second half of a doubled batch is read with a nudge.

        For R-Drop there is none: dropout alone tells the halves apart.

        Args:
            model: The model, perhaps wrapped, with an `encoder`.
            shape: Of the batch's ids before it is doubled, ``(sequences, tokens)``.
            read: Gives the answers to the batch.
        """
        if self._options.kind == "r_drop":
            return nullcontext()
        inner: Any = getattr(model, "module", model)
        embedding: nn.Embedding = inner.encoder.get_input_embeddings()
        nudge = self._find_nudge(inner, embedding, shape, read)
        return _added(embedding, torch.cat([torch.zeros_like(nudge), nudge]))

    def _find_nudge(
        self, model: nn.Module, embedding: nn.Embedding, shape: torch.Size, read: Read
    ) -> Tensor:
        """Take one step of ascent on the divergence, in float32 and without dropout."""
        size = (*shape, embedding.embedding_dim)
        noise = torch.randn(size, device=embedding.weight.device) * self._options.noise
        noise.requires_grad_()

        def call(*inputs: Any) -> Any:
            return type(model).forward(model, *inputs)  # past the wrapper that casts to bfloat16

        is_training = model.training
        model.eval()
        with torch.no_grad():
            plain = read(call)
        with _added(embedding, noise):
            divergence = sum_divergence(plain, read(call))
        model.train(is_training)
        (slope,) = torch.autograd.grad(divergence, noise)
        steepest = slope.abs().amax(dim=(1, 2), keepdim=True).clamp(min=_TINY)
        return noise.detach() + self._options.step_size * slope / steepest


@contextmanager
def _added(embedding: nn.Embedding, change: Tensor) -> Iterator[None]:
    """Add a change to what the encoder reads in place of its ids."""

    def add(_module: nn.Module, _inputs: Any, vectors: Tensor) -> Tensor:
        if vectors.shape != change.shape:
            raise ConfigError(
                "regularization of kind 'smart' needs an encoder that reads a batch at once, and "
                "this one reads a part of it; give each batch one task with sampling.batching = "
                "'one_task', or choose kind 'r_drop'"
            )
        return vectors + change

    hook = embedding.register_forward_hook(add)
    try:
        yield
    finally:
        hook.remove()
