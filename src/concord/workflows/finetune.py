"""`concord finetune`: several tasks on one encoder, from one's own data, to one model folder."""

import json
import math
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import torch
from accelerate import PartialState

from concord.adaptation import Adaptation, build_adaptation
from concord.adaptation.per_task import TaskAdaptation
from concord.adaptation.quantized import QuantizedLinear
from concord.artifact import find_model, is_alignment_model
from concord.config import load_config, to_mapping
from concord.data.drawing import Draws
from concord.data.encoded import EncodedExamples, load_or_encode, survey
from concord.data.sampling import SamplingOptions
from concord.data.sources import Split
from concord.data.tag_cache import keep_tags
from concord.data.task_mixture import TaskMixture
from concord.data.task_rows import RowCounts, read_labelled
from concord.errors import ConfigError
from concord.export import export_encoder
from concord.model import (
    EncoderOptions,
    ParameterCounts,
    TaskModel,
    build_alignment_task_model,
    set_learning,
)
from concord.process import peak_memory_mb
from concord.tasks import AnyTask, build_task, check_task_name
from concord.training import StepReport, Trainer, TrainerOptions, TrainingResult
from concord.training.batches.task_plan import TaskBatches
from concord.training.losses.distillation import DistillationOptions
from concord.training.losses.loss_weights import LossWeightOptions
from concord.training.task_objective import TaskObjective
from concord.workflows.run_folder import claim_run_folder
from concord.workflows.run_summary import RunSummary, save_summary
from concord.workflows.task_card import TaskReport, build_task_card
from concord.workflows.task_validation import TaskValidator
from concord.workflows.teaching import Teaching

DEFAULT_TRAINER: Final = TrainerOptions(epochs=3)
_USUAL_TOKENS: Final = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class FinetuneConfig:
    """All that decides a run; two runs of equal configs give equal models on one machine.

    Attributes:
        output: The run's folder; a run found there is resumed.
        tasks: By name: each task's `kind`, its data and its family's own fields.
        data_dir: What relative file names start from; the config file's own folder unless given.
        encoder: What it starts from.
        initial_model: A model of tasks to go on from instead: its encoder, and the heads of those
            of its tasks that are named here too. Its other tasks stay in the model as they are.
            An alignment model ("concord-mini" is the bundled one) has the one task "alignment".
        adaptation: What of the encoder learns: its `kind`, and that family's own fields.
        sampling: How many examples of each task an epoch has, and what shares a batch.
        loss_weights: What each task's loss counts for.
        max_tokens: Longest sequence, special tokens included, for tasks that name none of their
            own; 256 unless given, or the encoder's window where that is less.
        max_batch_tokens: Bound on a micro-batch's sequences times its longest one.
        trainer: How long and how.
        distillation: Finished models whose answers are learned beside the labels; None for none.
        validation_rows: Rows of each task's validation data that are measured during the run.
        cache_folder: Where encoded examples, and tags of words, are kept; by default beside the
            run's folder.
        name: What the model card calls the model.
        seed: Decides the fresh heads, every draw and dropout.
        threads: Processor threads; None leaves the choice to torch.
    """

    output: Path
    tasks: Mapping[str, Mapping[str, Any]]
    data_dir: Path | None = None
    encoder: EncoderOptions = field(default_factory=EncoderOptions)
    initial_model: str | None = None
    adaptation: Mapping[str, Any] = field(default_factory=lambda: {"kind": "full"})
    sampling: SamplingOptions = field(default_factory=SamplingOptions)
    loss_weights: LossWeightOptions = field(default_factory=LossWeightOptions)
    max_tokens: int | None = None
    max_batch_tokens: int = 2048
    trainer: TrainerOptions = DEFAULT_TRAINER
    distillation: DistillationOptions | None = None
    validation_rows: int | None = 1000
    cache_folder: Path | None = None
    name: str = "model of several tasks"
    seed: int = 0
    threads: int | None = None

    def __post_init__(self) -> None:
        if not self.tasks:
            raise ConfigError("tasks names none; add a table such as [tasks.sentiment]")
        for name in self.tasks:
            check_task_name(name)
        taught = () if self.distillation is None else self.distillation.tasks
        unknown = [name for name in taught if name not in self.tasks]
        if unknown:
            raise ConfigError(
                f"distillation.tasks names {unknown[0]!r}, and the tasks are "
                f"{', '.join(self.tasks)}"
            )


@dataclass(frozen=True, slots=True)
class FinetuneOutcome:
    """A finished run."""

    model_folder: Path
    result: TrainingResult
    reports: tuple[TaskReport, ...]


def load_finetune_config(
    path: Path, overrides: Sequence[str] = ()
) -> tuple[FinetuneConfig, dict[str, AnyTask]]:
    """Read a config file, and make the tasks that it describes.

    Raises:
        ConfigError: With a sentence for each thing wrong.
    """
    config = load_config(path, FinetuneConfig, overrides)
    build_adaptation(config.adaptation, source=str(path))
    tasks = {
        name: build_task(table, source=str(path), name=name) for name, table in config.tasks.items()
    }
    return replace(config, data_dir=config.data_dir or path.parent), tasks


def run_finetuning(
    config: FinetuneConfig,
    tasks: Mapping[str, AnyTask],
    *,
    on_tasks: Callable[[Sequence[TaskReport]], None] | None = None,
    on_parameters: Callable[[ParameterCounts], None] | None = None,
    on_step: Callable[[StepReport], None] | None = None,
) -> FinetuneOutcome:
    """Train the tasks of a config on one encoder, or go on where a killed run stopped.

    Args:
        config: How.
        tasks: Those that `config.tasks` describes.
        on_tasks: Told what each task learns from before training starts.
        on_parameters: Told then how many parameters learn.
        on_step: Told of each step.

    Raises:
        ConfigError: If the config cannot work, or the output folder holds a run of another one.
        DataError: If a row cannot be read.
    """
    if config.threads is not None:
        torch.set_num_threads(config.threads)
    torch.manual_seed(config.seed)
    with PartialState().main_process_first():  # the others find the folder and the cache filled
        claim_run_folder(config.output, config)
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
    if on_tasks is not None:
        on_tasks(reports)
    parameters = ParameterCounts.of_model(model)
    if on_parameters is not None:
        on_parameters(parameters)
    validator = build_task_validator(config, learned)
    objective = TaskObjective(
        learned,
        config.loss_weights,
        examples_per_step=_examples_per_step(config, mixture, reports),
        regularization=config.trainer.regularization,
        distillation=config.distillation,
    )
    objective.add_loss_weights(model)
    trainer = Trainer(
        model,
        TaskBatches(mixture, learned, model.tokenizer, seed=config.seed),
        objective,
        config.trainer,
        config.output,
        seed=config.seed,
        validate=validator.validate if validator.metric_names else None,
        on_step=on_step,
        run_config=to_mapping(config),
        may_skip_parameters=bool(model.adapters),
    )
    result = trainer.train()
    folder = config.output / "model"
    if trainer.accelerator.is_main_process:
        save_summary(_summarize(trainer, result), config.output)
        best = _load_result(trainer, result)
        card = build_task_card(config.name, reports, parameters, result, config)
        save_task_model(best, card, folder)
    return FinetuneOutcome(folder, result, tuple(reports))


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


def save_task_model(model: TaskModel, card: str, folder: Path) -> None:
    """Write a complete model folder: the encoder in bfloat16, its graph, the heads, the card."""
    temporary = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(temporary, ignore_errors=True)
    model.save_pretrained(temporary, dtype=torch.bfloat16, card=card)
    export_encoder(temporary)
    shutil.rmtree(folder, ignore_errors=True)
    temporary.rename(folder)


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


def _cache_folder(config: FinetuneConfig) -> Path:
    return config.cache_folder or config.output.parent / "encoded"


def _window(task: AnyTask, config: FinetuneConfig, model: TaskModel) -> int:
    """Return the longest sequence that a task learns."""
    return task.max_tokens or config.max_tokens or min(_USUAL_TOKENS, model.max_tokens)


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


def _examples_per_step(
    config: FinetuneConfig, mixture: TaskMixture, reports: Sequence[TaskReport]
) -> dict[str, float]:
    """Return how many examples of each task an optimiser step has, on average over the run."""
    group = config.trainer.accumulation_steps * PartialState().num_processes
    batches = [len(mixture.epoch(number)) for number in range(config.trainer.epochs)]
    num_steps = sum(math.ceil(number / group) for number in batches)
    drawn = {report.name: sum(each.examples for each in report.drawn) for report in reports}
    return {name: max(number, 1) / max(num_steps, 1) for name, number in drawn.items()}


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


def _summarize(trainer: Trainer[TaskModel, Any], result: TrainingResult) -> RunSummary:
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
    )


def _load_result(trainer: Trainer[TaskModel, Any], result: TrainingResult) -> TaskModel:
    """Return the best model of a run, or the last where none was validated."""
    if result.model_folder is not None:
        return TaskModel.from_pretrained(result.model_folder)
    model: TaskModel = trainer.accelerator.unwrap_model(trainer.model)
    return model.eval()
