"""A loss with labels drawn from the model's own beliefs, whose squared gradient is curvature.

By Bartlett's identity, ``B * g^2`` estimates the diagonal of the Gauss-Newton matrix without bias,
g being the gradient of the mean loss over B examples with drawn labels (Liu et al., ICLR 2024).
The identity holds of any likelihood, so it is not for classes alone as in the paper: a number that
is learned by its squared error is the mean of a Gaussian with a variance of one half.
Where the loss is a sum of terms with coefficients c, as of several tasks, the same holds of the
square of the gradient of the sum with coefficients sqrt(c), as the terms' gradients have a mean of
zero and are independent of each other.
"""

import math
from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from concord.training.losses.soft_answers import Distributions, SoftAnswer


def sum_sampled(answers: Sequence[SoftAnswer]) -> Tensor:
    """Return the sum of ``sqrt(weight) * -log p(y)`` over decisions, each y drawn from its own p.

    Args:
        answers: Distributions, from which classes are drawn, and numbers, around which others are.
    """
    totals = []
    for answer in answers:
        if isinstance(answer, Distributions):
            drawn = answer.logits.detach().softmax(dim=1).multinomial(1)[:, 0]
            total = cross_entropy(answer.logits, drawn, reduction="sum")
            totals.append(math.sqrt(answer.weight) * total)
        else:
            own = answer.values
            noise = math.sqrt(0.5) * torch.randn_like(own)
            totals.append((own - (own.detach() + noise)).square().sum())
    return torch.stack(totals).sum()
