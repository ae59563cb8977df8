"""A loss with labels drawn from the model's own probabilities, whose squared gradient is curvature.

By Bartlett's identity, ``B * g^2`` estimates the diagonal of the Gauss-Newton matrix without bias,
g being the gradient of the mean loss over B examples with drawn labels (Liu et al., ICLR 2024).
Where the loss is a sum of terms with coefficients c, as of several tasks, the same holds of the
square of the gradient of the sum with coefficients sqrt(c), as the terms' gradients have a mean of
zero and are independent of each other.
"""

import math
from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from concord.training.soft_answers import Distributions, SoftAnswer


def sum_sampled(answers: Sequence[SoftAnswer]) -> Tensor:
    """Return the sum of ``sqrt(weight) * -log p(y)`` over decisions, each y drawn from its own p.

    Args:
        answers: Distributions; numbers have no label to draw.
    """
    totals = []
    for answer in answers:
        assert isinstance(answer, Distributions)  # noqa: S101 - checked before the run
        drawn = answer.logits.detach().softmax(dim=1).multinomial(1)[:, 0]
        total = cross_entropy(answer.logits, drawn, reduction="sum")
        totals.append(math.sqrt(answer.weight) * total)
    return torch.stack(totals).sum()
