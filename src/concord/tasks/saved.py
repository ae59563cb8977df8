"""Tasks in a model folder: what each means, and its head's weights, in a folder of its own.

The encoder lies in the model folder as any library expects it; a task is `tasks/NAME/task.json`
and `tasks/NAME/head.safetensors`. So heads are added and removed without touching the encoder.
"""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from concord.artifact import TASKS_FOLDER
from concord.config import check_table
from concord.errors import ArtifactError, ConfigError
from concord.tasks.heads import Weights
from concord.tasks.kinds import task_kind
from concord.tasks.task import AnyTask

TASK_FILE: Final = "task.json"
HEAD_FILE: Final = "head.safetensors"


def build_task(table: Mapping[str, Any], *, source: str, name: str) -> AnyTask:
    """Return the task that a table describes: its `kind`, and that family's fields.

    Args:
        table: Its fields.
        source: What to call the file in an error.
        name: The task's name.

    Raises:
        ConfigError: If there is no such kind, or a field cannot be as it is.
    """
    within = ("tasks", name)
    if not isinstance(table, Mapping):
        raise ConfigError(f"{source}: tasks.{name} should be a table, got {table!r:.60}")
    values = dict(table)
    kind = values.pop("kind", None)
    if kind is None:
        raise ConfigError(f'{source}: tasks.{name} has no kind; write kind = "classification"')
    try:
        family = task_kind(str(kind))
    except ConfigError as error:
        raise ConfigError(f"{source}: tasks.{name}.kind: {error}") from None
    task: AnyTask = check_table(values, family, source=source, within=within)
    return task


def save_task(folder: Path, name: str, task: AnyTask, weights: Weights) -> None:
    """Write a task and its head's weights into a model folder."""
    own = folder / TASKS_FOLDER / name
    own.mkdir(parents=True, exist_ok=True)
    (own / TASK_FILE).write_text(_to_json(task), encoding="utf-8")
    save_file({name: weights[name] for name in sorted(weights)}, own / HEAD_FILE)


def replace_task(folder: Path, name: str, task: AnyTask) -> None:
    """Write a task anew that a model folder has, with the head that it has.

    Raises:
        ConfigError: If the model has no such task.
    """
    _check_known(folder, name)
    path = folder / TASKS_FOLDER / name / TASK_FILE
    temporary = path.with_name(f".{path.name}.partial")
    temporary.write_text(_to_json(task), encoding="utf-8")
    temporary.replace(path)


def load_tasks(folder: Path) -> dict[str, AnyTask]:
    """Return a model folder's tasks by name, in the order of their names.

    Raises:
        ArtifactError: If a task's file is damaged, or of a kind that this concord does not know.
    """
    tasks = {}
    for path in sorted((folder / TASKS_FOLDER).glob(f"*/{TASK_FILE}")):
        name = path.parent.name
        try:
            table = json.loads(path.read_text(encoding="utf-8"))
            tasks[name] = build_task(table, source=str(path), name=name)
        except (OSError, ValueError) as error:
            raise ArtifactError(f"{path} cannot be used: {error}") from error
    return tasks


def delete_task(folder: Path, name: str) -> None:
    """Remove a task and its head from a model folder.

    Raises:
        ConfigError: If the model has no such task.
    """
    _check_known(folder, name)
    own = folder / TASKS_FOLDER / name
    (own / TASK_FILE).unlink()  # from here on the task is gone, whatever happens
    shutil.rmtree(own)


def load_head_weights(folder: Path, name: str) -> Weights:
    """Return the weights of a task's head.

    Raises:
        ArtifactError: If they are absent or damaged.
    """
    path = folder / TASKS_FOLDER / name / HEAD_FILE
    if not path.is_file():
        raise ArtifactError(f"{path} is missing; a task needs its head's weights")
    try:
        return load_file(path)
    except (SafetensorError, OSError) as error:
        raise ArtifactError(f"{path} is damaged: {error}") from error


def _to_json(task: AnyTask) -> str:
    return json.dumps(task.to_saved(), indent=2, ensure_ascii=False) + "\n"


def _check_known(folder: Path, name: str) -> None:
    own = folder / TASKS_FOLDER / name
    if not (own / TASK_FILE).is_file():
        known = ", ".join(sorted(path.parent.name for path in own.parent.glob(f"*/{TASK_FILE}")))
        raise ConfigError(f"{folder} has no task {name!r}; it has {known or 'none'}")
