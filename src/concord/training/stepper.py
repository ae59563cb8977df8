"""What changes the weights in a step: the optimiser and its rates, and what stands around them."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from accelerate import Accelerator
from torch import Tensor, nn

from concord.training.activation_checkpointing import checkpoint_activations
from concord.training.objective import Objective
from concord.training.optimization.anchoring import Anchor, check_is_whole
from concord.training.optimization.averaging import AveragedWeights
from concord.training.optimization.curvature import CurvatureEstimator
from concord.training.optimization.optim import build_optimizer, build_schedule
from concord.training.optimization.sophia import Sophia
from concord.training.optimization.unfreezing import freeze_before
from concord.training.options import TrainerOptions


class Stepper:
    """Turns gradients into steps; all of its state is in the accelerator's checkpoints.

    Args:
        accelerator: Prepares the model, the optimiser and the schedule.
        model: Trained in place.
        objective: What is minimised.
        options: How.
        steps_of_epochs: The steps of each epoch.
        seed: Decides the draws of estimates.

    Raises:
        ConfigError: If the options ask for what the model or the loss does not have.
    """

    def __init__(
        self,
        accelerator: Accelerator,
        model: nn.Module,
        objective: Objective[Any],
        options: TrainerOptions,
        *,
        steps_of_epochs: Sequence[int],
        seed: int,
    ) -> None:
        self._accelerator = accelerator
        self._options = options
        if options.gradient_checkpointing:
            checkpoint_activations(model)
        optimizer = build_optimizer(
            model,
            options.optimizer,
            unfreezing=options.unfreezing,
            steps_of_epochs=steps_of_epochs,
        )
        self._rates = build_schedule(
            optimizer, options.optimizer, sum(steps_of_epochs), direction=options.direction
        )
        prepared = accelerator.prepare(model, optimizer, self._rates)
        self.model, self._optimizer, self._schedule = prepared
        self._curvature: CurvatureEstimator | None = None
        if isinstance(optimizer, Sophia):
            self._curvature = CurvatureEstimator(
                accelerator,
                self.model,
                optimizer,
                objective,
                kind=options.optimizer.name,
                interval=options.optimizer.sophia.interval,
                seed=seed,
            )
        self._anchor: Anchor | None = None
        if options.anchor is not None:
            check_is_whole(accelerator)
            self._anchor = Anchor(self.model, options.anchor)
        self._averaged: AveragedWeights | None = None
        if options.averaging is not None:
            self._averaged = AveragedWeights(self.model, options.averaging)
            accelerator.register_for_checkpointing(self._averaged.average)

    @property
    def rate(self) -> float:
        """The heads' learning rate."""
        return float(self._rates.get_last_lr()[0])

    def prepare(self, step: int, batches: Sequence[Any], counts: Tensor) -> None:
        """Do what is due before a step's gradient is taken.

        Args:
            step: Counted from 0.
            batches: This process's micro-batches of the step, on its device.
            counts: What the objective counted over the whole step.
        """
        if self._options.unfreezing is not None:
            freeze_before(self._optimizer, step)
        if self._curvature is not None:
            self._curvature.update_if_due(step, batches, counts)

    def add_penalties(self) -> dict[str, float]:
        """Add the gradients of penalties on the weights themselves; return these by name."""
        return {} if self._anchor is None else {"anchor": self._anchor.add_gradient()}

    def update(self) -> None:
        """Move the weights by the gradient that is left in them."""
        max_norm = self._options.optimizer.max_grad_norm
        self._accelerator.clip_grad_norm_(self.model.parameters(), max_norm)
        self._optimizer.step()
        self._schedule.step()
        self._optimizer.zero_grad()
        if self._averaged is not None:
            self._averaged.average.after_step()

    def validated_weights(self) -> AbstractContextManager[None]:
        """Return a context in which the model has the weights that are validated and saved."""
        if self._averaged is None:
            return nullcontext()
        return self._averaged.in_place()

    def before_validation(self) -> None:
        """Take note that a validation is due, whether or not there is anything to validate on."""
        if self._averaged is not None:
            self._averaged.average.before_validation()

    def observe(self, value: float) -> None:
        """Take note of what a validation found, which a plateau's rate follows."""
        self._rates.observe(value)

    def settle(self) -> None:
        """Leave the model with the weights that are validated and saved."""
        if self._averaged is not None:
            self._averaged.settle()
