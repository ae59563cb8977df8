"""What a task means: how rows become inputs, its head, and its answers; without torch."""

from concord.tasks.corruption import Corruption
from concord.tasks.saved import (
    build_task,
    delete_task,
    load_head_weights,
    load_tasks,
    replace_task,
    save_task,
)
from concord.tasks.task import IGNORED, AnyTask, Encoding, Fields, Task, check_task_name

__all__ = [
    "IGNORED",
    "AnyTask",
    "Corruption",
    "Encoding",
    "Fields",
    "Task",
    "build_task",
    "check_task_name",
    "delete_task",
    "load_head_weights",
    "load_tasks",
    "replace_task",
    "save_task",
]
