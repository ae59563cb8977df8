"""The Fisher information of a finished run, kept beside its model for the stages that follow."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from concord.data.drawing import Draws
from concord.data.encoded import EncodedExamples
from concord.data.sampling import SamplingOptions, Strategy
from concord.data.task_mixture import TaskExample
from concord.errors import ConfigError
from concord.model import TaskModel
from concord.training.batches.task_batches import TaskBatch, build_task_batch
from concord.training.optimization.fisher import estimate_fisher
from concord.training.task_objective import TaskObjective
from concord.workflows.finetuning.config import FinetuneConfig, load_finetune_config
from concord.workflows.finetuning.run_parts import read_task


def save_fisher(
    config_path: Path,
    model_folder: Path,
    path: Path,
    *,
    names: Sequence[str],
    rows: int,
    decay: float = 1.0,
    prior: Path | None = None,
) -> None:
    """Estimate the information of a run's tasks at its finished model, and write it.

    Args:
        config_path: The run's config.
        model_folder: The run's model.
        path: A safetensors file; it gets its name once it is complete.
        names: The tasks that count, each by the mean over its examples.
        rows: Training examples of each, drawn at random from those that it learned.
        decay: What the information of earlier stages counts for.
        prior: That of earlier stages; None for the first.

    Raises:
        ConfigError: If a task has neither probabilities nor numbers to draw labels from, or the
            earlier stages had another encoder.
        DataError: If a row cannot be read.
    """
    config, tasks = load_finetune_config(config_path)
    if config.threads is not None:
        torch.set_num_threads(config.threads)
    model = TaskModel.from_pretrained(model_folder)
    parts = [] if prior is None else [_decayed(prior, decay)]
    for name in names:
        source, report = read_task(name, tasks[name], config, model)
        objective = TaskObjective({name: report.task}, config.loss_weights)
        examples = _single_examples(source, config, model, rows)
        parts.append(estimate_fisher(model, objective, examples, seed=config.seed))
    temporary = path.with_name(f".{path.name}.partial")
    save_file(_added(parts), temporary)
    temporary.rename(path)


def _single_examples(
    source: EncodedExamples, config: FinetuneConfig, model: TaskModel, rows: int
) -> Iterator[TaskBatch]:
    """Yield some of the examples that a run learned, each as a batch."""
    sizes, learned = {source.name: len(source)}, config.sampling
    limits = SamplingOptions(
        strategy=Strategy.PROPORTIONAL,
        max_examples={name: each for name, each in learned.max_examples.items() if name in sizes},
        shares={name: each for name, each in learned.shares.items() if name in sizes},
        samples_per_epoch=rows,
        max_repeats=1,
    )
    for index in Draws(sizes, limits, config.seed).indices(source.name, 0).tolist():
        example = TaskExample(source.name, source.sequences(index), source.target(index))
        yield build_task_batch([example], model.tokenizer)


def _decayed(path: Path, decay: float) -> dict[str, Tensor]:
    return {name: decay * value for name, value in load_file(path).items()}


def _added(parts: Sequence[dict[str, Tensor]]) -> dict[str, Tensor]:
    """Add what each part says of each weight; all are of the same encoder."""
    shapes = [{name: value.shape for name, value in part.items()} for part in parts]
    if any(each != shapes[0] for each in shapes):
        raise ConfigError(
            "the Fisher information of the stages before is of another encoder; let all of them "
            'learn the same one, with adaptation.kind = "full"'
        )
    return {name: torch.stack([part[name] for part in parts]).sum(dim=0) for name in parts[0]}
