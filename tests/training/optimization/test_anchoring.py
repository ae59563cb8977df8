"""The penalty on leaving earlier weights, and the Fisher information that weighs it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from accelerate import Accelerator
from safetensors.torch import save_file
from tests.tiny_task_models import tiny_task_model, training_batch
from tests.training.losses.test_soft_answers import CASES
from torch import Tensor, nn

from concord.errors import ConfigError
from concord.model import TaskModel
from concord.tasks.entities import Entities
from concord.training import TrainerOptions
from concord.training.losses.loss_weights import LossWeightOptions
from concord.training.optimization.anchoring import Anchor, AnchorOptions
from concord.training.optimization.fisher import estimate_fisher
from concord.training.stepper import Stepper
from concord.training.task_objective import TaskObjective


class Coded(nn.Module):
    """An encoder of three weights, one of which does not learn, and a head."""

    def __init__(self, *values: float) -> None:
        super().__init__()
        self.encoder = nn.Module()
        self.encoder.weight = nn.Parameter(torch.tensor(values[:2]))
        self.encoder.pooler = nn.Parameter(torch.tensor(values[2:]), requires_grad=False)
        self.head = nn.Parameter(torch.ones(1))


def moved(model: Coded, anchor: Anchor) -> float:
    """Move the weights and give them a gradient of 1; return the penalty."""
    with torch.no_grad():
        model.encoder.weight += torch.tensor([0.5, -2.0])
        model.encoder.pooler += 7
        model.head += 7
    for parameter in (model.encoder.weight, model.head):
        parameter.grad = torch.ones_like(parameter)
    return anchor.add_gradient()


def gradient(model: Coded) -> list[float]:
    found: Tensor = model.encoder.weight.grad
    return [*found.tolist(), *model.head.grad.tolist()]  # type: ignore[union-attr]


def test_l2_pulls_what_learns_of_the_encoder_to_where_the_run_began() -> None:
    model = Coded(1.0, 2.0, 3.0)
    anchor = Anchor(model, AnchorOptions(weight=10.0))
    assert moved(model, anchor) == pytest.approx(21.25)  # 0.5 * 10 * (0.25 + 4)
    assert gradient(model) == pytest.approx([6.0, -19.0, 1.0])  # 1 + 10 * 0.5, 1 - 10 * 2; head


def test_ewc_counts_each_weight_by_its_fisher_information(tmp_path: Path) -> None:
    save_file({"weight": torch.tensor([4.0, 0.25])}, tmp_path / "fisher.safetensors")
    reference = torch.tensor([1.5, 2.0], dtype=torch.bfloat16)  # as a model's folder has them
    save_file({"weight": reference, "other": torch.ones(3)}, tmp_path / "model.safetensors")
    model = Coded(1.0, 2.0, 3.0)
    options = AnchorOptions(
        weight=2.0,
        reference=tmp_path / "model.safetensors",
        fisher=tmp_path / "fisher.safetensors",
    )
    # the weights are 1.5 and 0, so 0 and -2 from the reference: 0.5 * 2 * 0.25 * 4
    assert moved(model, Anchor(model, options)) == pytest.approx(1.0)
    assert gradient(model) == pytest.approx([1.0, 1.0 - 2 * 0.25 * 2, 1.0])


def test_the_added_gradient_is_that_of_the_written_penalty(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    start, fisher, now = (rng.normal(size=2).astype("f4") for _ in range(3))
    fisher = fisher**2
    save_file({"weight": torch.from_numpy(fisher)}, tmp_path / "f.safetensors")
    model = Coded(*start.tolist(), 0.0)
    anchor = Anchor(model, AnchorOptions(weight=3.0, fisher=tmp_path / "f.safetensors"))

    def penalty(weights: Any) -> float:
        return float(0.5 * 3.0 * (fisher.astype("f8") * (weights - start.astype("f8")) ** 2).sum())

    with torch.no_grad():
        model.encoder.weight.copy_(torch.from_numpy(now))
    model.encoder.weight.grad = torch.zeros(2)
    assert anchor.add_gradient() == pytest.approx(penalty(now), rel=1e-5)
    steps = np.eye(2) * 1e-4
    expected = [(penalty(now + each) - penalty(now - each)) / 2e-4 for each in steps]
    assert model.encoder.weight.grad.tolist() == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        (None, r"trainer\.anchor\.fisher: .* cannot be read"),
        ({"other": torch.ones(2)}, r"weight 'weight' is missing, and \(2,\) is to be held"),
        ({"weight": torch.ones(3)}, r"weight 'weight' has shape \(3,\), and \(2,\) is to be held"),
    ],
)
def test_files_of_another_encoder_are_refused(
    tmp_path: Path, weights: dict[str, Tensor] | None, said: str
) -> None:
    path = tmp_path / "fisher.safetensors"
    if weights is not None:
        save_file(weights, path)
    with pytest.raises(ConfigError, match=said) as caught:
        Anchor(Coded(1.0, 2.0, 3.0), AnchorOptions(fisher=path))
    assert "\n" not in str(caught.value)
    with pytest.raises(ConfigError, match=r"anchor\.weight must be above 0, got -1"):
        AnchorOptions(weight=-1)


def test_a_step_moves_weights_by_the_loss_and_the_penalty_together() -> None:
    task, inputs, golds, _ = CASES["classification"]
    model = tiny_task_model({"task": task})
    objective = TaskObjective({"task": task}, LossWeightOptions())
    options = TrainerOptions(mixed_precision="no", anchor=AnchorOptions(weight=0.5))
    stepper = Stepper(Accelerator(cpu=True), model, objective, options, steps_of_epochs=[4], seed=0)
    batch = training_batch(model, "task", inputs, golds, 32)
    objective.losses(model, batch, objective.count([batch])).sum().backward()
    assert stepper.add_penalties() == {"anchor": 0.0}  # nothing has moved as yet
    stepper.update()
    found = stepper.add_penalties()["anchor"]
    start = tiny_task_model({"task": task}).encoder.state_dict()
    distance = sum(
        float((each.detach().double() - start[name]).square().sum())
        for name, each in model.encoder.named_parameters()
        if each.requires_grad
    )
    assert found == pytest.approx(0.25 * distance, rel=1e-4)
    assert found > 0


def examples_of(model: TaskModel, inputs: Sequence[Any], golds: Sequence[Any]) -> list[Any]:
    return [
        training_batch(model, "task", [each], [gold], 32)
        for each, gold in zip(inputs, golds, strict=True)
    ]


def test_the_fisher_information_is_the_mean_squared_slope_of_drawn_labels() -> None:
    task, inputs, golds, _ = CASES["classification"]
    model = tiny_task_model({"task": task})
    objective = TaskObjective({"task": task}, LossWeightOptions())
    examples = examples_of(model, inputs, golds)
    found = estimate_fisher(model, objective, examples, seed=5)

    torch.manual_seed(5)
    expected = {name: torch.zeros_like(each) for name, each in model.encoder.named_parameters()}
    for batch in examples:
        rows = {"task": batch.parts["task"].rows}
        logits = model(batch.input_ids, batch.attention_mask, batch.token_type_ids, rows)["task"]
        log_probs = logits.log_softmax(dim=1)[0]
        label = int(torch.multinomial(log_probs.detach().exp()[None], 1))
        model.zero_grad()
        (-log_probs[label]).backward()  # of this one label
        for name, each in model.encoder.named_parameters():
            if each.grad is not None:
                expected[name] += each.grad.square() / len(examples)
    assert found.keys() == expected.keys()
    for name, value in expected.items():
        torch.testing.assert_close(found[name], value)
    assert float(found["embeddings.word_embeddings.weight"].sum()) > 0
    assert float(found["pooler.dense.weight"].sum()) == 0  # no head reads it


def test_the_estimate_tends_to_the_expectation_over_labels() -> None:
    task, inputs, golds, _ = CASES["classification"]
    model = tiny_task_model({"task": task})
    objective = TaskObjective({"task": task}, LossWeightOptions())
    (batch,) = examples_of(model, inputs[:1], golds[:1])
    found = estimate_fisher(model, objective, [batch] * 300, seed=0)
    name = "encoder.layer.1.output.dense.bias"
    weight = model.encoder.get_parameter(name)
    rows = {"task": batch.parts["task"].rows}
    logits = model(batch.input_ids, batch.attention_mask, batch.token_type_ids, rows)["task"]
    log_probs = logits.log_softmax(dim=1)[0]
    exact = torch.zeros_like(weight)
    for each in log_probs:  # sum over labels of p (d log p)^2
        (slope,) = torch.autograd.grad(each, weight, retain_graph=True)
        exact += each.detach().exp() * slope.square()
    assert float(found[name].sum()) == pytest.approx(float(exact.sum()), rel=0.15)


def test_labels_cannot_be_drawn_for_every_task() -> None:
    task = Entities(labels=("PER",), crf=True)
    model = tiny_task_model({"names": task})
    with pytest.raises(ConfigError, match=r"the Fisher information needs prob.* task 'names'"):
        estimate_fisher(model, TaskObjective({"names": task}, LossWeightOptions()), [], seed=0)
