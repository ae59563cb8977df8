"""Sophia's update and both estimates of curvature, by hand in NumPy and against a library."""

import math
from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np
import pytest
import torch
from accelerate import Accelerator
from numpy.typing import NDArray
from tests.tiny_task_models import tiny_task_model, training_batch
from tests.training.losses.test_regularization import without_dropout
from tests.training.losses.test_soft_answers import CASES
from torch import Tensor, nn

from concord.errors import ConfigError
from concord.tasks.entities import Entities
from concord.training.activation_checkpointing import checkpoint_activations
from concord.training.losses.loss_weights import LossWeightOptions
from concord.training.losses.sampled_losses import sum_sampled
from concord.training.losses.soft_answers import Numbers
from concord.training.optimization.curvature import CurvatureEstimator
from concord.training.optimization.sophia import Sophia, SophiaOptions
from concord.training.task_objective import TaskObjective

Array = NDArray[np.float64]
OPTIONS: dict[str, Any] = {"betas": (0.5, 0.75), "gamma": 0.1, "epsilon": 1e-3}


def reference(
    start: Array, gradients: Sequence[Array], estimates: Sequence[Array], decay: float
) -> Array:
    """Follow the paper's algorithm 3 with an estimate at the first of each two steps."""
    theta, m, h = start.copy(), np.zeros_like(start), np.zeros_like(start)
    for step, gradient in enumerate(gradients):
        m = 0.5 * m + 0.5 * gradient
        if step % 2 == 0:
            h = 0.75 * h + 0.25 * estimates[step // 2]
        theta = theta - 0.2 * decay * theta
        theta = theta - 0.2 * np.clip(m / np.maximum(0.1 * h, 1e-3), -1, 1)
    return theta


def draw() -> tuple[Array, list[Array], list[Array]]:
    rng = np.random.default_rng(0)
    gradients = [rng.normal(size=2) * 0.05 for _ in range(6)]
    return np.array([1.0, -2.0]), gradients, [rng.normal(size=2) * 4 for _ in range(3)]


def run(optimizer: Any, parameter: nn.Parameter, take: Any) -> Array:
    _, gradients, estimates = draw()
    for step, gradient in enumerate(gradients):
        parameter.grad = torch.from_numpy(gradient)
        take(optimizer, torch.from_numpy(estimates[step // 2]) if step % 2 == 0 else None)
    found: Array = parameter.detach().numpy()
    return found


def step_ours(optimizer: Sophia, estimate: Tensor | None) -> None:
    if estimate is not None:
        optimizer.take_curvature({optimizer.parameters[0]: estimate})
    optimizer.step()


@pytest.mark.parametrize("decay", [0.0, 0.3])
def test_the_update_is_the_paper_s(decay: float) -> None:
    start, gradients, estimates = draw()
    parameter = nn.Parameter(torch.from_numpy(start.copy()))
    optimizer = Sophia([{"params": [parameter], "weight_decay": decay}], lr=0.2, **OPTIONS)
    wanted = reference(start, gradients, estimates, decay)
    np.testing.assert_allclose(run(optimizer, parameter, step_ours), wanted, rtol=1e-12)


def test_an_update_worked_out_by_hand() -> None:
    parameter = nn.Parameter(torch.tensor([1.0, 1.0]))
    optimizer = Sophia([{"params": [parameter]}], lr=0.1, **OPTIONS)
    optimizer.take_curvature({parameter: torch.tensor([8.0, -8.0])})  # h = 0.25 * 8 = 2 and -2
    parameter.grad = torch.tensor([0.1, 0.1])  # m = 0.05
    optimizer.step()
    # 0.05 / (0.1 * 2) = 0.25, so 1 - 0.1 * 0.25; below 0 the curvature is eps: clipped to 1
    assert parameter.tolist() == pytest.approx([0.975, 0.9])


@pytest.mark.parametrize("decay", [0.0, 0.3])
def test_the_library_s_variant_is_ours_with_another_rate(decay: float) -> None:
    from pytorch_optimizer.optimizer.sophia import SophiaH

    start, gradients, estimates = draw()
    parameter = nn.Parameter(torch.from_numpy(start.copy()))
    optimizer = SophiaH(
        [parameter],
        lr=0.2 / 0.1,  # it clips at gamma what we clip at 1
        betas=(0.5, 0.75),
        weight_decay=decay * 0.1,
        p=0.1,
        eps=1e-3 / 0.1,
        update_period=2,
    )

    def step_theirs(optimizer: Any, estimate: Tensor | None) -> None:
        optimizer.step(hessian=None if estimate is None else [estimate])

    found = run(optimizer, parameter, step_theirs)
    np.testing.assert_allclose(found, reference(start, gradients, estimates, decay), rtol=1e-9)


class Logistic(nn.Module):
    """Two classes from two weights: the logit of the second is `x . w`."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.tensor([0.5, -1.0]))

    def forward(self, inputs: Tensor) -> Tensor:
        """Return logits, shape ``(rows, 2)``."""
        logits = inputs @ self.weight
        return torch.stack([torch.zeros_like(logits), logits], dim=1)


INPUTS = torch.tensor([[1.0, 2.0], [-1.0, 0.5], [3.0, 1.0]])
LABELS = torch.tensor([1, 0, 0])


class MeanLoss:
    """The mean cross-entropy over the rows of a step."""

    def losses(self, model: nn.Module, rows: Tensor, counts: Tensor) -> Tensor:
        """Return a micro-batch's share."""
        loss = nn.functional.cross_entropy(model(INPUTS[rows]), LABELS[rows], reduction="sum")
        return (loss / counts)[None]


def estimate(kind: str, objective: Any, cuts: Sequence[slice], seed: int = 0) -> Array:
    """Return one estimate for the two weights, over micro-batches."""
    model = Logistic()
    optimizer = Sophia([{"params": [model.weight]}], lr=0.1, betas=(0.9, 0.0), gamma=1, epsilon=1)
    accelerator = Accelerator(mixed_precision="no", cpu=True)
    estimator = CurvatureEstimator(
        accelerator, model, optimizer, objective, kind=kind, interval=1, seed=seed
    )
    rows = torch.arange(3)
    estimator.update_if_due(0, [rows[cut] for cut in cuts], torch.tensor(3))
    found: Array = optimizer.state[model.weight]["curvature"].double().numpy()
    return found


WHOLE, CUT = [slice(0, 3)], [slice(0, 1), slice(1, 3)]


def true_hessian() -> Array:
    """Return the Hessian of the mean logistic loss: the mean of p (1 - p) x x^T."""
    x, w = INPUTS.double().numpy(), np.array([0.5, -1.0])
    p = 1 / (1 + np.exp(-x @ w))
    hessian: Array = (x * (p * (1 - p))[:, None]).T @ x / 3
    return hessian


@pytest.mark.parametrize("cuts", [WHOLE, CUT], ids=["whole", "cut"])
def test_hutchinson_s_estimate_is_u_times_the_hessian_s_product_with_it(
    cuts: Sequence[slice],
) -> None:
    found = estimate("sophia_h", MeanLoss(), cuts, seed=3)
    seed = np.random.SeedSequence((3, 0, 1)).generate_state(1, np.uint64)[0] >> 1
    u = torch.randn(2, generator=torch.Generator().manual_seed(int(seed))).double().numpy()
    np.testing.assert_allclose(found, u * (true_hessian() @ u), rtol=1e-4)


def test_hutchinson_s_estimates_average_to_the_diagonal() -> None:
    found = [estimate("sophia_h", MeanLoss(), WHOLE, seed=seed) for seed in range(400)]
    # the deviation of u_i (H u)_i is below 3 here, so 400 of them are within 0.4 or so
    np.testing.assert_allclose(np.mean(found, axis=0), np.diag(true_hessian()), atol=0.3)


class SampledLoss(MeanLoss):
    """The same with labels that are set from outside in place of drawn ones."""

    def __init__(self, labels: Sequence[int]) -> None:
        self.labels = torch.tensor(labels)

    def sampled_losses(self) -> Any:
        """Return what the estimator squares the gradient of."""

        def losses(model: nn.Module, rows: Tensor, counts: Tensor) -> Tensor:
            logits = model(INPUTS[rows])
            loss = nn.functional.cross_entropy(logits, self.labels[rows], reduction="sum")
            return (loss / counts.sqrt())[None]

        return losses


@pytest.mark.parametrize("cuts", [WHOLE, CUT], ids=["whole", "cut"])
def test_b_times_g_squared_is_the_diagonal_in_expectation(cuts: Sequence[slice]) -> None:
    x, w = INPUTS.double().numpy(), np.array([0.5, -1.0])
    p = 1 / (1 + np.exp(-x @ w))
    mean = np.zeros(2)
    for labels in product((0, 1), repeat=3):  # all of them, each as probable as the model says
        found = estimate("sophia_g", SampledLoss(labels), cuts)
        g = ((p - labels)[:, None] * x).mean(axis=0)
        np.testing.assert_allclose(found, 3 * g**2, rtol=1e-4)  # B = 3
        mean += np.where(labels, p, 1 - p).prod() * found
    np.testing.assert_allclose(mean, np.diag(true_hessian()), rtol=1e-4)


def test_drawn_labels_follow_the_model_s_own_probabilities() -> None:
    # Over many draws the squared gradient of a head's bias is the Gauss-Newton diagonal:
    # p (1 - p), averaged over the examples.
    task, inputs, golds, _ = CASES["classification"]
    model = tiny_task_model({"task": task})
    batch = training_batch(model, "task", inputs, golds, 32)
    objective = TaskObjective({"task": task}, LossWeightOptions())
    counts = objective.count([batch])
    sampled = objective.sampled_losses()
    bias = model.heads["task"].layers[0].bias  # type: ignore[index, union-attr]
    torch.manual_seed(0)
    squares = []
    for _ in range(300):
        (slope,) = torch.autograd.grad(sampled(model, batch, counts).sum(), bias)
        squares.append(slope.double().numpy() ** 2)
    with torch.no_grad():
        rows = {"task": batch.parts["task"].rows}
        logits = model(batch.input_ids, batch.attention_mask, batch.token_type_ids, rows)["task"]
    p = logits.double().softmax(dim=1).numpy()
    np.testing.assert_allclose(np.mean(squares, axis=0), (p * (1 - p)).mean(axis=0), atol=0.05)


def test_numbers_drawn_around_the_model_s_own_give_the_gauss_newton_diagonal() -> None:
    # Over many draws the squared gradient of squared errors is the mean of 2 (df / dw)^2.
    weight = torch.tensor([0.5, -1.0], requires_grad=True)
    torch.manual_seed(0)
    squares = []
    for _ in range(2000):
        total = sum_sampled([Numbers(INPUTS @ weight)]) / math.sqrt(len(INPUTS))
        (slope,) = torch.autograd.grad(total, weight)
        squares.append(slope.double().numpy() ** 2)
    x = INPUTS.double().numpy()
    np.testing.assert_allclose(np.mean(squares, axis=0), (2 * x**2).mean(axis=0), rtol=0.1)


def test_labels_cannot_be_drawn_of_what_is_neither() -> None:
    tasks = {"names": Entities(labels=("PER",), crf=True)}
    with pytest.raises(ConfigError, match=r"'sophia_g' needs .* task 'names' with its loss 'crf'"):
        TaskObjective(tasks, LossWeightOptions()).sampled_losses()
    with pytest.raises(ConfigError, match=r"this loss does not allow; choose 'sophia_h'"):
        estimate("sophia_g", MeanLoss(), WHOLE)


def curvature_of(case: str, *, is_checkpointed: bool) -> list[Tensor]:
    """Return Hutchinson's estimate for each parameter that a task's loss depends on."""
    task, inputs, golds, _ = CASES[case]
    model = without_dropout(tiny_task_model({"task": task})).train()
    if is_checkpointed:
        checkpoint_activations(model)
    batch = training_batch(model, "task", inputs, golds, 32)
    objective = TaskObjective({"task": task}, LossWeightOptions())
    parameters = [each for name, each in model.named_parameters() if "pooler" not in name]
    optimizer = Sophia([{"params": parameters}], lr=0.1, **OPTIONS)
    accelerator = Accelerator(mixed_precision="no", cpu=True)
    estimator = CurvatureEstimator(
        accelerator, model, optimizer, objective, kind="sophia_h", interval=1, seed=0
    )
    estimator.update_if_due(0, [batch], objective.count([batch]))
    return [optimizer.state[each]["curvature"] for each in parameters]


@pytest.mark.parametrize("case", ["classification", "entities", "question answering"])
def test_second_derivatives_go_through_the_whole_encoder(case: str) -> None:
    plain = curvature_of(case, is_checkpointed=False)
    assert all(bool(each.any()) for each in plain)
    for ours, theirs in zip(curvature_of(case, is_checkpointed=True), plain, strict=True):
        torch.testing.assert_close(ours, theirs, atol=1e-6, rtol=1e-3)


def test_options_that_cannot_work_are_refused() -> None:
    refused: dict[str, Any] = {"betas": (1.0, 0.9), "gamma": 0, "epsilon": 0, "interval": 0}
    for name, value in refused.items():
        options: dict[str, Any] = {name: value}
        with pytest.raises(ConfigError, match=rf"sophia\.{name} "):
            SophiaOptions(**options)
