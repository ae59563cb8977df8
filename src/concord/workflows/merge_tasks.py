"""One task of a finished model as a model of its own, its adapter merged into the encoder."""

from pathlib import Path

from concord.artifact import CARD_FILE
from concord.errors import ConfigError
from concord.model import TaskModel, merge_task
from concord.workflows.finetuning.model_folder import save_task_model


def merge_task_folder(folder: Path, task: str, output: Path) -> None:
    """Write a model of one task, with the card of the whole one.

    Raises:
        ConfigError: If the task has no adapter that can be merged, or there is such a folder.
        ArtifactError: If the model cannot be read.
    """
    if output.exists():
        raise ConfigError(f"{output} exists; name another folder, or remove it")
    merged = merge_task(TaskModel.from_pretrained(folder), task)
    card = (folder / CARD_FILE).read_text(encoding="utf-8")
    output.parent.mkdir(parents=True, exist_ok=True)
    save_task_model(merged, card, output)
