"""Projected gradients against a plain reading of the paper's algorithm, in NumPy.

Tolerance 1e-5 of vectors of about unit length, in fp32.
"""

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from concord.training.optimization.pcgrad import combine_gradients, compute_coefficients


def reference(gradients: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """Project vector by vector, as algorithm 1 of the paper does."""
    total = np.zeros(gradients.shape[1])
    for part, gradient in enumerate(gradients):
        projected = gradient.copy()
        for other in rng.permutation(len(gradients)):
            if other == part:
                continue
            along = gradients[other]
            if projected @ along < 0:
                projected = projected - (projected @ along) / (along @ along) * along
        total += projected
    return total


def combine(gradients: NDArray[np.float64], seed: int = 0) -> NDArray[np.float32]:
    combined = combine_gradients(
        torch.from_numpy(gradients).float(), np.random.default_rng(seed)
    ).numpy()
    assert combined.dtype == np.float32
    return combined


@pytest.mark.parametrize("num_parts", [1, 2, 3, 6])
@pytest.mark.parametrize("seed", range(5))
def test_the_combined_gradient_is_the_reference(num_parts: int, seed: int) -> None:
    rng = np.random.default_rng([num_parts, seed])
    gradients = rng.normal(size=(num_parts, 4)) / 2  # few dimensions, so that many conflict
    wanted = reference(gradients, np.random.default_rng(seed))
    np.testing.assert_allclose(combine(gradients, seed), wanted, atol=1e-5)


def test_two_conflicting_gradients_worked_out_by_hand() -> None:
    gradients = np.array([[2.0, 0.0], [-1.0, 1.0]])
    # product -2: the first becomes (2, 0) + 2/2 (-1, 1) = (1, 1),
    # the second (-1, 1) + 2/4 (2, 0) = (0, 1)
    assert combine(gradients).tolist() == [1.0, 2.0]


def test_gradients_that_agree_are_summed() -> None:
    gradients = np.array([[1.0, 0.25, 0.0], [0.5, 1.0, 0.0], [0.0, 0.0, 2.0]])
    assert combine(gradients).tolist() == [1.5, 1.25, 2.0]
    products = gradients @ gradients.T
    assert compute_coefficients(products, np.random.default_rng(0)).tolist() == np.eye(3).tolist()


def test_a_part_without_gradient_changes_nothing() -> None:
    gradients = np.array([[2.0, 0.0], [0.0, 0.0], [-1.0, 1.0]])
    assert combine(gradients).tolist() == [1.0, 2.0]


def test_opposite_gradients_leave_nothing() -> None:
    assert combine(np.array([[1.0, -2.0], [-1.0, 2.0]])).tolist() == [0.0, 0.0]


def test_the_generator_decides_the_order() -> None:
    gradients = np.random.default_rng(3).normal(size=(6, 3))
    sums = {tuple(combine(gradients, seed).tolist()) for seed in (0, 0, 1)}
    assert len(sums) == 2
