"""The groups of parameters that an optimiser treats alike."""

from collections.abc import Sequence
from typing import Any, Final

from torch import nn

from concord.errors import ConfigError
from concord.model.layers import parameter_depths
from concord.training.optimization.schedules import FIRST_STEP
from concord.training.optimization.unfreezing import UnfreezingOptions, compute_first_step

_ALL_DEPTHS: Final = 0


def group_parameters(
    model: nn.Module,
    *,
    learning_rate: float,
    weight_decay: float,
    layer_decay: float = 1.0,
    unfreezing: UnfreezingOptions | None = None,
    steps_of_epochs: Sequence[int] = (),
) -> list[dict[str, Any]]:
    """Return the parameters that are to learn, as an optimiser takes them.

    Matrices come apart from vectors (biases, normalisation), which are not decayed. Where layers
    learn at different rates or from different steps on, so do the groups of each depth, the heads'
    first.

    Args:
        model: Those of its parameters that require a gradient are grouped.
        learning_rate: Peak rate of the heads.
        weight_decay: Of matrices.
        layer_decay: The rate of each depth over that of the one above.
        unfreezing: How layers join one after the other; None lets all learn from the start.
        steps_of_epochs: The steps of each epoch, for unfreezing.

    Raises:
        ConfigError: If the layers are to be told apart and cannot be, or are frozen.
    """
    learned = [parameter for parameter in model.parameters() if parameter.requires_grad]
    depths = dict.fromkeys(learned, _ALL_DEPTHS)
    if layer_decay < 1 or unfreezing is not None:
        option = "optimizer.layer_decay" if unfreezing is None else "trainer.unfreezing"
        every = parameter_depths(model, option=option)
        depths = {parameter: every[parameter] for parameter in learned}
        if not any(depths.values()):
            raise ConfigError(f"{option} is about the encoder's layers, and all of them are frozen")
    groups = []
    for depth in sorted(set(depths.values())):
        own = [parameter for parameter in learned if depths[parameter] == depth]
        common: dict[str, Any] = {"lr": learning_rate * layer_decay**depth}
        if unfreezing is not None:
            common[FIRST_STEP] = compute_first_step(depth, unfreezing, steps_of_epochs)
        matrices = [parameter for parameter in own if parameter.ndim >= 2]
        vectors = [parameter for parameter in own if parameter.ndim < 2]
        groups.append({"params": matrices, "weight_decay": weight_decay, **common})
        groups.append({"params": vectors, "weight_decay": 0.0, **common})
    return groups
