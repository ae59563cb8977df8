"""The losses of tasks together: shares of micro-batches, and heads that have nothing to learn."""

from collections.abc import Sequence

import pytest
import torch
from tests.tiny_task_models import tiny_task_model

from concord.data.task_mixture import TaskExample
from concord.tasks import AnyTask
from concord.tasks.alignment import Alignment, AlignmentGold
from concord.tasks.multiple_choice import ChoiceInput, MultipleChoice
from concord.tasks.similarity import Similarity
from concord.tasks.single_inputs import TextInput
from concord.training.batches.task_batches import build_task_batch
from concord.training.losses.loss_weights import LossWeightOptions
from concord.training.task_objective import TaskObjective

TASKS: dict[str, AnyTask] = {
    "choice": MultipleChoice(),
    "support": Alignment(),
    "sts": Similarity(),
}
ROWS = [
    ("choice", ChoiceInput("it is", ("old", "long", "not old")), 2),
    ("sts", TextInput("the bridge", "the river"), 3.0),
    ("support", TextInput("it is old", "it"), AlignmentGold(binary=1)),
    ("choice", ChoiceInput("the bridge", ("old", "it")), 0),
    ("support", TextInput("it is old", "not"), AlignmentGold(regression=0.5)),
    ("sts", TextInput("it", "the river is long"), 1.0),
]


def _losses(cuts: Sequence[slice]) -> torch.Tensor:
    model = tiny_task_model(TASKS)
    examples = []
    for name, value, gold in ROWS:
        (encoding,) = TASKS[name].encode([value], model.tokenizer, 64)
        target = TASKS[name].target(encoding, gold)
        examples.append(TaskExample(name, encoding.sequences, target))
    batches = [build_task_batch(examples[cut], model.tokenizer) for cut in cuts]
    objective = TaskObjective(TASKS, LossWeightOptions())
    counts = objective.count(batches)
    assert counts[:3].tolist() == [2, 2, 2]
    shares = [objective.losses(model, batch, counts) for batch in batches]
    for share in shares:
        share.sum().backward()  # type: ignore[no-untyped-call]
    return torch.stack([share.detach() for share in shares]).sum(dim=0)


def test_a_step_s_losses_are_the_same_however_it_is_cut() -> None:
    whole = _losses([slice(0, 6)])
    cut = _losses([slice(0, 1), slice(1, 4), slice(4, 6)])
    assert cut.tolist() == pytest.approx(whole.tolist(), rel=1e-4)
    assert all(whole > 0)


def test_an_example_counts_alike_in_whichever_step_it_is() -> None:
    model = tiny_task_model(TASKS)
    usual = {"sts": 0.5, "support": 4.0, "choice": 2.0}
    objective = TaskObjective(TASKS, LossWeightOptions(), examples_per_step=usual)
    plain = TaskObjective(TASKS, LossWeightOptions())
    examples = []
    for name, value, gold in ROWS:
        (encoding,) = TASKS[name].encode([value], model.tokenizer, 64)
        target = TASKS[name].target(encoding, gold)
        examples.append(TaskExample(name, encoding.sequences, target))
    batch = build_task_batch(examples, model.tokenizer)
    counts = objective.count([batch])
    found = objective.losses(model, batch, counts) / plain.losses(model, batch, counts)
    # two examples of each where a step has 0.5, 4 and 2 of them on average
    frequencies = {name: 2 / number for name, number in usual.items()}
    assert dict(zip(objective.parts, found.tolist(), strict=True)) == pytest.approx(frequencies)
    assert objective.num_examples(counts) == 6
