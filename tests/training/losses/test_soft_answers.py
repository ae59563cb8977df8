"""Divergences of soft answers: worked by hand, by kind of task in NumPy, and cut into pieces."""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from tests.tiny_task_models import tiny_task_model, training_batch

from concord.errors import ConfigError
from concord.tasks import AnyTask
from concord.tasks.alignment import Alignment, AlignmentGold
from concord.tasks.classification import Classification
from concord.tasks.entities import Entities
from concord.tasks.multiple_choice import ChoiceInput, MultipleChoice
from concord.tasks.paraphrase import PairLabel, Paraphrase
from concord.tasks.preference import Preference, PreferenceInput
from concord.tasks.question_answering import AnswerSpan, QuestionAnswering, QuestionInput
from concord.tasks.regression import Regression
from concord.tasks.similarity import Similarity
from concord.tasks.single_inputs import TextInput
from concord.tasks.tagging import EntitySpan
from concord.tasks.word_inputs import words_in_list
from concord.training.batches.task_batches import TaskBatch
from concord.training.losses.divergences import sum_distillation, sum_divergence
from concord.training.losses.soft_answers import Distributions, Numbers, views_of
from concord.training.losses.task_totals import read_batch

Array: TypeAlias = NDArray[np.float64]
Reference: TypeAlias = Callable[[Array, Array, TaskBatch], float]
PAIRS = [TextInput("the old bridge", "it is long"), TextInput("it", "not it"), TextInput("a", "b")]
TEXTS = [TextInput("the old bridge"), TextInput("it is not long"), TextInput("a")]


def softmax(logits: Array) -> Array:
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    shares: Array = powers / powers.sum(axis=-1, keepdims=True)
    return shares


def divergence(p: Array, q: Array) -> float:
    """Half of KL(p || q) + KL(q || p), over rows; classes without probability are left out."""
    is_class = (p > 0) & (q > 0)
    p, q = p[is_class], q[is_class]
    return float((p * np.log(p / q) + q * np.log(q / p)).sum() / 2)


def of_rows(first: Array, second: Array, _batch: TaskBatch) -> float:
    return divergence(softmax(first), softmax(second))


def of_numbers(first: Array, second: Array, _batch: TaskBatch) -> float:
    return float(((first - second) ** 2).sum())


def of_labels(first: Array, second: Array, _batch: TaskBatch) -> float:
    both = [1 / (1 + np.exp(-each)) for each in (first, second)]
    p, q = (np.stack([each, 1 - each], axis=-1) for each in both)
    return divergence(p, q) / int(first.shape[1])


def of_options(first: Array, second: Array, batch: TaskBatch) -> float:
    ends = np.cumsum(batch.parts["task"].sizes.tolist())[:-1]
    pairs = zip(np.split(first[:, 0], ends), np.split(second[:, 0], ends), strict=True)
    return sum(divergence(softmax(one), softmax(other)) for one, other in pairs)


def of_better(first: Array, second: Array, batch: TaskBatch) -> float:
    pairs = [each[:, 0].reshape(-1, 2) for each in (first, second)]
    return of_rows(pairs[0], pairs[1], batch)  # two scores are logits of which one is better


def of_tags(first: Array, second: Array, batch: TaskBatch) -> float:
    has_tag = batch.parts["task"].target.numpy() != -100
    return of_rows(first[has_tag], second[has_tag], batch)


def of_spans(first: Array, second: Array, batch: TaskBatch) -> float:
    mask, total = batch.attention_mask.numpy() == 1, 0.0
    for row, is_token in enumerate(mask):
        for place in range(2):
            p, q = (softmax(each[row, is_token, place]) for each in (first, second))
            total += divergence(p, q) / 2
    return total


def of_heads(first: Array, second: Array, _batch: TaskBatch) -> float:
    # the pairs' heads are binary, three-way and regression
    binary = divergence(softmax(first[0, :2]), softmax(second[0, :2])) / np.log(2)
    three_way = divergence(softmax(first[1, 2:5]), softmax(second[1, 2:5])) / np.log(3)
    return float(binary + three_way + (first[2, 5] - second[2, 5]) ** 2)


CASES: dict[str, tuple[AnyTask, Sequence[Any], Sequence[Any], Reference]] = {
    "classification": (
        Classification(labels=("a", "b", "c")), TEXTS, [("a",), ("c",), ("b",)], of_rows,
    ),
    "multi-label": (
        Classification(labels=("a", "b"), multi_label=True), TEXTS, [("a",), (), ("a", "b")],
        of_labels,
    ),
    "paraphrase": (
        Paraphrase(labels=("0", "1")), PAIRS, [PairLabel("0"), PairLabel("1"), PairLabel("1")],
        of_rows,
    ),
    "similarity": (Similarity(), PAIRS, [1.0, 4.0, 5.0], of_numbers),
    "regression": (Regression(center=0.0, scale=1.0), TEXTS, [1.0, 0.0, 2.0], of_numbers),
    "multiple choice": (
        MultipleChoice(),
        [ChoiceInput("it is", ("old", "long", "not")), ChoiceInput("the", ("a", "b"))],
        [2, 0],
        of_options,
    ),
    "preference": (
        Preference(), [PreferenceInput(("it", "not it")), PreferenceInput(("a", "the old"))],
        [1.0, 1.0], of_better,
    ),
    "entities": (
        Entities(labels=("PER",)),
        [words_in_list(["the", "old", "bridge"]), words_in_list(["it"])],
        [(EntitySpan("PER", 0, 2),), ()],
        of_tags,
    ),
    "question answering": (
        QuestionAnswering(),
        [QuestionInput("the old bridge opened", "it"), QuestionInput("it is", "is it long")],
        [(AnswerSpan("old", 4),), ()],
        of_spans,
    ),
    "alignment": (
        Alignment(), PAIRS,
        [AlignmentGold(binary=1), AlignmentGold(three_way=2), AlignmentGold(regression=0.5)],
        of_heads,
    ),
}  # fmt: skip


def outputs_of(seed: int, task: AnyTask, batch: TaskBatch) -> torch.Tensor:
    with torch.no_grad():
        outputs: torch.Tensor = read_batch(tiny_task_model({"task": task}, seed=seed), batch)[
            "task"
        ]
    return outputs


@pytest.mark.parametrize("case", CASES)
def test_the_divergence_of_two_readings_is_the_reference(case: str) -> None:
    task, inputs, golds, reference = CASES[case]
    batch = training_batch(tiny_task_model({"task": task}), "task", inputs, golds, 32)
    first, second = (outputs_of(seed, task, batch) for seed in (0, 1))
    view = views_of({"task": task.loss}, option="it")["task"]
    part = batch.parts["task"]
    found = sum_divergence(view(first, part), view(second, part)).item()
    wanted = reference(first.double().numpy(), second.double().numpy(), batch)
    assert wanted > 0
    assert found == pytest.approx(wanted, rel=1e-4)
    assert sum_divergence(view(first, part), view(first, part)).item() == 0.0


@pytest.mark.parametrize("case", CASES)
def test_the_pieces_of_a_batch_add_up_to_its_divergence(case: str) -> None:
    task, inputs, golds, _ = CASES[case]
    model = tiny_task_model({"task": task})
    view = views_of({"task": task.loss}, option="it")["task"]

    def total(cut: slice) -> float:
        batch = training_batch(model, "task", inputs[cut], golds[cut], 32)
        answers = [view(outputs_of(seed, task, batch), batch.parts["task"]) for seed in (0, 1)]
        return sum_divergence(*answers).item()

    assert total(slice(0, 1)) + total(slice(1, 9)) == pytest.approx(total(slice(0, 9)), rel=1e-4)


def test_a_divergence_worked_out_by_hand() -> None:
    # p = (1/4, 3/4) and q = (1/2, 1/2): KL(p || q) = ln(1/2)/4 + 3 ln(3/2)/4 = 0.130812 and
    # KL(q || p) = ln(2)/2 + ln(2/3)/2 = 0.143841; half their sum is 0.137327
    p, q = torch.tensor([[0.0, np.log(3)]]), torch.zeros(1, 2)
    for weight in (1.0, 0.5):
        found = sum_divergence([Distributions(p, weight)], [Distributions(q, weight)]).item()
        assert found == pytest.approx(weight * 0.137327, abs=1e-6)
    pair = [Numbers(torch.tensor([1.0, 2.0]))], [Numbers(torch.tensor([3.0, 2.5]))]
    assert sum_divergence(*pair).item() == 4.25  # 2^2 + 0.5^2


def test_distillation_worked_out_by_hand() -> None:
    # at T = 2 the teacher's logits (0, 2 ln 3) are (0, ln 3): p = (1/4, 3/4), and q = (1/2, 1/2);
    # 2^2 KL(p || q) = 4 * 0.130812
    p, q = torch.tensor([[0.0, 2 * np.log(3)]]), torch.zeros(1, 2)
    found = sum_distillation([Distributions(p)], [Distributions(q)], 2.0).item()
    assert found == pytest.approx(4 * 0.130812, rel=1e-5)
    pair = [Numbers(torch.tensor([1.0]))], [Numbers(torch.tensor([3.0]))]
    assert sum_distillation(*pair, 2.0).item() == 4.0  # numbers have no temperature


def test_a_class_that_a_row_lacks_leaves_gradients_that_are_numbers() -> None:
    rows = torch.tensor([[0.5, 1.0, float("-inf")], [0.5, 1.0, 0.2]], requires_grad=True)
    other = torch.tensor([[1.0, 0.0, float("-inf")], [0.1, 0.3, 0.9]])
    both = sum_divergence([Distributions(rows)], [Distributions(other)])
    alone = sum_divergence([Distributions(rows[:1, :2])], [Distributions(other[:1, :2])])
    rest = sum_divergence([Distributions(rows[1:])], [Distributions(other[1:])])
    assert both.item() == pytest.approx((alone + rest).item())
    (slope,) = torch.autograd.grad(both, rows)
    assert slope.isfinite().all()


def test_a_loss_without_probabilities_is_refused_in_one_sentence() -> None:
    losses = {"mood": "cross_entropy", "names": Entities(labels=("PER",), crf=True).loss}
    with pytest.raises(ConfigError, match=r"trainer.it needs probabilities or numbers, and task "
                       r"'names' with its loss 'crf' gives neither; leave out"):  # fmt: skip
        views_of(losses, option="trainer.it")
