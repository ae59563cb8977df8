"""R-Drop's and SMART's losses against readings that are made apart, by hand."""

from functools import cache
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from tests.reference.test_losses import build_mixture, model_without_dropout, reference_loss
from tests.tiny_models import tiny_model
from tests.tiny_task_models import tiny_task_model
from torch.nn.functional import cross_entropy

from concord.data.task_mixture import TaskExample
from concord.errors import ConfigError
from concord.model import TaskModel
from concord.tasks import AnyTask
from concord.tasks.classification import Classification
from concord.tasks.entities import Entities
from concord.tasks.masked_language import MaskedLanguage
from concord.tasks.similarity import Similarity
from concord.tasks.single_inputs import TextInput
from concord.training.alignment import AlignmentObjective
from concord.training.batches.collate import Collator, EpochDataset, MaskingOptions
from concord.training.batches.task_batches import TaskBatch, build_task_batch
from concord.training.losses.alignment_losses import count_step
from concord.training.losses.loss_weights import LossWeightOptions
from concord.training.losses.regularization import RegularizationOptions
from concord.training.task_objective import TaskObjective

Array = NDArray[np.float64]
TASKS: dict[str, AnyTask] = {"mood": Classification(labels=("a", "b", "c")), "sts": Similarity()}
R_DROP = RegularizationOptions(kind="r_drop", alpha=0.7)
SMART = RegularizationOptions(kind="smart", alpha=0.7, noise=1e-3, step_size=0.5)


def log_softmax(logits: Array) -> Array:
    shifted = logits - logits.max(axis=1, keepdims=True)
    found: Array = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return found


def divergence(first: Array, second: Array) -> float:
    p, q = log_softmax(first), log_softmax(second)
    return float((np.exp(p) * (p - q) + np.exp(q) * (q - p)).sum() / 2)


@cache
def model() -> TaskModel:
    return tiny_task_model(TASKS)


def examples() -> list[TaskExample]:
    rows = [
        ("mood", TextInput("the old bridge"), ("a",)),
        ("sts", TextInput("it is", "the river"), 3.0),
        ("mood", TextInput("it"), ("c",)),
    ]
    found = []
    for name, value, gold in rows:
        (encoding,) = TASKS[name].encode([value], model().tokenizer, 64)
        target = TASKS[name].target(encoding, gold)
        found.append(TaskExample(name, encoding.sequences, target.astype(np.float32)))
    return found


def losses(regularization: RegularizationOptions, batch: TaskBatch, seed: int) -> list[float]:
    objective = TaskObjective(TASKS, LossWeightOptions(), regularization=regularization)
    torch.manual_seed(seed)
    found: list[float] = objective.losses(model(), batch, objective.count([batch])).tolist()
    return found


def read(batch: TaskBatch) -> tuple[Array, Array]:
    """Return the logits of the classification and the similarities."""
    rows = {name: part.rows for name, part in batch.parts.items()}
    with torch.no_grad():
        outputs = model()(batch.input_ids, batch.attention_mask, batch.token_type_ids, rows)
    return outputs["mood"].double().numpy(), outputs["sts"][:, 0].double().numpy()


def test_r_drop_is_the_mean_of_two_losses_and_their_divergence() -> None:
    batch = build_task_batch(examples(), model().tokenizer)
    model().train()
    found = losses(R_DROP, batch, seed=5)
    torch.manual_seed(5)  # the same draws of dropout, over all examples and all again
    logits, degrees = read(build_task_batch(examples() * 2, model().tokenizer))
    model().eval()
    halves = logits[:2], logits[2:]
    hard = [-log_softmax(half)[[0, 1], [0, 2]].mean() for half in halves]  # labels "a" and "c"
    mood = np.mean(hard) + 0.7 * divergence(*halves) / 2
    sts = np.mean((degrees - 3.0) ** 2) + 0.7 * (degrees[0] - degrees[1]) ** 2
    assert degrees[0] != degrees[1]
    assert found == pytest.approx([mood, sts], rel=1e-4)


def test_without_dropout_r_drop_is_the_plain_loss() -> None:
    batch = build_task_batch(examples(), model().tokenizer)
    model().eval()
    logits, degrees = read(batch)
    hard = -log_softmax(logits)[[0, 1], [0, 2]].mean()
    assert losses(R_DROP, batch, seed=0) == pytest.approx([hard, (degrees[0] - 3) ** 2], rel=1e-4)


def without_dropout(trained: TaskModel) -> TaskModel:
    for module in trained.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
        if hasattr(module, "dropout") and isinstance(module.dropout, float):
            module.dropout = 0.0  # type: ignore[assignment]
    return trained


def test_smart_nudges_embeddings_where_the_answer_changes_most() -> None:
    plain = without_dropout(tiny_task_model({"mood": TASKS["mood"]})).train()
    batch = build_task_batch([each for each in examples() if each.task == "mood"], plain.tokenizer)
    objective = TaskObjective({"mood": TASKS["mood"]}, LossWeightOptions(), regularization=SMART)
    torch.manual_seed(3)
    found = objective.losses(plain, batch, objective.count([batch])).item()

    def answer(vectors: torch.Tensor) -> torch.Tensor:
        states = plain.encoder(
            inputs_embeds=vectors,
            attention_mask=batch.attention_mask,
            token_type_ids=batch.token_type_ids,
        ).last_hidden_state
        logits: torch.Tensor = plain.heads["mood"](states, batch.attention_mask)
        return logits

    def apart(one: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
        p, q = one.softmax(dim=1), other.softmax(dim=1)
        return (p * (p / q).log() + q * (q / p).log()).sum() / 2

    vectors = plain.encoder.get_input_embeddings()(batch.input_ids).detach()
    torch.manual_seed(3)
    noise = (torch.randn(vectors.shape) * 1e-3).requires_grad_()
    still = answer(vectors)
    (slope,) = torch.autograd.grad(apart(still.detach(), answer(vectors + noise)), noise)
    largest = torch.stack([each.abs().max() for each in slope])[:, None, None]
    nudged = answer(vectors + noise.detach() + 0.5 * slope / largest)
    penalty = apart(still, nudged)
    wanted = (cross_entropy(still, torch.tensor([0, 2]), reduction="sum") + 0.7 * penalty) / 2
    assert penalty.item() > 0.01
    assert found == pytest.approx(wanted.item(), rel=1e-3)
    random = apart(still, answer(vectors + 0.5 * torch.randn(vectors.shape).sign()))
    assert penalty.item() > random.item() / 2  # one step on two tokens finds a direction that hurts


@pytest.mark.parametrize("options", [R_DROP, SMART], ids=["r_drop", "smart"])
def test_an_alignment_model_is_regularised_head_by_head(options: RegularizationOptions) -> None:
    trained = model_without_dropout().train()
    mixture = build_mixture(trained, max_batch_tokens=1000)
    masking = MaskingOptions(weight=0.5)
    trained.add_masked_language_head()
    batch = EpochDataset(mixture.epoch(0), 0, Collator(trained.tokenizer, masking, 5))[0]
    assert set(batch["head"].tolist()) == {0, 1, 2}
    counts = count_step([batch])
    plain = AlignmentObjective(masking).losses(trained, batch, counts)
    found = AlignmentObjective(masking, options).losses(trained, batch, counts)
    added = (found - plain).tolist()
    # Without dropout two readings are equal, but a nudge changes each head's answer.
    assert added[3] == pytest.approx(0.0, abs=1e-5)  # masked tokens are not asked to agree
    if options.kind == "r_drop":
        assert added == pytest.approx([0.0] * 4, abs=1e-5)
    else:
        assert min(added[:3]) > 1e-4


def test_r_drop_of_an_alignment_model_is_the_reference() -> None:
    trained = tiny_model().train()
    mixture = build_mixture(trained, max_batch_tokens=1000)
    masking = MaskingOptions()
    batch = EpochDataset(mixture.epoch(0), 0, Collator(trained.tokenizer, masking, 5))[0]
    torch.manual_seed(1)
    counts = count_step([batch])
    found = AlignmentObjective(masking, R_DROP).losses(trained, batch, counts).sum().item()
    inputs = [batch["input_ids"], batch["attention_mask"], batch["token_type_ids"]]
    torch.manual_seed(1)
    with torch.no_grad():
        both = trained(*(each.repeat(2, 1) for each in inputs)).double().numpy()
    first, second = np.split(both, 2)
    head, target = batch["head"].numpy(), batch["target"].double().numpy()
    wanted = np.mean([reference_loss(each, head, target) for each in (first, second)])
    for number, columns in enumerate((slice(0, 2), slice(2, 5))):
        own = head == number
        apart = divergence(first[own, columns], second[own, columns])
        wanted += 0.7 * apart / np.log(2 + number) / own.sum()
    own = head == 2
    wanted += 0.7 * np.mean((first[own, 5] - second[own, 5]) ** 2)
    assert found == pytest.approx(float(wanted), rel=1e-4)


@pytest.mark.parametrize(
    "task", [Entities(labels=("PER",), crf=True), MaskedLanguage()], ids=["crf", "masked"]
)
def test_tasks_that_cannot_be_regularised_are_named(task: Entities | MaskedLanguage) -> None:
    with pytest.raises(ConfigError, match=r"trainer\.regularization .* task 'other' with its loss"):
        TaskObjective({"other": task}, LossWeightOptions(), regularization=R_DROP)


def test_options_that_cannot_work_are_refused() -> None:
    for name in ("alpha", "noise", "step_size"):
        options: dict[str, Any] = {name: 0}
        with pytest.raises(ConfigError, match=rf"regularization\.{name} must be above 0, got 0"):
            RegularizationOptions(**options)
