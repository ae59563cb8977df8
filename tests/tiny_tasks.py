"""Small rows for tasks, and folders of tiny models that answer for some."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.tiny_task_models import tiny_task_model

from concord.export import export_encoder
from concord.tasks import AnyTask

REVIEWS: Sequence[tuple[str, str]] = (
    ("the bridge is long", "good"),
    ("the old river is not long", "bad"),
    ("it opened in 1932", "good"),
    ("it is not the bridge", "bad"),
    ("the river opened", "good"),
    ("not in the old bridge", "bad"),
)


def save_tiny_task_model(folder: Path, tasks: Mapping[str, AnyTask], *, seed: int = 0) -> Path:
    """Save a tiny model of tasks, ready for prediction without torch."""
    tiny_task_model(tasks, seed=seed).save_pretrained(folder)
    export_encoder(folder)
    return folder


def write_rows(path: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    """Write rows as JSON lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def write_reviews(path: Path, *, copies: int = 4) -> Path:
    """Write texts with one of two labels; "not" tells them apart."""
    rows = [
        {"body": f"{text} {number}", "stars": label}
        for number in range(copies)
        for text, label in REVIEWS
    ]
    return write_rows(path, rows)
