"""What finished models answer to training examples, averaged over several of them.

An answer has the form of a head's outputs, so that a student's can be compared with it: logits
whose probabilities are the teachers' mean, or the mean of numbers.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray

from concord.alignment import Head
from concord.alignment.scores import LOGIT_COLUMNS
from concord.data.task_mixture import TaskExample
from concord.model import TaskModel
from concord.tasks import AnyTask
from concord.text.batches import token_budget_batches
from concord.training.batches.task_batches import TaskBatch, build_task_batch
from concord.training.losses.task_totals import read_batch

Array: TypeAlias = NDArray[np.float64]
Mean: TypeAlias = Callable[[Array], Array]
"""From the outputs for one example, ``(teachers, rows, columns)``, to ``(rows, columns)``."""


@dataclass(frozen=True, slots=True)
class Teacher:
    """A model of tasks that answers for a student.

    Attributes:
        model: In evaluation mode.
        rescaled: What its outputs for a number are multiplied by, and what is added to that, to
            be on the student's scale.
    """

    model: TaskModel
    rescaled: tuple[float, float] = (1.0, 0.0)


def answer_examples(
    teachers: Sequence[Teacher],
    name: str,
    task: AnyTask,
    inputs: Sequence[Any],
    *,
    max_tokens: int,
    max_batch_tokens: int,
) -> list[NDArray[np.float32]]:
    """Return the mean of teachers' outputs for each input, row by row.

    Args:
        teachers: One at least, each with the task.
        name: The task's.
        task: The student's, which says how inputs are read.
        inputs: What is answered.
        max_tokens: Longest sequence.
        max_batch_tokens: Bound on a batch's sequences times its longest one.
    """
    answers = []
    for teacher in teachers:
        factor, shift = teacher.rescaled
        found = _answers_of(teacher.model, name, task, inputs, max_tokens, max_batch_tokens)
        answers.append([factor * each + shift for each in found])
    mean = MEANS[task.loss]
    return [mean(np.stack(each)).astype(np.float32).ravel() for each in zip(*answers, strict=True)]


@torch.inference_mode()
def _answers_of(
    model: TaskModel,
    name: str,
    task: AnyTask,
    inputs: Sequence[Any],
    max_tokens: int,
    max_batch_tokens: int,
) -> list[Array]:
    """Return one model's outputs for each input, ``(rows, columns)``."""
    device = next(model.parameters()).device
    template = model.tokenizer.template
    encodings = task.encode(inputs, model.tokenizer, min(max_tokens, model.max_tokens))
    nothing = np.zeros(0, dtype=np.float32)
    examples = [TaskExample(name, encoding.sequences, nothing) for encoding in encodings]
    lengths = np.array(
        [max(one.num_tokens(template) for one in each.sequences) for each in examples]
    )
    batches = token_budget_batches(
        lengths,
        np.argsort(lengths, kind="stable"),
        max_batch_tokens=max_batch_tokens,
        sequences=np.array([len(each.sequences) for each in examples]),
    )
    found: list[Array] = [np.zeros((0, 0))] * len(examples)
    for places in batches:
        batch = build_task_batch([examples[place] for place in places], model.tokenizer)
        outputs = read_batch(model, batch.to(device))[name]
        for place, rows in zip(places, _by_example(outputs, batch, name), strict=True):
            found[place] = rows
    return found


def _by_example(outputs: torch.Tensor, batch: TaskBatch, name: str) -> Iterator[Array]:
    """Yield each example's rows: one, or one for each of its sequences, or for each token."""
    part = batch.parts[name]
    is_token = batch.attention_mask[part.rows] == 1
    if outputs.ndim == 3:  # tokens compete along their sequence, which is lost from here on
        outputs = outputs.log_softmax(dim=1)[is_token.to(outputs.device)]
    sequences = np.cumsum([0, *part.sizes.tolist()])
    tokens = is_token.sum(dim=1).numpy()
    rows: Array = outputs.double().cpu().numpy()
    counts = {
        len(part.sizes): np.ones(len(part.sizes), dtype=np.int64),
        len(part.rows): part.sizes.numpy(),
        int(tokens.sum()): np.add.reduceat(tokens, sequences[:-1]),
    }
    yield from np.split(rows, np.cumsum(counts[len(rows)])[:-1])


def _mean_logits(outputs: Array, axis: int = -1) -> Array:
    """Return the logarithm of the mean of softmax probabilities along an axis."""
    logits = outputs - outputs.max(axis=axis, keepdims=True)
    log_probs = logits - np.log(np.exp(logits).sum(axis=axis, keepdims=True))
    return _mean_log_probs(log_probs)


def _mean_log_probs(log_probs: Array) -> Array:
    mean: Array = np.logaddexp.reduce(log_probs, axis=0) - np.log(len(log_probs))
    return mean


def _mean_logit_of_two(logits: Array) -> Array:
    """Return the logit of the mean of logistic probabilities, each of one class of two."""
    log_positive = np.logaddexp.reduce(-np.logaddexp(0, -logits), axis=0)
    log_negative = np.logaddexp.reduce(-np.logaddexp(0, logits), axis=0)
    mean: Array = log_positive - log_negative
    return mean


def _mean_number(outputs: Array) -> Array:
    mean: Array = outputs.mean(axis=0)
    return mean


def _mean_of_options(outputs: Array) -> Array:
    return _mean_logits(outputs, axis=1)  # an example's rows are its options


def _mean_preference(outputs: Array) -> Array:
    """Return scores of two texts whose difference is the logit that the first is better."""
    logit = _mean_logit_of_two(outputs[:, 0] - outputs[:, 1])
    return np.stack([logit / 2, -logit / 2])


def _mean_heads(outputs: Array) -> Array:
    return np.concatenate(
        [
            outputs[..., LOGIT_COLUMNS[head]].mean(axis=0)
            if head is Head.REGRESSION
            else _mean_logits(outputs[..., LOGIT_COLUMNS[head]])
            for head in Head
        ],
        axis=-1,
    )


MEANS: Final[Mapping[str, Mean]] = {
    "cross_entropy": _mean_logits,
    "binary_cross_entropy": _mean_logit_of_two,
    "squared_error": _mean_number,
    "option_cross_entropy": _mean_of_options,
    "preference": _mean_preference,
    "token_cross_entropy": _mean_logits,
    "span_cross_entropy": _mean_log_probs,
    "alignment": _mean_heads,
}
"""By the names of losses; those whose answers cannot be averaged are not among them."""
