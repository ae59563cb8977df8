"""Examples of several tasks as the tensors of one pass through the encoder."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from concord.data.task_mixture import TaskExample
from concord.text.inputs import build_input_batch
from concord.text.tokenizer import PairTokenizer


@dataclass(frozen=True, slots=True)
class TaskPart:
    """One task's share of a batch.

    Attributes:
        rows: Which of the batch's sequences are its own, shape ``(sequences,)``.
        sizes: Sequences of each of its examples, shape ``(examples,)``.
        target: Its examples' target vectors, end to end.
        target_sizes: Numbers in each example's target, shape ``(examples,)``.
        soft: What teachers say of its examples, end to end; None where no teacher was asked.
    """

    rows: Tensor
    sizes: Tensor
    target: Tensor
    target_sizes: Tensor
    soft: Tensor | None = None

    def to(self, device: torch.device) -> "TaskPart":
        """Return the part with its tensors on a device."""
        return TaskPart(
            self.rows.to(device),
            self.sizes.to(device),
            self.target.to(device),
            self.target_sizes.to(device),
            None if self.soft is None else self.soft.to(device),
        )


@dataclass(frozen=True, slots=True)
class TaskBatch:
    """Encoder inputs, ``(sequences, tokens)``, and what each task has among them."""

    input_ids: Tensor
    attention_mask: Tensor
    token_type_ids: Tensor
    parts: Mapping[str, TaskPart]

    def to(self, device: torch.device) -> "TaskBatch":
        """Return the batch with its tensors on a device."""
        return TaskBatch(
            self.input_ids.to(device),
            self.attention_mask.to(device),
            self.token_type_ids.to(device),
            {name: part.to(device) for name, part in self.parts.items()},
        )

    def twice(self) -> "TaskBatch":
        """Return each sequence twice: all of them, and then all again.

        A part still speaks of its examples once; its `rows` are those of both readings.
        """
        number = len(self.input_ids)
        return TaskBatch(
            torch.cat([self.input_ids, self.input_ids]),
            torch.cat([self.attention_mask, self.attention_mask]),
            torch.cat([self.token_type_ids, self.token_type_ids]),
            {
                name: replace(part, rows=torch.cat([part.rows, part.rows + number]))
                for name, part in self.parts.items()
            },
        )


def build_task_batch(examples: Sequence[TaskExample], tokenizer: PairTokenizer) -> TaskBatch:
    """Lay out all examples' sequences for one pass of the encoder.

    Args:
        examples: At least one; those of a task keep their order.
        tokenizer: Lays out sequences.
    """
    sequences = [sequence for example in examples for sequence in example.sequences]
    tokens = build_input_batch(sequences, tokenizer.template, tokenizer.pad_id)
    starts = np.cumsum([0, *(len(example.sequences) for example in examples)])
    own: dict[str, list[int]] = {}
    for place, example in enumerate(examples):
        own.setdefault(example.task, []).append(place)
    return TaskBatch(
        torch.from_numpy(tokens.input_ids),
        torch.from_numpy(tokens.attention_mask),
        torch.from_numpy(tokens.token_type_ids),
        {
            name: TaskPart(
                rows=torch.from_numpy(
                    np.concatenate([np.arange(starts[n], starts[n + 1]) for n in places])
                ),
                sizes=torch.tensor([len(examples[n].sequences) for n in places]),
                target=torch.from_numpy(np.concatenate([examples[n].target for n in places])),
                target_sizes=torch.tensor([len(examples[n].target) for n in places]),
                soft=_joined([examples[n].soft for n in places]),
            )
            for name, places in own.items()
        },
    )


def _joined(vectors: Sequence[NDArray[np.float32] | None]) -> Tensor | None:
    known = [vector for vector in vectors if vector is not None]
    return torch.from_numpy(np.concatenate(known)) if len(known) == len(vectors) else None
