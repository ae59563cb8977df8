"""A short training loop on Accelerate that resumes, after any kill, to the same losses.

A step's batches are a function of (seed, epoch, index) and its dropout of (seed, step), so a
checkpoint holds only the weights, the optimiser and the schedule.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Generic, TypeAlias, TypeVar

import numpy as np
import torch
from accelerate import Accelerator
from accelerate.state import AcceleratorState
from accelerate.utils import DistributedDataParallelKwargs, send_to_device
from torch import Tensor, nn

from concord.errors import ConfigError
from concord.training.memory import RELEASE_STEPS, bound_kernel_cache, release_free_memory
from concord.training.objective import BatchPlan, Objective
from concord.training.optimization.gradients import project_gradients, sum_gradients
from concord.training.options import TrainerOptions
from concord.training.reports import StepReport, TrainingResult
from concord.training.run_state import RunFolder, RunState
from concord.training.step_batches import StepBatches
from concord.training.stepper import Stepper
from concord.training.tracking import check_trackers, flatten_config, tracker_options

ModelT = TypeVar("ModelT", bound=nn.Module)
BatchT = TypeVar("BatchT")
Validate: TypeAlias = Callable[[ModelT], Mapping[str, float]]


class Trainer(Generic[ModelT, BatchT]):
    """Trains one model on one plan of batches.

    Args:
        model: The model, which has `save_pretrained(folder)`; trained in place.
        batches: Which batches each epoch has.
        objective: What is minimised.
        options: How long and how.
        folder: Where checkpoints, the best model and the log go; a run found there is resumed.
        seed: Decides dropout.
        validate: Gives the metrics of a model by name, `options.best_metric` among them.
        on_step: Called after each step.
        run_config: What the trackers note about the run.
        may_skip_parameters: Whether a batch may leave some parameters without a gradient, as one
            task's leaves the heads of others; several processes then look for them.
    """

    def __init__(
        self,
        model: ModelT,
        batches: BatchPlan[BatchT],
        objective: Objective[BatchT],
        options: TrainerOptions,
        folder: Path,
        *,
        seed: int,
        validate: Validate[ModelT] | None = None,
        on_step: Callable[[StepReport], None] | None = None,
        run_config: Mapping[str, Any] | None = None,
        may_skip_parameters: bool = False,
    ) -> None:
        bound_kernel_cache()
        self.options = options
        self.objective = objective
        self.seed = seed
        self.validate = validate
        self.on_step = on_step
        self.folder = RunFolder(folder, keep_checkpoints=options.keep_checkpoints)
        check_trackers(options.trackers)
        if options.optimizer.schedule == "plateau" and validate is None:
            raise ConfigError(
                "optimizer.schedule 'plateau' follows a validation metric, and there are no "
                "validation data; name some, or choose another schedule"
            )
        AcceleratorState._reset_state()  # an earlier run in this process may differ in precision
        may_skip_parameters = may_skip_parameters or options.unfreezing is not None
        self.accelerator = Accelerator(
            mixed_precision=options.mixed_precision,
            step_scheduler_with_optimizer=False,
            log_with=list(options.trackers) or None,
            project_dir=folder,
            kwargs_handlers=[
                DistributedDataParallelKwargs(find_unused_parameters=may_skip_parameters)
            ],
        )
        self.accelerator.init_trackers(
            "concord", flatten_config(run_config or {}), tracker_options(folder)
        )
        self.steps = StepBatches(
            batches,
            epochs=options.epochs,
            accumulation_steps=options.accumulation_steps,
            rank=self.accelerator.process_index,
            world=self.accelerator.num_processes,
            num_workers=options.num_workers,
        )
        self.max_steps = sum(self.steps.of_epochs)
        self.stepper = Stepper(
            self.accelerator,
            model,
            objective,
            options,
            steps_of_epochs=self.steps.of_epochs,
            seed=seed,
        )
        self.model = self.stepper.model
        self.state = RunState()

    def train(self) -> TrainingResult:
        """Run to the end, from the latest checkpoint where there is one.

        The model is left with the last weights, or with their average where one is asked for.
        """
        self._resume()
        started = time.monotonic() - self.state.seconds
        is_over = self._is_out_of_patience()
        for batches in () if is_over else self.steps.after(self.state.step):
            busy = time.process_time()
            losses = self._step(batches)
            self.state.processor_seconds += time.process_time() - busy
            self.state.loss = sum(losses.values())
            self.state.seconds = time.monotonic() - started
            metrics = self._validate_if_due()
            self._report(losses, metrics)
            if self.state.step % RELEASE_STEPS == 0:
                release_free_memory()
            is_stopped = self._is_out_of_patience()
            is_due = self.state.step % self.options.checkpoint_steps == 0
            if is_due or metrics is not None or self.state.step == self.max_steps:
                self._checkpoint()
            if is_stopped:
                break
        self.accelerator.end_training()
        self.stepper.settle()
        best = self.state.best_step
        model_folder = None if best is None else self.folder.best_model(best)
        return TrainingResult(self.state, self.state.loss, model_folder)

    def _resume(self) -> None:
        checkpoint = self.folder.latest_checkpoint()
        if checkpoint is not None:
            self.accelerator.load_state(str(checkpoint))
            self.state = RunState.load(checkpoint)
        if self.accelerator.is_main_process:
            self.folder.rewind_log(self.state.step)

    def _step(self, batches: list[BatchT]) -> dict[str, float]:
        """Do one optimiser step and return its losses over all micro-batches and devices."""
        self.model.train()
        batches = [send_to_device(batch, self.accelerator.device) for batch in batches]
        counts: Tensor = self.accelerator.reduce(self.objective.count(batches), "sum")
        self.stepper.prepare(self.state.step, batches, counts)
        self._seed_dropout()
        losses = self._backward(batches, counts)
        penalties = self.stepper.add_penalties()
        self.stepper.update()
        self.state.step += 1
        self.state.pairs += self.objective.num_examples(counts)
        self.state.tokens += self.objective.num_tokens(counts)
        losses = self.accelerator.reduce(losses, "sum")
        return dict(zip(self.objective.parts, losses.tolist(), strict=True)) | penalties

    def _backward(self, batches: list[BatchT], counts: Tensor) -> Tensor:
        """Leave the step's gradient in the parameters; return this process's losses."""

        def losses(batch: BatchT) -> Tensor:
            return self.objective.losses(self.model, batch, counts)

        if self.options.gradients == "sum":
            return sum_gradients(self.accelerator, self.model, batches, losses)
        rng = np.random.default_rng([self.seed, self.state.step])
        num_parts = len(self.objective.parts)
        return project_gradients(self.accelerator, self.model, batches, losses, num_parts, rng)

    def _seed_dropout(self) -> None:
        """Make a step's dropout a function of the seed, the step and the process."""
        parts = (self.seed, self.state.step, self.accelerator.process_index)
        torch.manual_seed(int(np.random.SeedSequence(parts).generate_state(1, np.uint64)[0] >> 1))

    def _validate_if_due(self) -> Mapping[str, float] | None:
        step, times = self.state.step, self.options.validations
        # the n-th of `times` validations is due at the step nearest above n / times of the run
        is_due = step * times // self.max_steps > (step - 1) * times // self.max_steps
        if not is_due:
            return None
        self.stepper.before_validation()
        if self.validate is None:
            return None
        model: Any = self.accelerator.unwrap_model(self.model).eval()
        with self.stepper.validated_weights():
            metrics = self.validate(model)
            self._remember_best(model, metrics)
        self.stepper.observe(metrics[self.options.best_metric])
        return metrics

    def _remember_best(self, model: Any, metrics: Mapping[str, float]) -> None:
        state, sign = self.state, 1.0 if self.options.direction == "max" else -1.0
        best, value = state.best_value, metrics[self.options.best_metric]
        if best is None or sign * (value - best) > self.options.min_delta:
            state.best_step, state.best_value = state.step, value
            state.stale_validations = 0
            if self.accelerator.is_main_process:
                self.folder.write_best(state.step, model.save_pretrained)
        else:
            state.stale_validations += 1

    def _is_out_of_patience(self) -> bool:
        patience = self.options.patience
        return patience is not None and self.state.stale_validations >= patience

    def _report(self, losses: Mapping[str, float], metrics: Mapping[str, float] | None) -> None:
        state, rate = self.state, self.stepper.rate
        report = StepReport(
            state.step,
            self.max_steps,
            sum(losses.values()),
            losses,
            rate,
            state.pairs,
            state.tokens,
            state.seconds,
            metrics,
        )
        if self.accelerator.is_main_process:
            self.folder.append_log(asdict(report))
            if self.on_step is not None:
                self.on_step(report)
        values = {"loss": report.loss, **losses, "learning_rate": rate, **(metrics or {})}
        self.accelerator.log(values, step=state.step)

    def _checkpoint(self) -> None:
        """Save what a resumed run needs; only a complete checkpoint gets its name."""
        with self.folder.written_checkpoint(self.state, self.accelerator) as folder:
            self.accelerator.save_state(str(folder), safe_serialization=True)
        if self.accelerator.is_main_process:
            self.folder.drop_stale(self.state)
