"""How much each part of a loss counts."""

import math

import pytest
import torch
from torch import Tensor

from concord.errors import ConfigError
from concord.training.losses.loss_weights import (
    LossWeighting,
    LossWeightOptions,
    UncertaintyWeights,
    compute_loss_weights,
)

CLASSES = {"sentiment": 5, "paraphrase": 2, "similarity": None}


def test_equal_weights_are_one() -> None:
    weights = compute_loss_weights(CLASSES, LossWeightOptions())
    assert weights == {"sentiment": 1.0, "paraphrase": 1.0, "similarity": 1.0}


def test_guessing_a_class_costs_one_and_a_regression_keeps_its_loss() -> None:
    options = LossWeightOptions(weighting=LossWeighting.INVERSE_LOG_CLASSES)
    weights = compute_loss_weights(CLASSES, options)
    # 1 / ln 5 = 0.621335 and 1 / ln 2 = 1.442695
    assert weights == pytest.approx(
        {"sentiment": 0.621335, "paraphrase": 1.442695, "similarity": 1.0}, abs=1e-6
    )


def test_constants_are_those_given() -> None:
    constants = {"similarity": 2.0, "sentiment": 0.5, "paraphrase": 0.0}
    options = LossWeightOptions(weighting=LossWeighting.CONSTANTS, constants=constants)
    assert compute_loss_weights(CLASSES, options) == constants


@pytest.mark.parametrize(
    "constants",
    [
        {"sentiment": 1.0, "paraphrase": 1.0},
        {"sentiment": 1.0, "paraphrase": 1.0, "similarity": 1.0, "other": 1.0},
        {"sentiment": 1.0, "paraphrase": 1.0, "similarity": -1.0},
        {"sentiment": 1.0, "paraphrase": 1.0, "similarity": math.nan},
    ],
    ids=["one missing", "one unknown", "one negative", "not a number"],
)
def test_constants_name_each_part_once(constants: dict[str, float]) -> None:
    options = LossWeightOptions(weighting=LossWeighting.CONSTANTS, constants=constants)
    with pytest.raises(ConfigError, match=r"must give each of \['paraphrase', 'sentiment'"):
        compute_loss_weights(CLASSES, options)


def test_constants_that_would_be_ignored_are_refused() -> None:
    with pytest.raises(ConfigError, match="not used by weighting 'equal'"):
        LossWeightOptions(constants={"sentiment": 2.0})


def test_a_single_class_cannot_be_weighted_by_its_logarithm() -> None:
    options = LossWeightOptions(weighting=LossWeighting.INVERSE_LOG_CLASSES)
    with pytest.raises(ConfigError, match="needs two classes or more, and 'only' has 1"):
        compute_loss_weights({"only": 1}, options)


def uncertain(*log_variances: float) -> UncertaintyWeights:
    weights = UncertaintyWeights([f"part{number}" for number in range(len(log_variances))])
    with torch.no_grad():
        weights.log_variances.copy_(torch.tensor(log_variances))
    return weights


def test_uncertainty_scales_a_loss_and_pays_for_it() -> None:
    weights = uncertain(math.log(2), 0.0, math.log(4))
    weighted = weights(torch.tensor([3.0, 1.0, 2.0]), torch.ones(3))
    # 3/2 + ln 2 / 2 = 1.846574; 1; 2/4 + ln 4 / 2 = 1.193147
    assert weighted.tolist() == pytest.approx([1.846574, 1.0, 1.193147], abs=1e-6)
    assert weights.weights() == pytest.approx({"part0": 0.5, "part1": 1.0, "part2": 0.25})


def test_weights_are_learned_from_one() -> None:
    weights = UncertaintyWeights(["a", "b"])
    losses, shares = torch.tensor([3.0, 0.25]), torch.ones(2)
    weighted: Tensor = weights(losses, shares)
    assert weighted.tolist() == [3.0, 0.25]
    weighted.sum().backward()  # type: ignore[no-untyped-call]
    # the slope at s = 0 is 1/2 - loss: a large loss raises s, so that it counts less
    assert weights.log_variances.grad is not None
    assert weights.log_variances.grad.tolist() == [-2.5, 0.25]


def test_the_pieces_of_a_step_add_up_to_its_weighted_loss() -> None:
    weights = uncertain(0.7, -0.4)
    # the first part has 3 of its 4 examples in one micro-batch and the second all of its own
    losses = torch.tensor([[1.5, 0.0], [0.5, 0.8]])
    shares = torch.tensor([[0.75, 0.0], [0.25, 1.0]])
    pieces = weights(losses[0], shares[0]) + weights(losses[1], shares[1])
    # 2 exp(-0.7) + 0.35 = 1.343171 and 0.8 exp(0.4) - 0.2 = 0.993460
    assert pieces.tolist() == pytest.approx([1.343171, 0.993460], abs=1e-6)


def test_a_part_without_examples_costs_nothing() -> None:
    weighted = uncertain(5.0, 0.0)(torch.tensor([0.0, 1.0]), torch.tensor([0.0, 1.0]))
    assert weighted.tolist() == [0.0, 1.0]
