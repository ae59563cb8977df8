"""What a head's outputs say, as distributions and numbers.

In these two readings of a batch, or a student and its teachers, are compared, and labels are drawn
from a model's own beliefs. Each loss has its own view of the outputs, so the views go by the names
of losses, and each adds up over the same units.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import torch
from torch import Tensor
from torch.nn.functional import cosine_similarity

from concord.alignment import Head
from concord.alignment.scores import LOGIT_COLUMNS
from concord.errors import ConfigError
from concord.tasks import IGNORED
from concord.training.batches.task_batches import TaskPart


@dataclass(frozen=True, slots=True)
class Distributions:
    """Logits over classes, one row for each decision.

    Attributes:
        logits: In float32, ``(decisions, classes)``; minus infinity for a class that a row lacks.
        weight: What a decision counts for in the loss.
    """

    logits: Tensor
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Numbers:
    """Numbers that are compared by their squared difference, ``(decisions,)``, in float32."""

    values: Tensor


SoftAnswer: TypeAlias = Distributions | Numbers
View: TypeAlias = Callable[[Any, TaskPart], Sequence[SoftAnswer]]


def views_of(losses: Mapping[str, str], *, option: str) -> dict[str, View]:
    """Return how each task's outputs are seen as distributions and numbers.

    Args:
        losses: The name of each task's loss, by task.
        option: Who asks, for the error.

    Raises:
        ConfigError: If a task's loss has no such view.
    """
    for name, loss in losses.items():
        if loss not in _VIEWS:
            raise ConfigError(
                f"{option} needs probabilities or numbers, and task {name!r} with its loss "
                f"{loss!r} gives neither; leave out the option or the task"
            )
    return {name: _VIEWS[loss] for name, loss in losses.items()}


def _classes(outputs: Tensor, _part: TaskPart) -> list[SoftAnswer]:
    return [Distributions(outputs.float())]


def _labels(outputs: Tensor, _part: TaskPart) -> list[SoftAnswer]:
    """Each label holds or not; an example counts by the mean over its labels."""
    return [_two_classes(outputs.flatten(), weight=1.0 / outputs.shape[1])]


def _number(outputs: Tensor, _part: TaskPart) -> list[SoftAnswer]:
    return [Numbers(outputs[:, 0].float())]


def _options(outputs: Tensor, part: TaskPart) -> list[SoftAnswer]:
    return [Distributions(option_logits(outputs, part))]


def _preference(outputs: Tensor, _part: TaskPart) -> list[SoftAnswer]:
    """The first text is better or the second (Bradley and Terry, 1952)."""
    scores = outputs[:, 0]
    return [_two_classes(scores[0::2] - scores[1::2])]


def _tags(outputs: Tensor, part: TaskPart) -> list[SoftAnswer]:
    return [Distributions(outputs[part.target != IGNORED].float())]


def _spans(outputs: Tensor, _part: TaskPart) -> list[SoftAnswer]:
    """A sequence's start and end compete along it; each counts half."""
    return [Distributions(outputs.float().transpose(1, 2).flatten(0, 1), weight=0.5)]


def _alignment(outputs: Tensor, part: TaskPart) -> list[SoftAnswer]:
    targets = part.target.reshape(-1, len(Head))
    return alignment_answers(outputs, ~targets.isnan())


def _cosines(outputs: Tensor, part: TaskPart) -> list[SoftAnswer]:
    vectors = outputs.float().reshape(len(part.sizes), 2, -1)
    return [Numbers(cosine_similarity(vectors[:, 0], vectors[:, 1], dim=1))]


def alignment_answers(logits: Tensor, has_target: Tensor) -> list[SoftAnswer]:
    """Return what the three heads say of the pairs that have a target for them.

    Args:
        logits: Joint logits, ``(pairs, 6)``.
        has_target: Which pairs each head learns from, in the order of `Head`, ``(pairs, 3)``.
    """
    answers: list[SoftAnswer] = []
    for column, head in enumerate(Head):
        own = logits[has_target[:, column]][:, LOGIT_COLUMNS[head]].float()
        if head is Head.REGRESSION:
            answers.append(Numbers(own[:, 0]))
        else:
            answers.append(Distributions(own, weight=1.0 / math.log(head.num_labels)))
    return answers


def option_logits(outputs: Tensor, part: TaskPart) -> Tensor:
    """Lay out one logit for each option, ``(options, 1)``, as ``(questions, most options)``.

    Questions may differ in their number of options; those that one lacks get minus infinity.
    """
    is_option = torch.arange(int(part.sizes.max()), device=outputs.device) < part.sizes[:, None]
    logits = outputs.new_full(is_option.shape, float("-inf"), dtype=torch.float32)
    logits[is_option] = outputs[:, 0].float()
    return logits


def _two_classes(logits: Tensor, weight: float = 1.0) -> Distributions:
    """See the logit of one class of two as those of both."""
    positive = logits.float()
    return Distributions(torch.stack([torch.zeros_like(positive), positive], dim=1), weight)


_VIEWS: Final[Mapping[str, View]] = {
    "cross_entropy": _classes,
    "binary_cross_entropy": _labels,
    "squared_error": _number,
    "option_cross_entropy": _options,
    "preference": _preference,
    "token_cross_entropy": _tags,
    "span_cross_entropy": _spans,
    "alignment": _alignment,
    "cosine_similarity": _cosines,
}
"""By the names of losses."""
