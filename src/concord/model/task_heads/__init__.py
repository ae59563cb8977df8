"""The heads of tasks as modules that are trained; `concord.tasks.heads` has what they compute."""

from concord.model.task_heads.building import TaskHead, build_task_head

__all__ = ["TaskHead", "build_task_head"]
