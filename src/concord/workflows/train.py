"""`concord train`: from a config file to a validated model folder that scoring can load."""

import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeAlias

import torch

from concord.alignment import AlignmentExample
from concord.artifact import find_model
from concord.config import load_config, to_mapping
from concord.data.augmentation import AugmentationOptions, with_perturbed
from concord.data.cache import load_or_tokenize
from concord.data.examples import DatasetReport, read_examples
from concord.data.mixture import Mixture, Source
from concord.data.recipe import LicenceClass, Recipe, Split
from concord.data.recipes import get_recipe
from concord.data.sampling import SamplingOptions
from concord.data.strangers import with_strangers
from concord.data.surroundings import with_surrounded
from concord.errors import ConfigError
from concord.export import export_model
from concord.model import AlignmentModel, EncoderOptions
from concord.training import StepReport, Trainer, TrainerOptions, TrainingResult
from concord.training.alignment import AlignmentBatches, AlignmentObjective
from concord.training.batches.collate import TrainingBatch
from concord.training.devices import process_state
from concord.workflows.model_card import CardOptions, RunSummary, SourceReport, build_card
from concord.workflows.run_folder import claim_run_folder
from concord.workflows.validation import ValidationOptions, Validator

AlignmentTrainer: TypeAlias = Trainer[AlignmentModel, TrainingBatch]


@dataclass(frozen=True, slots=True, kw_only=True)
class DataOptions:
    """Which data sets are learned and where they lie.

    Attributes:
        folder: Holds one folder for each data set.
        recipes: Names of the recipes to mix.
        licence_classes: Only recipes of these classes may be named.
        max_rows: Rows read of each data set, for a dry run.
        cache_folder: Where tokenized examples are kept; by default beside the run's folder.
        augmentation: How pairs are varied.
        sampling: How many pairs of each data set an epoch has.
        max_tokens: Longest pair; a longer context loses its end, and such pairs are counted.
        max_batch_tokens: Bound on a micro-batch's pairs times its longest pair.
    """

    folder: Path
    recipes: tuple[str, ...]
    licence_classes: tuple[LicenceClass, ...] = tuple(LicenceClass)
    max_rows: int | None = None
    cache_folder: Path | None = None
    augmentation: AugmentationOptions = field(default_factory=AugmentationOptions)
    sampling: SamplingOptions = field(default_factory=SamplingOptions)
    max_tokens: int = 256
    max_batch_tokens: int = 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainConfig:
    """All that decides a run; two runs of equal configs give equal models on one machine.

    Attributes:
        output: The run's folder; a run found there is resumed.
        data: What is learned.
        encoder: What it starts from.
        initial_model: An alignment model to go on from, heads included, instead of the encoder:
            "concord-mini" for the bundled one, a folder or a hub id.
        chunk_tokens: The window that scoring fills when it splits long texts.
        trainer: How long and how.
        validation: What is measured on the way.
        card: What the model card says that the run cannot know.
        seed: Decides the fresh heads, every draw, dropout and masking.
        threads: Processor threads; None leaves the choice to torch.
    """

    output: Path
    data: DataOptions
    encoder: EncoderOptions = field(default_factory=EncoderOptions)
    initial_model: str | None = None
    chunk_tokens: int = 256
    trainer: TrainerOptions = field(default_factory=TrainerOptions)
    validation: ValidationOptions = field(default_factory=ValidationOptions)
    card: CardOptions = field(default_factory=CardOptions)
    seed: int = 0
    threads: int | None = None


@dataclass(frozen=True, slots=True)
class TrainOutcome:
    """A finished run."""

    model_folder: Path
    result: TrainingResult
    sources: tuple[SourceReport, ...]


def train(
    config_path: Path,
    overrides: Sequence[str] = (),
    *,
    on_sources: Callable[[Sequence[SourceReport]], None] | None = None,
    on_step: Callable[[StepReport], None] | None = None,
) -> TrainOutcome:
    """Train a model as a config says, or go on where a killed run of it stopped.

    Args:
        config_path: A TOML file with the fields of `TrainConfig`.
        overrides: `key.sub=value` pairs that take precedence over the file.
        on_sources: Told what each data set contributes before training starts.
        on_step: Told of each step.

    Raises:
        ConfigError: If the config cannot work, or the output folder holds a run of another one.
    """
    config = load_config(config_path, TrainConfig, overrides)
    if config.threads is not None:
        torch.set_num_threads(config.threads)
    torch.manual_seed(config.seed)
    with process_state().main_process_first():  # the others find the folder and the cache filled
        claim_run_folder(config.output, config)
        model = build_model(config)
        mixture, reports = build_mixture(config, model)
    if on_sources is not None:
        on_sources(reports)
    validator = build_validator(config)
    trainer = build_trainer(config, model, mixture, validator, on_step)
    result = trainer.train()
    model = load_result(trainer, result)
    temperatures = validator.calibrate(model)
    # A finished run may have been given other chunks since its checkpoints were written.
    chunk_tokens = min(config.chunk_tokens, model.settings.max_tokens)
    model.settings = replace(validator.with_thresholds(model), chunk_tokens=chunk_tokens)
    run = summarize_run(config_path, config, result, model, temperatures)
    card = build_card(config.card, reports, run)
    folder = config.output / "model"
    if trainer.accelerator.is_main_process:
        save_result(model, card, folder)
    return TrainOutcome(folder, result, tuple(reports))


def build_model(config: TrainConfig) -> AlignmentModel:
    """Return the model that a run starts from."""
    if config.initial_model is None:
        return AlignmentModel.from_encoder(config.encoder, chunk_tokens=config.chunk_tokens)
    model = AlignmentModel.from_pretrained(find_model(config.initial_model))
    model.settings = replace(model.settings, chunk_tokens=config.chunk_tokens)
    return model


def build_mixture(config: TrainConfig, model: AlignmentModel) -> tuple[Mixture, list[SourceReport]]:
    """Read, tokenize and mix the training data.

    Raises:
        ConfigError: If a recipe's licence class is not among those allowed, or pairs may be
            longer than the encoder's window.
    """
    data = config.data
    if data.max_tokens > model.settings.max_tokens:
        raise ConfigError(
            f"data.max_tokens must be at most {model.settings.max_tokens}, the encoder's window, "
            f"got {data.max_tokens}"
        )
    recipes = [get_recipe(name) for name in data.recipes]
    for recipe in recipes:
        if recipe.licence_class not in data.licence_classes:
            allowed = ", ".join(data.licence_classes)
            raise ConfigError(
                f"data.recipes names {recipe.name!r}, whose licence class is "
                f"{recipe.licence_class}; data.licence_classes allows {allowed}"
            )
    read = [_read_source(recipe, config, model) for recipe in recipes]
    mixture = Mixture(
        [source for source, _ in read],
        model.tokenizer,
        sampling=data.sampling,
        augmentation=data.augmentation,
        max_tokens=data.max_tokens,
        max_batch_tokens=data.max_batch_tokens,
        seed=config.seed,
        epochs=config.trainer.epochs,
    )
    quotas = [mixture.quotas(number) for number in range(config.trainer.epochs)]
    reports = [
        SourceReport(
            recipe,
            report,
            tuple(of_epoch[recipe.name] for of_epoch in quotas),
            mixture.count_shortened(source),
            len(source.examples) - report.examples,
        )
        for recipe, (source, report) in zip(recipes, read, strict=True)
    ]
    return mixture, reports


def build_validator(config: TrainConfig) -> Validator:
    """Read the validation examples.

    Raises:
        ConfigError: If the metric that chooses the best model will not be among the metrics.
    """
    validator = Validator(config.validation, config.data.folder, config.data.recipes)
    name, known = config.trainer.best_metric, validator.metric_names
    if validator.recipes and name not in known:
        raise ConfigError(
            f"trainer.best_metric {name!r} will not be computed; choose one of {', '.join(known)}"
        )
    return validator


def build_trainer(
    config: TrainConfig,
    model: AlignmentModel,
    mixture: Mixture,
    validator: Validator,
    on_step: Callable[[StepReport], None] | None = None,
) -> AlignmentTrainer:
    """Introduce the model, the batches, the loss and the validation to the training loop."""
    masking = config.trainer.masking
    if masking.weight > 0:
        model.add_masked_language_head()
    return Trainer(
        model,
        AlignmentBatches(mixture, model.tokenizer, masking, config.seed),
        AlignmentObjective(masking, config.trainer.regularization),
        config.trainer,
        config.output,
        seed=config.seed,
        validate=validator.validate if validator.recipes else None,
        on_step=on_step,
        run_config=to_mapping(config),
    )


def _read_source(
    recipe: Recipe, config: TrainConfig, model: AlignmentModel
) -> tuple[Source, DatasetReport]:
    data = config.data
    reports: list[DatasetReport] = []

    def read() -> Iterator[AlignmentExample]:
        reports.append(DatasetReport())
        examples = read_examples(
            recipe, data.folder, Split.TRAIN, max_rows=data.max_rows, report=reports[-1]
        )
        varied = data.augmentation
        surrounded = with_surrounded(examples, recipe.family, varied, seed=config.seed)
        strange = with_strangers(surrounded, recipe.family, varied, seed=config.seed)
        return with_perturbed(strange, recipe.family, varied, seed=config.seed)

    cache = data.cache_folder or config.output.parent / "tokenized"
    examples = load_or_tokenize(recipe.name, read, model.tokenizer, cache)
    return Source(examples, recipe.family), reports[0]


def load_result(trainer: AlignmentTrainer, result: TrainingResult) -> AlignmentModel:
    """Return the best model of a run, or the last where none was validated."""
    if result.model_folder is not None:
        return AlignmentModel.from_pretrained(result.model_folder)
    model: AlignmentModel = trainer.accelerator.unwrap_model(trainer.model)
    return model.eval()


def summarize_run(
    config_path: Path,
    config: TrainConfig,
    result: TrainingResult,
    model: AlignmentModel,
    temperatures: Mapping[str, float],
) -> RunSummary:
    """Put together what a model card tells of a run; folders are left out of the config."""
    plain = to_mapping(config)
    plain["output"], plain["data"]["folder"], plain["data"]["cache_folder"] = "RUN", "DATA", None
    start = "" if config.initial_model is None else " initial_model=MODEL"
    plain["initial_model"] = start.partition("=")[2] or None
    return RunSummary(
        command=f"concord train {config_path.name} data.folder=DATA{start} output=RUN",
        config=json.dumps({**plain, "card": config.card.name}, indent=1),
        epochs=config.trainer.epochs,
        steps=result.state.step,
        pairs=result.state.pairs,
        tokens=result.state.tokens,
        seconds=result.state.seconds,
        max_tokens=config.data.max_tokens,
        thresholds=dict(model.settings.thresholds),
        temperatures=dict(temperatures),
        threads=config.threads,
    )


def save_result(model: AlignmentModel, card: str, folder: Path) -> None:
    """Write a complete model folder: weights, the graph that scoring runs, and the card.

    The weights are stored in bfloat16, the format that scoring computes in where the processor
    can: so it rounds none of them again.
    """
    temporary = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(temporary, ignore_errors=True)
    model.save_pretrained(temporary, dtype=torch.bfloat16, card=card)
    export_model(temporary)
    shutil.rmtree(folder, ignore_errors=True)
    temporary.rename(folder)
