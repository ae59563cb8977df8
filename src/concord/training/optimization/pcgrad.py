"""Conflicting gradients made to agree (PCGrad; Yu et al., NeurIPS 2020).

Two parts of a loss conflict where their gradients point away from each other, so that a step for
one undoes some of the other. Each part's gradient is then projected onto the normal plane of
each one that it conflicts with, in random order, and the projected gradients are summed.
"""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor


def combine_gradients(gradients: Tensor, rng: np.random.Generator) -> Tensor:
    """Return the sum of the projected gradients, shape ``(parameters,)``.

    All parameters count, those of the heads too, as in the authors' program.

    Args:
        gradients: One row for each part, shape ``(parts, parameters)``; a row of zeros conflicts
            with none.
        rng: Decides the order of the projections.
    """
    products = (gradients @ gradients.T).double().cpu().numpy()
    coefficients = compute_coefficients(products, rng)
    return torch.from_numpy(coefficients.sum(axis=0)).to(gradients) @ gradients


def compute_coefficients(
    products: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.float64]:
    """Return each projected gradient as a combination of the original ones.

    A projection only ever subtracts multiples of the original gradients, so their inner products
    are all that it needs, and no vector is copied.

    Args:
        products: Inner products of the gradients, shape ``(parts, parts)``.
        rng: Decides, part by part, the order of the others.

    Returns:
        Shape ``(parts, parts)``; the identity where nothing conflicts.
    """
    num_parts = len(products)
    coefficients = np.eye(num_parts)
    for part in range(num_parts):
        projected = coefficients[part]
        for other in rng.permutation(num_parts).tolist():
            product = projected @ products[:, other]
            if other != part and product < 0:
                projected[other] -= product / products[other, other]
    return coefficients
