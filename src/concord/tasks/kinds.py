"""The one place where families of tasks are registered."""

from typing import Any, Final

from concord.registry import Registry

TASK_KINDS: Final[Registry[type]] = Registry(
    "kind of task",
    type,
    {
        "classification": "concord.tasks.classification:Classification",
        "multiple_choice": "concord.tasks.multiple_choice:MultipleChoice",
        "paraphrase": "concord.tasks.paraphrase:Paraphrase",
        "preference": "concord.tasks.preference:Preference",
        "regression": "concord.tasks.regression:Regression",
        "similarity": "concord.tasks.similarity:Similarity",
        "entities": "concord.tasks.entities:Entities",
        "question_answering": "concord.tasks.question_answering:QuestionAnswering",
    },
)
"""From what a configuration calls a family to its class."""


def task_kind(name: str) -> type[Any]:
    """Return a family's class; a `ConfigError` lists the known ones if there is none."""
    return TASK_KINDS.get(name)
