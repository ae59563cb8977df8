"""A model of several tasks as a system: it answers sets for the heads that it has."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from concord.alignment import AlignmentScores
from concord.alignment.scores import FloatArray
from concord.artifact import find_model
from concord.errors import ConfigError
from concord.evaluation.runner import Progress
from concord.evaluation.systems.fingerprints import fingerprint_of
from concord.evaluation.systems.model_facts import (
    count_parameters,
    declared_datasets,
    folder_digest,
    weights_size_mb,
)
from concord.scoring.task_predictor import TaskPredictor
from concord.tasks import AnyTask


class TaskModelSystem:
    """A model that `concord finetune` made; it has no answer to pairs.

    Args:
        predictor: Loaded from a folder.
        folder: Where its files are.
    """

    kind = "model"
    answers_pairs = False

    def __init__(self, predictor: TaskPredictor, *, folder: Path) -> None:
        self.predictor = predictor
        self.name = folder.name
        self.description = f"A concord model of tasks: {', '.join(predictor.tasks)}."
        self.parameters = count_parameters(folder)
        self.size_mb = weights_size_mb(folder)
        self.seen = declared_datasets(folder)
        self.fingerprint = fingerprint_of("concord tasks", folder_digest(folder))

    @classmethod
    def open(cls, model: str | Path, *, threads: int | None = None) -> Self:
        """Open a model folder, or one from the hub."""
        folder = find_model(model)
        return cls(TaskPredictor.from_pretrained(folder, threads=threads), folder=folder)

    @property
    def tasks(self) -> Mapping[str, AnyTask]:
        """Its tasks by name."""
        return self.predictor.tasks

    def answer(
        self, task: str, inputs: Sequence[Any], *, progress: Progress | None = None
    ) -> list[Any]:
        """Return the task's answers to inputs that were read from rows."""
        return self.predictor.answer_together({task: inputs}, progress=progress)[task]

    def predict(
        self,
        contexts: Sequence[str],
        claims: Sequence[str],
        *,
        progress: Progress | None = None,
    ) -> AlignmentScores:
        """Refuse: pairs are for alignment models."""
        del contexts, claims, progress
        raise ConfigError(f"{self.name} is a model of tasks and does not score pairs")

    def score(
        self,
        contexts: Sequence[str],
        claims: Sequence[str],
        *,
        head: str,
        progress: Progress | None = None,
    ) -> FloatArray:
        """Refuse: claims are for alignment models."""
        del contexts, claims, head, progress
        raise ConfigError(f"{self.name} is a model of tasks and does not score claims")
