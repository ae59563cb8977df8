"""All that decides a run of `concord finetune`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from concord.adaptation import build_adaptation
from concord.config import load_config
from concord.data.sampling import SamplingOptions
from concord.errors import ConfigError
from concord.model import (
    EncoderOptions,
)
from concord.tasks import AnyTask, build_task, check_task_name
from concord.training import TrainerOptions
from concord.training.losses.distillation import DistillationOptions
from concord.training.losses.loss_weights import LossWeightOptions

DEFAULT_TRAINER: Final = TrainerOptions(epochs=3)


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
        validation_rows: Rows of each task's validation data that are measured during the run, at
            most so many, evenly from all.
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
