"""What the training loop asks of whatever it trains: batches by epoch, and a loss in parts."""

from collections.abc import Sequence
from typing import Protocol, TypeVar

from torch import Tensor, nn

BatchT_contra = TypeVar("BatchT_contra", contravariant=True)
BatchT_co = TypeVar("BatchT_co", covariant=True)


class EpochBatches(Protocol[BatchT_co]):
    """The batches of one epoch, each ready for the model once it is on the device.

    A batch is a tensor, a mapping, list or tuple of batches, or has `to(device)`. Where several
    workers prepare them, an epoch is sent to each, so it must pickle.
    """

    def __len__(self) -> int:
        """Return how many there are."""
        ...

    def __getitem__(self, index: int) -> BatchT_co:
        """Return a batch; always the same for the same index."""
        ...


class BatchPlan(Protocol[BatchT_co]):
    """Which batches each epoch has, as a function of its number alone."""

    def epoch(self, number: int) -> EpochBatches[BatchT_co]:
        """Return an epoch, counted from 0."""
        ...


class Objective(Protocol[BatchT_contra]):
    """A loss that is summed in pieces.

    One optimiser step may span several micro-batches and devices, so each piece is divided by
    what was counted over the whole step, and the pieces add up to the same loss however the step
    was cut.
    """

    @property
    def parts(self) -> tuple[str, ...]:
        """The names of the loss's parts, as the log gives them."""
        ...

    def count(self, batches: Sequence[BatchT_contra]) -> Tensor:
        """Return what the losses are divided by, as numbers that add up over micro-batches."""
        ...

    def losses(self, model: nn.Module, batch: BatchT_contra, counts: Tensor) -> Tensor:
        """Return a micro-batch's share of each part, shape ``(parts,)``.

        Their sum over parts and micro-batches is what is minimised. A part that has no examples
        in the micro-batch is exactly 0.

        Args:
            model: The model, perhaps wrapped for several devices: to be called, not looked into.
            batch: One micro-batch, on the model's device.
            counts: What `count` gives for the whole optimiser step.
        """
        ...

    def num_examples(self, counts: Tensor) -> int:
        """Return how many examples were counted."""
        ...

    def num_tokens(self, counts: Tensor) -> int:
        """Return how many tokens were counted, padding left out."""
        ...
