"""The heads of tasks as modules that are trained; `concord.tasks.heads` has what they compute."""

from concord.model.task_heads.building import TaskHead, build_task_head
from concord.model.task_heads.replaced import Draft, Judgement, ReplacedModule

__all__ = ["Draft", "Judgement", "ReplacedModule", "TaskHead", "build_task_head"]
