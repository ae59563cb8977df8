"""The optimiser of a run, and its learning-rate schedule."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias

import torch
from torch import nn
from torch.optim import Optimizer

from concord.errors import ConfigError, MissingExtraError
from concord.training.devices import process_state
from concord.training.optimization.parameter_groups import group_parameters
from concord.training.optimization.schedules import Plateau, PlateauOptions, RateSchedule, Shape
from concord.training.optimization.sophia import GAMMAS, Sophia, SophiaOptions
from concord.training.optimization.unfreezing import UnfreezingOptions

Groups: TypeAlias = Sequence[dict[str, Any]]

_DEVICES_OF_8BIT: Final = ("cpu", "cuda", "xpu")


@dataclass(frozen=True, slots=True, kw_only=True)
class OptimizerOptions:
    """An optimiser with warm-up and decay; the defaults suit a 22 M encoder.

    Attributes:
        name: "adamw"; "adafactor", which keeps two vectors for a matrix instead of two matrices
            (Shazeer and Stern, 2018); "sophia_g" and "sophia_h" (Liu et al., 2024); "adamw_8bit",
            whose averages take a quarter of the memory, where its library runs.
        learning_rate: Peak rate.
        weight_decay: Not applied to biases and normalisation weights.
        betas: Decay of the gradient's first and second moment (AdamW).
        epsilon: Added to the denominator (AdamW).
        sophia: What Sophia has of its own.
        schedule: Shape of the decay after warm-up; "constant" has no warm-up, "plateau" falls
            where validation no longer improves.
        warmup_ratio: Share of the steps over which the rate rises from 0.
        plateau: When the rate falls (plateau).
        layer_decay: The rate of the encoder's top layer over that of the heads, of each layer over
            that of the one above it, and of the embeddings over that of the lowest.
        max_grad_norm: Gradients are scaled down to this norm.
    """

    name: Literal["adamw", "adafactor", "sophia_g", "sophia_h", "adamw_8bit"] = "adamw"
    learning_rate: float = 1e-4
    weight_decay: float = 0.1
    betas: tuple[float, float] = (0.9, 0.999)
    epsilon: float = 1e-6
    sophia: SophiaOptions = field(default_factory=SophiaOptions)
    schedule: Shape = "linear"
    warmup_ratio: float = 0.06
    plateau: PlateauOptions = field(default_factory=PlateauOptions)
    layer_decay: float = 1.0
    max_grad_norm: float = 1.0

    def __post_init__(self) -> None:
        if self.learning_rate <= 0:
            raise ConfigError(f"optimizer.learning_rate must be above 0, got {self.learning_rate}")
        if not 0 <= self.warmup_ratio < 1:
            raise ConfigError(f"optimizer.warmup_ratio lies in [0, 1), got {self.warmup_ratio}")
        if not 0 < self.layer_decay <= 1:
            raise ConfigError(f"optimizer.layer_decay lies in (0, 1], got {self.layer_decay}")


def build_optimizer(
    model: nn.Module,
    options: OptimizerOptions,
    *,
    unfreezing: UnfreezingOptions | None = None,
    steps_of_epochs: Sequence[int] = (),
) -> Optimizer:
    """Build the optimiser of the parameters that are to learn.

    Args:
        model: Its vectors (biases, normalisation) are not decayed.
        options: Which optimiser.
        unfreezing: How layers join one after the other; None lets all learn from the start.
        steps_of_epochs: The steps of each epoch, for unfreezing.

    Raises:
        ConfigError: If the model's layers cannot be told apart though that is asked for, or the
            optimiser does not run here.
        MissingExtraError: If its package is not installed.
    """
    groups = group_parameters(
        model,
        learning_rate=options.learning_rate,
        weight_decay=options.weight_decay,
        layer_decay=options.layer_decay,
        unfreezing=unfreezing,
        steps_of_epochs=steps_of_epochs,
    )
    return _BUILDERS[options.name](groups, options)


def build_schedule(
    optimizer: Optimizer,
    options: OptimizerOptions,
    max_steps: int,
    *,
    direction: Literal["max", "min"] = "max",
) -> RateSchedule:
    """Build the schedule that is stepped once per optimiser step.

    Args:
        optimizer: Its groups may learn from different steps on.
        options: The shape.
        max_steps: Of the run.
        direction: Whether more or less of the validation metric is better (plateau).
    """
    is_plateau = options.schedule == "plateau"
    return RateSchedule(
        optimizer,
        shape=options.schedule,
        num_steps=max_steps,
        warmup_ratio=options.warmup_ratio,
        plateau=Plateau(options.plateau, direction == "min") if is_plateau else None,
    )


def _build_adamw(groups: Groups, options: OptimizerOptions) -> Optimizer:
    return torch.optim.AdamW(
        groups,
        lr=options.learning_rate,
        betas=options.betas,
        eps=options.epsilon,
        fused=True,
    )


def _build_adafactor(groups: Groups, options: OptimizerOptions) -> Optimizer:
    """Build the library's Adafactor with our rates in place of its own."""
    from transformers.optimization import Adafactor

    return Adafactor(  # type: ignore[no-untyped-call]
        groups,
        lr=options.learning_rate,
        scale_parameter=False,
        relative_step=False,
        warmup_init=False,
    )


def _build_sophia(groups: Groups, options: OptimizerOptions) -> Optimizer:
    own = options.sophia
    return Sophia(
        groups,
        lr=options.learning_rate,
        betas=own.betas,
        gamma=GAMMAS[options.name] if own.gamma is None else own.gamma,
        epsilon=own.epsilon,
    )


def _build_adamw_8bit(groups: Groups, options: OptimizerOptions) -> Optimizer:
    """Build the library's AdamW, which keeps the state of small tensors in 32 bits."""
    kind = process_state().device.type
    if kind not in _DEVICES_OF_8BIT:
        raise ConfigError(
            f"optimizer.name 'adamw_8bit' runs on {', '.join(_DEVICES_OF_8BIT)}, not on {kind}; "
            "choose 'adafactor', whose state is small too"
        )
    try:
        from bitsandbytes.optim import AdamW8bit
    except ImportError as error:
        raise MissingExtraError.needing(
            "optimizer.name 'adamw_8bit'", "bitsandbytes", "lowbit"
        ) from error
    optimizer: Optimizer = AdamW8bit(
        groups, lr=options.learning_rate, betas=options.betas, eps=options.epsilon
    )
    return optimizer


_BUILDERS: Final[Mapping[str, Callable[[Groups, OptimizerOptions], Optimizer]]] = {
    "adamw": _build_adamw,
    "adafactor": _build_adafactor,
    "sophia_g": _build_sophia,
    "sophia_h": _build_sophia,
    "adamw_8bit": _build_adamw_8bit,
}
