"""Losses of tasks that read one vector of each text, against sums by hand."""

import math
import sys
from collections.abc import Sequence

import numpy as np
import pytest
import torch
from torch import nn

from concord.errors import MissingExtraError
from concord.training.batches.task_batches import TaskPart
from concord.training.losses.task_losses import task_loss

HEAD = nn.Identity()


def part_of(sizes: Sequence[int], targets: Sequence[Sequence[float]]) -> TaskPart:
    """Build a part from the number of sequences and the target of each example."""
    return TaskPart(
        rows=torch.arange(sum(sizes)),
        sizes=torch.tensor(sizes),
        target=torch.tensor([value for target in targets for value in target]),
        target_sizes=torch.tensor([len(target) for target in targets]),
    )


def test_squared_errors_add_up() -> None:
    part = part_of([1, 1], [[1.0], [-1.0]])
    total = task_loss("squared_error").total(torch.tensor([[3.0], [0.0]]), part, HEAD)
    assert total.item() == pytest.approx(5.0)  # 2^2 + 1^2
    assert task_loss("squared_error").units(part).item() == 2


def test_options_are_compared_within_their_question_alone() -> None:
    part = part_of([2, 3], [[1.0], [0.0]])
    logits = torch.tensor([[0.0], [math.log(3)], [math.log(2)], [0.0], [0.0]], requires_grad=True)
    total = task_loss("option_cross_entropy").total(logits, part, HEAD)
    # the right ones have 3 of 1 + 3, and 2 of 2 + 1 + 1
    assert total.item() == pytest.approx(-math.log(0.75) - math.log(0.5), rel=1e-6)
    (gradient,) = torch.autograd.grad(total, logits)
    assert gradient[:, 0].tolist() == pytest.approx([0.25, -0.25, -0.5, 0.25, 0.25])


def test_a_preference_costs_by_its_margin() -> None:
    part = part_of([2, 2], [[1.0], [-1.0]])
    scores = torch.tensor([[math.log(3)], [0.0], [math.log(3)], [0.0]])
    total = task_loss("preference").total(scores, part, HEAD)
    # the better text wins with probability 3/4, then loses with it
    assert total.item() == pytest.approx(-math.log(0.75) - math.log(0.25), rel=1e-6)


def test_alignment_costs_each_head_what_guessing_would() -> None:
    nan = math.nan
    part = part_of([1, 1, 1], [[1.0, nan, nan], [nan, 2.0, nan], [nan, nan, 0.25]])
    logits = torch.zeros(3, 6, requires_grad=True)
    total = task_loss("alignment").total(logits, part, HEAD)
    # ln 2 / ln 2 + ln 3 / ln 3 + 0.25^2
    assert total.item() == pytest.approx(2.0625)
    assert task_loss("alignment").units(part).item() == 3
    (gradient,) = torch.autograd.grad(total, logits)
    assert (gradient != 0).int().tolist() == [
        [1, 1, 0, 0, 0, 0],
        [0, 0, 1, 1, 1, 0],
        [0, 0, 0, 0, 0, 1],
    ]


def _random_vectors(num_examples: int, num_texts: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(0)
    return torch.randn(num_examples * num_texts, 4, generator=generator)


def _by_text(vectors: torch.Tensor, num_texts: int) -> list[np.ndarray]:
    return [vectors[place::num_texts].double().numpy() for place in range(num_texts)]


def _cosines(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    units = [each / np.linalg.norm(each, axis=1, keepdims=True) for each in (first, second)]
    cosines: np.ndarray = units[0] @ units[1].T
    return cosines


@pytest.mark.parametrize("num_texts", [2, 3])
def test_negatives_are_all_other_texts_of_the_batch(num_texts: int) -> None:
    vectors = _random_vectors(5, num_texts)
    part = part_of([num_texts] * 5, [[1.0]] * 5)
    anchors, *others = _by_text(vectors, num_texts)
    scores = 20 * _cosines(anchors, np.concatenate(others))
    expected = np.log(np.exp(scores).sum(axis=1)) - np.diag(scores)
    total = task_loss("multiple_negatives_ranking").total(vectors, part, HEAD)
    assert total.item() == pytest.approx(expected.sum(), rel=1e-4)


def test_a_triplet_costs_what_its_margin_lacks() -> None:
    vectors = _random_vectors(5, 3)
    anchors, positives, negatives = _by_text(vectors, 3)
    nearness = np.linalg.norm(anchors - positives, axis=1)
    distance = np.linalg.norm(anchors - negatives, axis=1)
    total = task_loss("triplet").total(vectors, part_of([3] * 5, [[1.0]] * 5), HEAD)
    assert total.item() == pytest.approx(np.maximum(nearness - distance + 5, 0).sum(), rel=1e-4)


def test_a_cosine_is_compared_with_its_score() -> None:
    vectors, scores = _random_vectors(5, 2), [0.1, 0.9, 0.5, 0.5, 0.0]
    part = part_of([2] * 5, [[score] for score in scores])
    cosines = np.diag(_cosines(*_by_text(vectors, 2)))
    total = task_loss("cosine_similarity").total(vectors, part, HEAD)
    assert total.item() == pytest.approx(np.square(cosines - scores).sum(), rel=1e-4)


def test_cosines_are_asked_for_in_the_order_of_the_scores() -> None:
    vectors, scores = _random_vectors(5, 2), [0.1, 0.9, 0.5, 0.5, 0.0]
    part = part_of([2] * 5, [[score] for score in scores])
    cosines = np.diag(_cosines(*_by_text(vectors, 2)))
    wrong = [
        math.exp(20 * (cosines[low] - cosines[high]))
        for low in range(5)
        for high in range(5)
        if scores[low] < scores[high]
    ]
    total = task_loss("cosent").total(vectors, part, HEAD)
    assert total.item() == pytest.approx(5 * math.log(1 + sum(wrong)), rel=1e-4)


def test_a_missing_package_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers.sentence_transformer", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'concord\[embeddings\]'"):
        task_loss("cosent").total(_random_vectors(2, 2), part_of([2, 2], [[1.0], [0.0]]), HEAD)
