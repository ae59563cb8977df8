"""Fine-tuning from Python: tasks in, a model out that predicts and is measured."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from concord.artifact import BUNDLED_MODEL, TASKS_FOLDER
from concord.data.sources import Split
from concord.errors import ConfigError
from concord.evaluation.task_results import TaskResult
from concord.scoring.task_predictor import TaskPredictor
from concord.tasks import AnyTask
from concord.workflows.evaluate_tasks import TaskEvaluationOptions, evaluate_tasks
from concord.workflows.finetune import FinetuneOutcome, run_finetuning
from concord.workflows.finetuning.config import DEFAULT_TRAINER, FinetuneConfig


@dataclass(frozen=True, slots=True)
class FinetunedRun:
    """A finished run.

    Attributes:
        model: Answers for the tasks; it is in `outcome.model_folder`.
        tasks: By name, with the data that they were given.
        outcome: Where the model lies and how the run went.
        data_dir: What relative file names start from.
    """

    model: TaskPredictor
    tasks: Mapping[str, AnyTask]
    outcome: FinetuneOutcome
    data_dir: Path | None

    def evaluate(self, split: str = "validation", *, seed: int = 0) -> list[TaskResult]:
        """Return each task's metrics with 95 % intervals, and the rows that it got wrong.

        Args:
            split: "train", "validation" or "test".
            seed: Of the bootstrap.
        """
        options = TaskEvaluationOptions(split=Split(split), data_dir=self.data_dir, seed=seed)
        return evaluate_tasks(self.model, self.tasks, options)


def finetune(
    encoder: str,
    tasks: Mapping[str, AnyTask],
    *,
    epochs: int = 3,
    output: str | Path = "concord-run",
    learning_rate: float | None = None,
    **options: Any,
) -> FinetunedRun:
    """Train several tasks on one encoder and return the model.

    Started again with the same arguments, it goes on where it stopped.

    Args:
        encoder: A hub id, a folder, or "package:NAME". A model that this function made, or
            "concord-mini", is gone on from, with its other tasks as they are.
        tasks: By name, each with its data, such as `Classification("reviews.csv", text="body")`.
        epochs: Passes over the data.
        output: The run's folder.
        learning_rate: Peak rate; the trainer's default unless given.
        **options: Further fields of `FinetuneConfig`.

    Raises:
        ConfigError: If the tasks or options cannot work.
        DataError: If a row cannot be read.
    """
    trainer = replace(options.pop("trainer", DEFAULT_TRAINER), epochs=epochs)
    if learning_rate is not None:
        optimizer = replace(trainer.optimizer, learning_rate=learning_rate)
        trainer = replace(trainer, optimizer=optimizer)
    config = FinetuneConfig(
        output=Path(output),
        tasks={name: _described(name, task) for name, task in tasks.items()},
        trainer=trainer,
        **_start(encoder, options),
        **options,
    )
    outcome = run_finetuning(config, tasks)
    model = TaskPredictor.from_pretrained(outcome.model_folder)
    return FinetunedRun(model, dict(tasks), outcome, config.data_dir)


def _start(encoder: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the config's fields that say what a run starts from."""
    from concord.model import EncoderOptions

    if encoder == BUNDLED_MODEL or (Path(encoder) / TASKS_FOLDER).is_dir():
        return {"initial_model": encoder}
    if "encoder" in options:
        raise ConfigError("the encoder is named twice: as the first argument and by its options")
    return {"encoder": EncoderOptions(name=encoder)}


def _described(name: str, task: AnyTask) -> dict[str, Any]:
    """Return a task as a config names it; data in memory are named by their size."""
    saved: dict[str, Any] = json.loads(json.dumps(task.to_saved()))
    sources = {split.value: getattr(task, split.value) for split in Split}
    for split, source in sources.items():
        if hasattr(source, "__next__"):
            raise ConfigError(
                f"tasks.{name}.{split} can be read only once, and training reads its data several "
                "times; give a list, a frame or a file"
            )
    return saved | {
        split: source if _is_named(source) else f"<{type(source).__name__}, {len(source)} rows>"
        for split, source in sources.items()
        if source is not None
    }


def _is_named(source: Any) -> bool:
    several = source if isinstance(source, list | tuple) else [source]
    return all(isinstance(each, str | Path) for each in several)
