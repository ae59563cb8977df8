"""The folder of a finished model of tasks."""

import shutil
from pathlib import Path

import torch

from concord.export import export_encoder
from concord.model import (
    TaskModel,
)


def save_task_model(model: TaskModel, card: str, folder: Path) -> None:
    """Write a complete model folder: the encoder in bfloat16, its graph, the heads, the card."""
    temporary = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(temporary, ignore_errors=True)
    model.save_pretrained(temporary, dtype=torch.bfloat16, card=card)
    export_encoder(temporary)
    shutil.rmtree(folder, ignore_errors=True)
    temporary.rename(folder)
