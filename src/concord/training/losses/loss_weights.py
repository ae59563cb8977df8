"""How much each part of a loss counts."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import torch
from torch import Tensor, nn

from concord.errors import ConfigError


class LossWeighting(StrEnum):
    """How the weights of a loss's parts are found."""

    EQUAL = "equal"
    """1 for each."""
    INVERSE_LOG_CLASSES = "inverse_log_classes"
    """1 / ln n for n classes, so that guessing costs 1 (Aghajanyan et al., EMNLP 2021); 1 for a
    part without classes."""
    CONSTANTS = "constants"
    """Those given."""
    UNCERTAINTY = "uncertainty"
    """Learned (`UncertaintyWeights`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LossWeightOptions:
    """How much each part of a loss counts.

    Attributes:
        weighting: How the weights are found.
        constants: The weight of each part by name (constants).
    """

    weighting: LossWeighting = LossWeighting.EQUAL
    constants: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.constants and self.weighting is not LossWeighting.CONSTANTS:
            raise ConfigError(
                f"loss_weights.constants are not used by weighting {self.weighting.value!r}; "
                "choose 'constants' or leave them out"
            )


def compute_loss_weights(
    num_classes: Mapping[str, int | None], options: LossWeightOptions
) -> dict[str, float]:
    """Return the fixed weight of each part; learned weights begin from 1.

    Args:
        num_classes: Classes of each part by name; None for one without, as a regression.
        options: How the weights are found.

    Raises:
        ConfigError: If constants name an unknown part, miss one or are not usable, or a part
            that is to be weighted by its classes has fewer than two.
    """
    match options.weighting:
        case LossWeighting.EQUAL | LossWeighting.UNCERTAINTY:
            return dict.fromkeys(num_classes, 1.0)
        case LossWeighting.INVERSE_LOG_CLASSES:
            return {name: _inverse_log(name, number) for name, number in num_classes.items()}
        case LossWeighting.CONSTANTS:
            is_usable = all(0 <= weight < math.inf for weight in options.constants.values())
            if set(options.constants) != set(num_classes) or not is_usable:
                raise ConfigError(
                    f"loss_weights.constants must give each of {sorted(num_classes)} a weight of "
                    f"0 or more, got {dict(options.constants)}"
                )
            return {name: float(options.constants[name]) for name in num_classes}


def _inverse_log(name: str, num_classes: int | None) -> float:
    if num_classes is None:
        return 1.0
    if num_classes < 2:
        raise ConfigError(
            f"loss_weights.weighting 'inverse_log_classes' needs two classes or more, and "
            f"{name!r} has {num_classes}"
        )
    return 1.0 / math.log(num_classes)


class UncertaintyWeights(nn.Module):
    """Weights that follow each part's learned uncertainty (Kendall et al., CVPR 2018).

    Part i costs ``exp(-s_i) loss_i + s_i / 2`` with s_i, the logarithm of its variance, learned
    from 0: a part that stays hard comes to count less, and the second term keeps it from
    counting nothing. The parameters must be among those of the model that is trained.

    Args:
        names: The parts, in the order of the vectors of losses.
    """

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__()
        self.names = tuple(names)
        self.log_variances = nn.Parameter(torch.zeros(len(self.names)))

    def forward(self, losses: Tensor, shares: Tensor) -> Tensor:
        """Return the weighted losses of a micro-batch, shape ``(parts,)``.

        Summed over a step's micro-batches they are the weighted losses of the step, in which a
        part without examples costs nothing.

        Args:
            losses: The micro-batch's share of each part's loss, shape ``(parts,)``.
            shares: How much of the examples that each part has in the step are in this
                micro-batch, in [0, 1], shape ``(parts,)``; 0 where a part has none.
        """
        return torch.exp(-self.log_variances) * losses + shares * self.log_variances / 2

    def weights(self) -> dict[str, float]:
        """Return what each part's loss is multiplied by at present."""
        values: list[float] = torch.exp(-self.log_variances.detach()).tolist()
        return dict(zip(self.names, values, strict=True))
