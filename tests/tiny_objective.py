"""A model of a dozen weights with two heads, its loss and its batches: the loop's smallest run."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

HEADS: Final = (0, 0, 1, 0, 1, 1, 0, 1)
"""The head of each batch of an epoch; each batch has examples of one head only."""


class TwoHeads(nn.Module):
    """Two linear heads over a shared linear map."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.shared = nn.Linear(3, 2, bias=False)
        self.heads = nn.ModuleList([nn.Linear(2, 1, bias=False) for _ in range(2)])

    def forward(self, inputs: Tensor, head: int) -> Tensor:
        """Return a number for each row, shape ``(rows,)``."""
        outputs: Tensor = self.heads[head](self.shared(inputs))
        return outputs[:, 0]

    def save_pretrained(self, folder: Path) -> None:
        """Write the weights."""
        save_file(self.state_dict(), folder / "model.safetensors")


@dataclass(frozen=True, slots=True)
class TinyBatch:
    """Rows of one head, `inputs` of shape ``(rows, 3)`` and `target` of shape ``(rows,)``."""

    head: int
    inputs: Tensor
    target: Tensor

    def to(self, device: torch.device) -> "TinyBatch":
        """Return the batch on a device."""
        return TinyBatch(self.head, self.inputs.to(device), self.target.to(device))


class TinyBatches:
    """Eight batches of four random rows in each epoch."""

    def epoch(self, number: int) -> list[TinyBatch]:
        """Return an epoch; a list is enough for the loop."""
        rng = np.random.default_rng(number)
        return [
            TinyBatch(
                head,
                torch.from_numpy(rng.normal(size=(4, 3)).astype(np.float32)),
                torch.from_numpy(rng.normal(size=4).astype(np.float32)),
            )
            for head in HEADS
        ]


class TinyObjective:
    """The mean squared error of each head over its rows of the step."""

    parts = ("first", "second")

    def count(self, batches: Sequence[TinyBatch]) -> Tensor:
        """Count the rows of each head."""
        heads = torch.tensor([batch.head for batch in batches])
        return 4 * torch.bincount(heads, minlength=2)

    def losses(self, model: nn.Module, batch: TinyBatch, counts: Tensor) -> Tensor:
        """Return the batch's share of both errors."""
        outputs: Tensor = model(batch.inputs, batch.head)
        error = (outputs - batch.target).square().sum() / counts[batch.head]
        is_head = torch.arange(2) == batch.head
        return torch.where(is_head, error, torch.zeros(()))

    def num_examples(self, counts: Tensor) -> int:
        """Return the rows."""
        return int(counts.sum())

    def num_tokens(self, counts: Tensor) -> int:
        """Return the numbers in the rows."""
        return 3 * int(counts.sum())
