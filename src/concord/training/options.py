"""How long and how to train."""

from dataclasses import dataclass, field
from typing import Literal

from concord.errors import ConfigError
from concord.training.batches.collate import MaskingOptions
from concord.training.losses.regularization import RegularizationOptions
from concord.training.optimization.anchoring import AnchorOptions
from concord.training.optimization.averaging import AveragingOptions
from concord.training.optimization.optim import OptimizerOptions
from concord.training.optimization.unfreezing import UnfreezingOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainerOptions:
    """How long and how to train.

    Attributes:
        epochs: Passes over the mixture's epoch.
        optimizer: Which one, its schedule and clipping.
        unfreezing: How layers join from the top; None lets all learn from the start.
        gradient_checkpointing: Whether the encoder's layers are computed again on the way back,
            which takes less memory and more time for the same losses.
        masking: The auxiliary masked-language loss.
        regularization: A penalty on answers that depend on chance; None for none.
        anchor: A penalty on leaving the encoder's first weights; None for none.
        accumulation_steps: Micro-batches to an optimiser step, on each device.
        gradients: "sum" adds the gradients of the loss's parts; "pcgrad" first makes those agree
            that conflict, for one backward pass and one copy of the gradient for each part.
        mixed_precision: bf16 autocast is about twice as fast as fp32 on a recent CPU.
        num_workers: Processes that prepare batches; 0 prepares them in the loop.
        validations: How often the run is validated, evenly spaced, the end included.
        checkpoint_steps: Steps between checkpoints; one is also written after each validation.
        keep_checkpoints: How many of the latest checkpoints stay.
        best_metric: The validation metric that chooses the best model.
        direction: Whether more or less of it is better.
        patience: Validations without improvement before the run stops early; None never does.
        min_delta: What counts as an improvement.
        averaging: The average of a run's weights that is validated and saved in place of the
            last ones; None for none.
        trackers: Where metrics go besides the log; Weights & Biases obeys WANDB_MODE=offline.
    """

    epochs: int = 1
    optimizer: OptimizerOptions = field(default_factory=OptimizerOptions)
    unfreezing: UnfreezingOptions | None = None
    gradient_checkpointing: bool = False
    masking: MaskingOptions = field(default_factory=MaskingOptions)
    regularization: RegularizationOptions | None = None
    anchor: AnchorOptions | None = None
    accumulation_steps: int = 1
    gradients: Literal["sum", "pcgrad"] = "sum"
    mixed_precision: Literal["no", "bf16"] = "bf16"
    num_workers: int = 0
    validations: int = 10
    checkpoint_steps: int = 200
    keep_checkpoints: int = 2
    best_metric: str = "mean"
    direction: Literal["max", "min"] = "max"
    patience: int | None = None
    min_delta: float = 0.0
    averaging: AveragingOptions | None = None
    trackers: tuple[Literal["tensorboard", "wandb"], ...] = ()

    def __post_init__(self) -> None:
        for name in ("epochs", "accumulation_steps", "checkpoint_steps", "keep_checkpoints"):
            if getattr(self, name) < 1:
                raise ConfigError(f"trainer.{name} must be at least 1, got {getattr(self, name)}")
        for name in ("num_workers", "validations"):
            if getattr(self, name) < 0:
                raise ConfigError(f"trainer.{name} must be at least 0, got {getattr(self, name)}")
        if self.patience is not None and self.patience < 1:
            raise ConfigError(f"trainer.patience must be at least 1, got {self.patience}")
        if self.optimizer.schedule == "plateau" and self.validations == 0:
            raise ConfigError(
                "optimizer.schedule 'plateau' follows a validation metric, and "
                "trainer.validations is 0; raise it, or choose another schedule"
            )
        if self.averaging is not None and self.averaging.kind == "last" and self.validations == 0:
            raise ConfigError(
                "trainer.averaging of kind 'last' takes the weights at validations, and "
                "trainer.validations is 0; raise it, or choose kind 'ema'"
            )
