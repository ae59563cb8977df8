"""What a run of `concord finetune` is made of: its model, its examples, its loss."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

import torch

from concord.adaptation import Adaptation, build_adaptation
from concord.adaptation.per_task import TaskAdaptation
from concord.artifact import find_model, is_alignment_model
from concord.data.drawing import Draws
from concord.data.encoded import EncodedExamples, load_or_encode, survey
from concord.data.sources import Split
from concord.data.tag_cache import keep_tags
from concord.data.task_mixture import TaskMixture
from concord.data.task_rows import RowCounts, read_labelled
from concord.errors import ConfigError
from concord.model import (
    ParameterCounts,
    TaskModel,
    build_alignment_task_model,
    set_learning,
)
from concord.tasks import AnyTask
from concord.training.batches.task_plan import TaskBatches
from concord.training.devices import process_state
from concord.training.task_objective import TaskObjective
from concord.workflows.finetuning.config import FinetuneConfig
from concord.workflows.task_card import TaskReport
from concord.workflows.task_validation import TaskValidator
from concord.workflows.teaching import Teaching

_USUAL_TOKENS: Final = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class RunParts:
    """What a run is made of before it starts."""

    model: TaskModel
    mixture: TaskMixture
    batches: TaskBatches
    objective: TaskObjective
    reports: tuple[TaskReport, ...]
    parameters: ParameterCounts

    @property
    def tasks(self) -> dict[str, AnyTask]:
        """The tasks as they are learned, by name."""
        return {report.name: report.task for report in self.reports}


def prepare_run(config: FinetuneConfig, tasks: Mapping[str, AnyTask]) -> RunParts:
    """Read and encode the data, and build the model and its loss.

    Raises:
        ConfigError: If the config cannot work.
        DataError: If a row cannot be read.
    """
    if config.threads is not None:
        torch.set_num_threads(config.threads)
    torch.manual_seed(config.seed)
    with process_state().main_process_first():  # the others find the cache filled
        model = build_task_model(config)
        sources, reports = _read_tasks(config, tasks, model)
        if config.distillation is not None:
            teaching = Teaching(
                config.distillation,
                model.tokenizer,
                data_dir=config.data_dir,
                cache_folder=_cache_folder(config),
                max_batch_tokens=config.max_batch_tokens,
            )
            draws = Draws(
                {source.name: len(source) for source in sources},
                config.sampling,
                config.seed,
                config.trainer.epochs,
            )
            sources = [
                teaching.teach(
                    source,
                    report.task,
                    _window(report.task, config, model),
                    draws.ever_drawn(source.name, len(source)),
                )
                if config.distillation.teaches(report.name)
                else source
                for source, report in zip(sources, reports, strict=True)
            ]
    mixture = TaskMixture(
        sources,
        model.tokenizer,
        sampling=config.sampling,
        max_batch_tokens=config.max_batch_tokens,
        seed=config.seed,
        epochs=config.trainer.epochs,
    )
    learned = {report.name: report.task for report in reports}
    epochs = range(config.trainer.epochs)
    reports = [
        replace(report, drawn=tuple(mixture.drawn(source, epoch) for epoch in epochs))
        for report, source in zip(reports, sources, strict=True)
    ]
    parameters = ParameterCounts.of_model(model)
    objective = TaskObjective(
        learned,
        config.loss_weights,
        examples_per_step=_examples_per_step(config, mixture, reports),
        regularization=config.trainer.regularization,
        distillation=config.distillation,
    )
    objective.add_loss_weights(model)
    return RunParts(
        model=model,
        mixture=mixture,
        batches=TaskBatches(mixture, learned, model.tokenizer, seed=config.seed),
        objective=objective,
        reports=tuple(reports),
        parameters=parameters,
    )


def build_task_model(config: FinetuneConfig) -> TaskModel:
    """Return the model that a run starts from, adapted, and as yet without its new tasks."""
    model = _load_start(config)
    model.adapt(build_adaptation(config.adaptation))
    return model


def _load_start(config: FinetuneConfig) -> TaskModel:
    if config.initial_model is None:
        return TaskModel.from_encoder(config.encoder)
    folder = find_model(config.initial_model)
    if is_alignment_model(folder):
        return build_alignment_task_model(folder)
    return TaskModel.from_pretrained(folder)


def build_task_validator(config: FinetuneConfig, tasks: Mapping[str, AnyTask]) -> TaskValidator:
    """Read the validation rows.

    Raises:
        ConfigError: If the metric that chooses the best model will not be among the metrics.
    """
    validator = TaskValidator(tasks, folder=config.data_dir, max_rows=config.validation_rows)
    name, known = config.trainer.best_metric, validator.metric_names
    if known and name not in known:
        raise ConfigError(
            f"trainer.best_metric {name!r} will not be computed; choose one of {', '.join(known)}"
        )
    return validator


def _read_tasks(
    config: FinetuneConfig, tasks: Mapping[str, AnyTask], model: TaskModel
) -> tuple[list[EncodedExamples], list[TaskReport]]:
    """Read and encode each task's training data, and give the model its head."""
    keep_tags(model.tokenizer, _cache_folder(config))
    sources, reports = [], []
    for name, task in tasks.items():
        source, report = read_task(name, task, config, model)
        sources.append(source)
        reports.append(report)
    frozen = [report.name for report in reports if report.task.is_frozen]
    untouched = [name for name in model.tasks if name not in tasks]
    adaptation = build_adaptation(config.adaptation)
    set_learning(model, adaptation, frozen_tasks=(*frozen, *untouched))
    if not any(parameter.requires_grad for parameter in model.parameters()):
        raise ConfigError(
            f"nothing is left to learn: adaptation.kind is {adaptation.kind!r} and every head is "
            'frozen (tasks.NAME.is_frozen); let one head learn, or write adaptation.kind = "full"'
        )
    return sources, reports


def read_task(
    name: str, task: AnyTask, config: FinetuneConfig, model: TaskModel
) -> tuple[EncodedExamples, TaskReport]:
    """Read and encode a task's training data, and give the model its head unless it has it.

    Raises:
        ConfigError: If the model cannot have the task.
        DataError: If a row cannot be read.
    """
    max_tokens = _window(task, config, model)
    if max_tokens > model.max_tokens:
        raise ConfigError(
            f"tasks.{name}: max_tokens must be at most {model.max_tokens}, the encoder's window, "
            f"got {max_tokens}"
        )
    counts = RowCounts()
    first = partial(read_labelled, task, Split.TRAIN, folder=config.data_dir, counts=counts)
    again = partial(read_labelled, task, Split.TRAIN, folder=config.data_dir)
    try:
        learned, digest = survey(task, first)
        _give_head(model, name, learned, build_adaptation(config.adaptation))
    except ConfigError as error:
        raise ConfigError(f"tasks.{name}: {error}") from None
    source = load_or_encode(
        name,
        learned,
        again,
        model.tokenizer,
        max_tokens=max_tokens,
        rows_digest=digest,
        cache_folder=_cache_folder(config),
    )
    shortened = int((source.num_lost > 0).sum())
    report = TaskReport(name, learned, counts.rows, counts.unlabelled, len(source), shortened)
    return source, report


def _cache_folder(config: FinetuneConfig) -> Path:
    return config.cache_folder or config.output.parent / "encoded"


def _window(task: AnyTask, config: FinetuneConfig, model: TaskModel) -> int:
    """Return the longest sequence that a task learns."""
    return task.max_tokens or config.max_tokens or min(_USUAL_TOKENS, model.max_tokens)


def _give_head(model: TaskModel, name: str, task: AnyTask, adaptation: Adaptation) -> None:
    """Add a task to a model, or go on with what it has from the initial model."""
    known = model.tasks.get(name)
    own = adaptation if isinstance(adaptation, TaskAdaptation) and adaptation.per_task else None
    if known is None:
        model.add_task(name, task, adapter=own)
    elif json.dumps(known.to_saved()) != json.dumps(task.to_saved()):
        raise ConfigError(
            "the initial model has a task of this name with other labels or another head; "
            "name the task otherwise, or remove it there"
        )
    else:
        model.tasks[name] = task
        if own is not None:
            model.add_adapter(name, own)


def _examples_per_step(
    config: FinetuneConfig, mixture: TaskMixture, reports: Sequence[TaskReport]
) -> dict[str, float]:
    """Return how many examples of each task an optimiser step has, on average over the run."""
    group = config.trainer.accumulation_steps * process_state().num_processes
    batches = [len(mixture.epoch(number)) for number in range(config.trainer.epochs)]
    num_steps = sum(math.ceil(number / group) for number in batches)
    drawn = {report.name: sum(each.examples for each in report.drawn) for report in reports}
    return {name: max(number, 1) / max(num_steps, 1) for name, number in drawn.items()}
