"""The one place where families of tasks are registered."""

from typing import Any, Final

from concord.registry import Registry

TASK_KINDS: Final[Registry[type]] = Registry(
    "kind of task",
    type,
    {
        "alignment": "concord.tasks.alignment:Alignment",
        "classification": "concord.tasks.classification:Classification",
        "embedding": "concord.tasks.embedding:Embedding",
        "multiple_choice": "concord.tasks.multiple_choice:MultipleChoice",
        "paraphrase": "concord.tasks.paraphrase:Paraphrase",
        "preference": "concord.tasks.preference:Preference",
        "regression": "concord.tasks.regression:Regression",
        "similarity": "concord.tasks.similarity:Similarity",
        "entities": "concord.tasks.entities:Entities",
        "masked_language": "concord.tasks.masked_language:MaskedLanguage",
        "question_answering": "concord.tasks.question_answering:QuestionAnswering",
        "replaced_tokens": "concord.tasks.replaced_tokens:ReplacedTokens",
    },
)
"""From what a configuration calls a family to its class."""


def task_kind(name: str) -> type[Any]:
    """Return a family's class; a `ConfigError` lists the known ones if there is none."""
    return TASK_KINDS.get(name)
