"""`concord finetune`: several tasks on one encoder, from one's own data, to one model folder."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from concord.adaptation.quantized import QuantizedLinear
from concord.config import to_mapping
from concord.model import (
    ParameterCounts,
    TaskModel,
)
from concord.process import peak_memory_mb
from concord.tasks import AnyTask
from concord.training import StepReport, Trainer, TrainingResult
from concord.training.devices import process_state
from concord.training.memory import measured_peak_mb
from concord.training.memory_estimate import MemoryEstimate, estimate_memory
from concord.workflows.finetuning.config import FinetuneConfig
from concord.workflows.finetuning.model_folder import save_task_model
from concord.workflows.finetuning.run_parts import RunParts, build_task_validator, prepare_run
from concord.workflows.run_folder import claim_run_folder
from concord.workflows.run_summary import RunSummary, save_summary
from concord.workflows.task_card import TaskReport, build_task_card


@dataclass(frozen=True, slots=True)
class FinetuneOutcome:
    """A finished run; `measured_memory_mb` is the peak that `memory` estimates."""

    model_folder: Path
    result: TrainingResult
    reports: tuple[TaskReport, ...]
    memory: MemoryEstimate
    measured_memory_mb: float


def run_finetuning(
    config: FinetuneConfig,
    tasks: Mapping[str, AnyTask],
    *,
    on_tasks: Callable[[Sequence[TaskReport]], None] | None = None,
    on_parameters: Callable[[ParameterCounts], None] | None = None,
    on_memory: Callable[[MemoryEstimate], None] | None = None,
    on_step: Callable[[StepReport], None] | None = None,
) -> FinetuneOutcome:
    """Train the tasks of a config on one encoder, or go on where a killed run stopped.

    Args:
        config: How.
        tasks: Those that `config.tasks` describes.
        on_tasks: Told what each task learns from before training starts.
        on_parameters: Told then how many parameters learn.
        on_memory: Told then what memory the run will take.
        on_step: Told of each step.

    Raises:
        ConfigError: If the config cannot work, or the output folder holds a run of another one.
        DataError: If a row cannot be read.
    """
    with process_state().main_process_first():
        claim_run_folder(config.output, config)
    parts = prepare_run(config, tasks)
    _tell(parts, on_tasks, on_parameters)
    validator = build_task_validator(config, parts.tasks)
    memory = _estimate(config, parts)
    if on_memory is not None:
        on_memory(memory)
    trainer = Trainer(
        parts.model,
        parts.batches,
        parts.objective,
        config.trainer,
        config.output,
        seed=config.seed,
        validate=validator.validate if validator.metric_names else None,
        on_step=on_step,
        run_config=to_mapping(config),
        may_skip_parameters=bool(parts.model.adapters),
    )
    result = trainer.train()
    measured_mb = measured_peak_mb(memory.device)
    folder = config.output / "model"
    if trainer.accelerator.is_main_process:
        save_summary(_summarize(trainer, result, memory), config.output)
        best = _load_result(trainer, result)
        card = build_task_card(config.name, parts.reports, parts.parameters, result, config)
        save_task_model(best, card, folder)
    return FinetuneOutcome(folder, result, parts.reports, memory, measured_mb)


def estimate_finetuning(
    config: FinetuneConfig,
    tasks: Mapping[str, AnyTask],
    *,
    on_tasks: Callable[[Sequence[TaskReport]], None] | None = None,
    on_parameters: Callable[[ParameterCounts], None] | None = None,
) -> MemoryEstimate:
    """Tell what memory a run would take, without training and without its folder.

    The data are read, and kept as the run itself will find them.

    Args:
        config: Of the run.
        tasks: Those that `config.tasks` describes.
        on_tasks: Told what each task would learn from.
        on_parameters: Told how many parameters would learn.

    Raises:
        ConfigError: If the config cannot work.
        DataError: If a row cannot be read.
    """
    parts = prepare_run(config, tasks)
    _tell(parts, on_tasks, on_parameters)
    build_task_validator(config, parts.tasks)
    return _estimate(config, parts)


def _tell(
    parts: RunParts,
    on_tasks: Callable[[Sequence[TaskReport]], None] | None,
    on_parameters: Callable[[ParameterCounts], None] | None,
) -> None:
    if on_tasks is not None:
        on_tasks(parts.reports)
    if on_parameters is not None:
        on_parameters(parts.parameters)


def _estimate(config: FinetuneConfig, parts: RunParts) -> MemoryEstimate:
    """Estimate a run's memory by the largest batch of its first epoch."""
    state = process_state()
    batch = parts.batches.epoch(0)[parts.mixture.largest_batch(0)]
    return estimate_memory(
        parts.model.to(state.device),
        batch.to(state.device),
        parts.objective,
        config.trainer,
        num_processes=state.num_processes,
    )


def _summarize(
    trainer: Trainer[TaskModel, Any], result: TrainingResult, memory: MemoryEstimate
) -> RunSummary:
    sizes = [(each.numel(), each.requires_grad) for each in trainer.model.parameters()]
    state = result.state
    return RunSummary(
        steps=state.step,
        examples=state.pairs,
        tokens=state.tokens,
        seconds=state.seconds,
        processor_seconds=state.processor_seconds,
        learned_parameters=sum(size for size, learns in sizes if learns),
        parameters=sum(size for size, _ in sizes) + QuantizedLinear.count(trainer.model),
        peak_memory_mb=peak_memory_mb(),
        final_loss=result.final_loss,
        best_value=state.best_value,
        estimated_memory_mb=memory.peak_mb,
    )


def _load_result(trainer: Trainer[TaskModel, Any], result: TrainingResult) -> TaskModel:
    """Return the best model of a run, or the last where none was validated."""
    if result.model_folder is not None:
        return TaskModel.from_pretrained(result.model_folder)
    model: TaskModel = trainer.accelerator.unwrap_model(trainer.model)
    return model.eval()
