"""The loss against a plain NumPy reading of its formula, however a step is cut.

    CE_binary / ln 2 + CE_three_way / ln 3 + MSE_regression + 0.5 CE_masked_tokens

Each is a mean over its own examples of the whole optimiser step. Tolerance 1e-6, in fp32.
"""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from tests.tiny_data import source
from tests.tiny_models import tiny_model
from tests.tiny_training import alignment_trainer
from torch import Tensor, nn

from concord.alignment import ALIGNED, CONTRADICTED, NEUTRAL, UNALIGNED, Head
from concord.data.augmentation import AugmentationOptions
from concord.data.mixture import Mixture
from concord.data.recipe import Family
from concord.data.sampling import SamplingOptions
from concord.model import AlignmentModel
from concord.training import TrainerOptions
from concord.training.batches.collate import (
    IGNORED,
    Collator,
    EpochDataset,
    MaskingOptions,
    TrainingBatch,
)
from concord.training.losses.alignment_losses import (
    compute_head_losses,
    compute_masked_language_loss,
    count_step,
)

Array = NDArray[np.float64]


def mean_cross_entropy(logits: Array, classes: NDArray[np.int64]) -> float:
    if len(classes) == 0:
        return 0.0
    log_totals = np.log(np.exp(logits).sum(axis=1))
    return float(np.mean(log_totals - logits[np.arange(len(classes)), classes]))


def reference_loss(logits: Array, head: NDArray[np.int64], target: Array) -> float:
    binary, three_way, regression = (head == number for number in range(3))
    loss = mean_cross_entropy(logits[binary, :2], target[binary].astype(int)) / np.log(2)
    loss += mean_cross_entropy(logits[three_way, 2:5], target[three_way].astype(int)) / np.log(3)
    if regression.any():
        loss += np.mean((logits[regression, 5] - target[regression]) ** 2)
    return float(loss)


def draw_pairs(number: int, heads: Sequence[int], seed: int = 0) -> tuple[Tensor, Tensor, Tensor]:
    """Return logits, heads and targets of pairs that go through the heads in turn."""
    rng = np.random.default_rng(seed)
    head = np.array([heads[i % len(heads)] for i in range(number)])
    target = np.where(head == 2, rng.random(number), rng.integers(0, head + 2)).astype(np.float32)
    logits = rng.normal(scale=2.0, size=(number, 6)).astype(np.float32)
    return torch.from_numpy(logits), torch.from_numpy(head), torch.from_numpy(target)


def count_heads(head: Tensor) -> Tensor:
    return torch.bincount(head, minlength=3)


@pytest.mark.parametrize("heads", [[0, 1, 2], [0], [1], [2], [1, 1, 1, 0]], ids=str)
def test_the_loss_is_the_reference(heads: list[int]) -> None:
    logits, head, target = draw_pairs(40, heads)
    losses = compute_head_losses(logits, head, target, count_heads(head))
    wanted = reference_loss(logits.numpy().astype(float), head.numpy(), target.numpy())
    assert losses.sum().item() == pytest.approx(wanted, abs=1e-6)


def test_guessing_costs_one_for_each_head_with_classes() -> None:
    head, target = torch.tensor([0, 0, 1, 1, 1]), torch.tensor([0.0, 1.0, 0.0, 1.0, 2.0])
    losses = compute_head_losses(torch.zeros(5, 6), head, target, count_heads(head))
    assert losses.tolist() == pytest.approx([1.0, 1.0, 0.0])  # ln 2 / ln 2 and ln 3 / ln 3


def test_three_pairs_worked_out_by_hand() -> None:
    logits = torch.zeros(3, 6)
    logits[0, 1] = 1.0  # binary: ln(1 + e) - 1 = 0.313262; / ln 2 = 0.451941
    logits[1, 2] = 2.0  # three-way: ln(e^2 + 2) - 2 = 0.239545; / ln 3 = 0.218043
    logits[2, 5] = 0.5  # regression: (0.5 - 0.2)^2 = 0.09
    head, target = torch.tensor([0, 1, 2]), torch.tensor([1.0, 0.0, 0.2])
    losses = compute_head_losses(logits, head, target, count_heads(head))
    assert losses.tolist() == pytest.approx([0.451941, 0.218043, 0.09], abs=1e-6)


def test_of_an_unaligned_pair_the_two_other_classes_are_learned_together() -> None:
    rng = np.random.default_rng(3)
    logits = rng.normal(scale=2.0, size=(6, 6)).astype(np.float32)
    targets = [ALIGNED, UNALIGNED, NEUTRAL, UNALIGNED, CONTRADICTED, UNALIGNED]
    probs = np.exp(logits[:, 2:5].astype(float))
    probs /= probs.sum(axis=1, keepdims=True)
    wanted = 0.0
    for row, wanted_class in zip(probs, targets, strict=True):
        is_known = wanted_class != UNALIGNED
        right = row[wanted_class] if is_known else 1 - row[ALIGNED]
        wanted -= np.log(right) / np.log(3) / len(targets)
    head, target = torch.ones(6, dtype=torch.long), torch.tensor(targets, dtype=torch.float32)
    given = torch.from_numpy(logits).requires_grad_()
    loss = compute_head_losses(given, head, target, count_heads(head)).sum()
    assert loss.item() == pytest.approx(wanted, abs=1e-6)
    loss.backward()  # type: ignore[no-untyped-call]
    assert given.grad is not None
    assert bool((given.grad[1::2, 2] > 0).all())  # "aligned" falls
    assert bool((given.grad[1::2, 3:5] < 0).all())  # both others rise


# Cuts of 40 pairs; the pairs are in the order of their heads, so some pieces lack a head.
CUTS = ([10, 10, 10, 10], [1, 39], [37, 1, 1, 1], [14, 13, 13])


@pytest.mark.parametrize("cut", CUTS, ids=str)
def test_the_pieces_of_a_step_add_up_to_its_loss_and_gradient(cut: list[int]) -> None:
    logits, head, target = draw_pairs(40, [0, 1, 1, 2, 0, 1])
    order = torch.argsort(head, stable=True)
    logits, head, target = logits[order], head[order], target[order]
    counts = count_heads(head)
    whole = logits.clone().requires_grad_()
    loss = compute_head_losses(whole, head, target, counts).sum()
    loss.backward()  # type: ignore[no-untyped-call]
    pieces = logits.clone().requires_grad_()
    total = 0.0
    columns = (torch.split(column, cut) for column in (pieces, head, target))
    for part, of_head, of_target in zip(*columns, strict=True):
        share = compute_head_losses(part, of_head, of_target, counts).sum()
        share.backward()  # type: ignore[no-untyped-call]
        total += share.item()
    wanted = reference_loss(logits.numpy().astype(float), head.numpy(), target.numpy())
    assert total == pytest.approx(wanted, abs=1e-6)
    torch.testing.assert_close(pieces.grad, whole.grad, atol=1e-6, rtol=0)


def test_masked_tokens_are_averaged_over_the_step() -> None:
    rng = np.random.default_rng(1)
    logits = rng.normal(size=(9, 7))
    labels = rng.integers(0, 7, 9)
    total = torch.zeros(())
    for part in (slice(0, 2), slice(2, 2), slice(2, 9)):  # one micro-batch has none
        total = total + compute_masked_language_loss(
            torch.from_numpy(logits[part]), torch.from_numpy(labels[part]), torch.tensor(9)
        )
    assert total.item() == pytest.approx(mean_cross_entropy(logits, labels), abs=1e-6)


def model_without_dropout() -> AlignmentModel:
    model = tiny_model()
    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0
    return model


def build_mixture(model: AlignmentModel, max_batch_tokens: int) -> Mixture:
    # Short pairs for one head and long ones for another: micro-batches hold few heads each.
    sources = [
        source("binary", [3] * 11, family=Family.QA, head=Head.BINARY),
        source("three_way", [20] * 7, family=Family.QA, head=Head.THREE_WAY),
        source("regression", [9, 30, 31], family=Family.QA, head=Head.REGRESSION),
    ]
    return Mixture(
        sources,
        model.tokenizer,
        sampling=SamplingOptions(),
        augmentation=AugmentationOptions(),
        max_tokens=64,
        max_batch_tokens=max_batch_tokens,
        seed=3,
    )


def reference_of_step(
    model: AlignmentModel, batches: Sequence[TrainingBatch], weight: float
) -> float:
    """Run the model on the batches as they are and put its outputs into the formula."""
    logits, heads, targets, token_logits, token_labels = [], [], [], [], []
    for batch in batches:
        is_masked = batch["token_labels"] != IGNORED
        inputs = (batch["input_ids"], batch["attention_mask"], batch["token_type_ids"])
        with torch.no_grad():
            outputs = model(*inputs, is_masked if weight else None)
        joint, guessed = outputs if weight else (outputs, torch.zeros(0, 1))
        logits.append(joint.double().numpy())
        token_logits.append(guessed.double().numpy())
        token_labels.append(batch["token_labels"][is_masked].numpy())
        heads.append(batch["head"].numpy())
        targets.append(batch["target"].double().numpy())
    loss = reference_loss(*(np.concatenate(each) for each in (logits, heads, targets)))
    if weight:
        labels = np.concatenate(token_labels)
        loss += weight * mean_cross_entropy(np.concatenate(token_logits), labels)
    return loss


@pytest.mark.parametrize("weight", [0.0, 0.5], ids=["heads", "heads and masked tokens"])
def test_a_trained_step_has_the_reference_loss_across_accumulation(
    tmp_path: Path, weight: float
) -> None:
    model = model_without_dropout()
    mixture = build_mixture(model, max_batch_tokens=60)
    number = len(mixture.epoch(0))
    assert number > 5
    masking = MaskingOptions(weight=weight)
    options = TrainerOptions(accumulation_steps=number, mixed_precision="no", masking=masking)
    trainer = alignment_trainer(model, mixture, options, tmp_path, seed=5)
    dataset = EpochDataset(mixture.epoch(0), 0, Collator(model.tokenizer, masking, 5))
    batches = [dataset[index] for index in range(number)]
    wanted = reference_of_step(model, batches, weight)
    result = trainer.train()
    assert result.state.step == 1
    assert result.state.pairs == 21
    assert int(count_step(batches)[4]) == result.state.tokens
    assert result.final_loss == pytest.approx(wanted, abs=1e-6)


def test_a_step_in_one_batch_and_in_many_moves_the_weights_alike(tmp_path: Path) -> None:
    moved = []
    for budget in (100_000, 60):
        model = model_without_dropout()
        mixture = build_mixture(model, budget)
        steps = TrainerOptions(accumulation_steps=len(mixture.epoch(0)), mixed_precision="no")
        gradients: dict[str, Tensor] = {}
        for name, parameter in model.named_parameters():
            hook = partial(_add, gradients, name)
            parameter.register_hook(hook)  # type: ignore[no-untyped-call]
        alignment_trainer(model, mixture, steps, tmp_path / str(budget), seed=5).train()
        moved.append(gradients)
    whole, pieces = moved
    assert whole.keys() == pieces.keys()
    for name, gradient in whole.items():
        # fp32 sums in another order: within 1e-5 of the parameter's largest gradient
        largest = float(gradient.abs().max())
        torch.testing.assert_close(pieces[name], gradient, atol=1e-6 + 1e-5 * largest, rtol=0)


def _add(gradients: dict[str, Tensor], name: str, gradient: Tensor) -> None:
    gradients[name] = gradients.get(name, torch.zeros_like(gradient)) + gradient.detach()
