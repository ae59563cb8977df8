"""Teachers' answers, averaged, and the loss of learning from them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import torch
from tests.tiny_task_models import tiny_task_model, training_batch
from tests.training.losses.test_soft_answers import CASES

from concord.data.task_mixture import TaskExample
from concord.errors import ConfigError
from concord.tasks import AnyTask
from concord.training.batches.task_batches import TaskBatch, build_task_batch
from concord.training.losses.distillation import DistillationOptions, lay_out
from concord.training.losses.loss_weights import LossWeightOptions
from concord.training.losses.regularization import RegularizationOptions
from concord.training.losses.soft_answers import Distributions, views_of
from concord.training.losses.task_totals import read_batch
from concord.training.losses.teachers import Teacher, answer_examples
from concord.training.task_objective import TaskObjective

SEEDS = (1, 2, 3)


def answers(
    seeds: Sequence[int], task: AnyTask, inputs: Sequence[Any], max_batch_tokens: int = 64
) -> list[Any]:
    teachers = [Teacher(tiny_task_model({"task": task}, seed=seed)) for seed in seeds]
    return answer_examples(
        teachers, "task", task, inputs, max_tokens=32, max_batch_tokens=max_batch_tokens
    )


def taught_batch(task: AnyTask, inputs: Sequence[Any], golds: Sequence[Any]) -> TaskBatch:
    """Return a batch whose examples carry what three teachers say of them."""
    model = tiny_task_model({"task": task})
    encodings = task.encode(inputs, model.tokenizer, 32)
    examples = [
        TaskExample("task", encoding.sequences, task.target(encoding, gold).astype("f4"), soft)
        for encoding, gold, soft in zip(encodings, golds, answers(SEEDS, task, inputs), strict=True)
    ]
    return build_task_batch(examples, model.tokenizer)


@pytest.mark.parametrize("case", CASES)
def test_probabilities_and_numbers_of_teachers_are_averaged(case: str) -> None:
    task, inputs, golds, _ = CASES[case]
    batch = taught_batch(task, inputs, golds)
    part = batch.parts["task"]
    view = views_of({"task": task.loss}, option="it")["task"]
    with torch.no_grad():
        outputs = [
            read_batch(tiny_task_model({"task": task}, seed=seed), batch)["task"] for seed in SEEDS
        ]
    assert part.soft is not None
    mean = view(lay_out(part.soft, outputs[0]), part)
    for place, found in enumerate(mean):
        each = [view(one, part)[place] for one in outputs]
        if isinstance(found, Distributions):
            probs = [one.logits.softmax(1) for one in each if isinstance(one, Distributions)]
            wanted, got = torch.stack(probs).mean(dim=0), found.logits.softmax(1)
        else:
            values = [one.values for one in each if not isinstance(one, Distributions)]
            wanted, got = torch.stack(values).mean(dim=0), found.values
        torch.testing.assert_close(got, wanted, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("case", CASES)
def test_an_answer_does_not_depend_on_what_is_answered_beside(case: str) -> None:
    task, inputs, _, _ = CASES[case]
    together = answers([0], task, inputs, max_batch_tokens=1000)
    alone = [answers([0], task, [one])[0] for one in inputs]
    for ours, theirs in zip(together, alone, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-4)


def losses(task: AnyTask, batch: TaskBatch, options: DistillationOptions | None) -> float:
    objective = TaskObjective({"task": task}, LossWeightOptions(), distillation=options)
    counts = objective.count([batch])
    return objective.losses(tiny_task_model({"task": task}), batch, counts).sum().item()


def test_the_loss_of_a_classification_is_the_reference() -> None:
    task, inputs, golds, _ = CASES["classification"]
    batch = taught_batch(task, inputs, golds)
    options = DistillationOptions(teachers=("a",), weight=0.3, temperature=2.0)
    found = losses(task, batch, options)

    def probs(seed: int) -> Any:
        with torch.no_grad():
            logits = read_batch(tiny_task_model({"task": task}, seed=seed), batch)["task"]
        powers = np.exp(logits.double().numpy())
        return powers / powers.sum(axis=1, keepdims=True)

    def softened(shares: Any) -> Any:  # by T = 2: square roots, brought to a sum of 1
        return np.sqrt(shares) / np.sqrt(shares).sum(axis=1, keepdims=True)

    student, teacher = probs(0), np.mean([probs(seed) for seed in SEEDS], axis=0)
    hard = -np.log(student[[0, 1, 2], [0, 2, 1]]).mean()  # the labels are a, c and b
    p, q = softened(teacher), softened(student)
    soft = (p * np.log(p / q)).sum(axis=1).mean()
    assert found == pytest.approx(0.7 * hard + 0.3 * 4 * soft, rel=1e-4)


def test_the_loss_of_a_regression_is_the_reference() -> None:
    task, inputs, golds, _ = CASES["similarity"]
    batch = taught_batch(task, inputs, golds)
    found = losses(task, batch, DistillationOptions(teachers=("a",), weight=0.25))

    def degrees(seed: int) -> Any:
        with torch.no_grad():
            outputs = read_batch(tiny_task_model({"task": task}, seed=seed), batch)["task"]
        return outputs[:, 0].double().numpy()

    teacher = np.mean([degrees(seed) for seed in SEEDS], axis=0)
    hard, soft = ((degrees(0) - golds) ** 2).mean(), ((degrees(0) - teacher) ** 2).mean()
    assert found == pytest.approx(0.75 * hard + 0.25 * soft, rel=1e-4)


@pytest.mark.parametrize("case", CASES)
def test_a_student_that_is_its_teacher_learns_from_labels_alone(case: str) -> None:
    task, inputs, golds, _ = CASES[case]
    model = tiny_task_model({"task": task})
    plain = training_batch(model, "task", inputs, golds, 32)
    soft = np.concatenate(answers([0], task, inputs))
    part = plain.parts["task"]
    taught = TaskBatch(
        plain.input_ids,
        plain.attention_mask,
        plain.token_type_ids,
        {"task": type(part)(part.rows, part.sizes, part.target, part.target_sizes,
                            torch.from_numpy(soft))},
    )  # fmt: skip
    options = DistillationOptions(teachers=("a",), weight=0.5)
    assert losses(task, taught, options) == pytest.approx(
        losses(task, plain, None) / 2, rel=1e-4, abs=1e-5
    )


@pytest.mark.parametrize("case", CASES)
def test_a_step_s_loss_is_the_same_however_it_is_cut(case: str) -> None:
    task, inputs, golds, _ = CASES[case]
    model = tiny_task_model({"task": task})
    objective = TaskObjective(
        {"task": task}, LossWeightOptions(),
        regularization=RegularizationOptions(kind="r_drop"),  # without dropout nothing is added
        distillation=DistillationOptions(teachers=("a",), weight=0.4),
    )  # fmt: skip

    def loss(*cuts: slice) -> float:
        batches = [taught_batch(task, inputs[cut], golds[cut]) for cut in cuts]
        counts = objective.count(batches)
        return sum(objective.losses(model, batch, counts).sum().item() for batch in batches)

    assert loss(slice(0, 1), slice(1, 9)) == pytest.approx(loss(slice(0, 9)), rel=1e-4)


def test_a_task_that_is_not_taught_learns_from_its_labels_alone() -> None:
    task, inputs, golds, _ = CASES["classification"]
    plain = training_batch(tiny_task_model({"task": task}), "task", inputs, golds, 32)
    options = DistillationOptions(teachers=("a",), tasks=("other",), weight=0.9)
    assert losses(task, plain, options) == losses(task, plain, None)


def test_options_that_cannot_work_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"distillation\.teachers names none"):
        DistillationOptions(teachers=())
    with pytest.raises(ConfigError, match=r"distillation\.weight lies in \(0, 1\], got 0"):
        DistillationOptions(teachers=("a",), weight=0)
    with pytest.raises(ConfigError, match=r"distillation\.temperature must be above 0, got 0"):
        DistillationOptions(teachers=("a",), temperature=0)
