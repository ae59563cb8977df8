"""The mean of several finished models of one shape: a model soup (Wortsman et al., ICML 2022).

Models that were fine-tuned apart from one start can be averaged weight by weight; the mean is as
fast as one of them.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import fmean
from typing import Any, Final, TypeVar

import torch
from torch import Tensor

from concord.adaptation import plain_encoder
from concord.artifact import SECTION
from concord.errors import ArtifactError
from concord.model.alignment_model import AlignmentModel
from concord.model.encoder import encoder_config
from concord.model.task_model import TaskModel
from concord.tasks import AnyTask

ModelT = TypeVar("ModelT", AlignmentModel, TaskModel)

_INCIDENTAL: Final = frozenset({SECTION, "architectures", "dtype", "transformers_version"})
"""Keys of an encoder's config that say nothing of its shape."""
_THRESHOLDS: Final = ("threshold", "no_answer_threshold")
"""Fields of tasks that each model chooses for itself."""


def average_alignment_models(folders: Sequence[Path]) -> AlignmentModel:
    """Return the mean of alignment models, thresholds included; what int8 costs is not known.

    Raises:
        ArtifactError: If one cannot be read, or is not of the first one's shape.
    """
    settings = []

    def load(folder: Path) -> AlignmentModel:
        model = AlignmentModel.from_pretrained(folder)
        settings.append(model.settings)
        return model

    model = _average(folders, load)
    thresholds = {
        head: fmean(each.thresholds[head] for each in settings) for head in settings[0].thresholds
    }
    model.settings = replace(model.settings, thresholds=thresholds, int8=None)
    return model


def average_task_models(folders: Sequence[Path]) -> TaskModel:
    """Return the mean of models of the same tasks, their thresholds included.

    Raises:
        ArtifactError: If one cannot be read, or is not of the first one's shape, tasks and labels.
    """
    tasks: list[Mapping[str, AnyTask]] = []

    def load(folder: Path) -> TaskModel:
        model = TaskModel.from_pretrained(folder)
        tasks.append(model.tasks)
        return model

    model = _average(folders, load)
    model.tasks = {name: _mean_task([each[name] for each in tasks]) for name in model.tasks}
    return model


def _average(folders: Sequence[Path], load: Callable[[Path], ModelT]) -> ModelT:
    """Add up models one after the other, so that never more than two are in memory."""
    mean = load(folders[0])
    shape = _shape(mean)
    totals: dict[str, Tensor] = dict(mean.named_parameters())
    with torch.no_grad():
        for folder in folders[1:]:
            model = load(folder)
            _check_shape(_shape(model), shape, f"{folder} and {folders[0]}")
            for name, parameter in model.named_parameters():
                totals[name].add_(parameter)
        for total in totals.values():
            total.div_(len(folders))
    return mean


def _shape(model: AlignmentModel | TaskModel) -> dict[str, Any]:
    """Return what must be the same of two models for their weights to be comparable."""
    config = encoder_config(plain_encoder(model.encoder))
    tasks = model.tasks if isinstance(model, TaskModel) else {}
    return {
        "their encoders": {key: config[key] for key in config.keys() - _INCIDENTAL},
        "their adaptations": _adaptations(model) if isinstance(model, TaskModel) else {},
        "their tokenizers": model.tokenizer.fingerprint,
        "their tasks or labels": {name: _without_thresholds(task) for name, task in tasks.items()},
        "their weights": {name: list(each.shape) for name, each in model.named_parameters()},
    }


def _adaptations(model: TaskModel) -> dict[str, Any]:
    own = {name: adapter.to_table() for name, adapter in model.adapters.items()}
    return {"of all tasks": model.adaptation.to_table(), **own}


def _check_shape(found: Mapping[str, Any], wanted: Mapping[str, Any], names: str) -> None:
    for part, value in wanted.items():
        if found[part] != value:
            raise ArtifactError(
                f"{names} cannot be averaged: {part} differ; name models that were trained from "
                "one start, for the same tasks"
            )


def _without_thresholds(task: AnyTask) -> dict[str, Any]:
    saved: dict[str, Any] = json.loads(json.dumps(task.to_saved()))
    return {name: value for name, value in saved.items() if name not in _THRESHOLDS}


def _mean_task(tasks: Sequence[AnyTask]) -> AnyTask:
    changed: dict[str, Any] = {}
    for name in _THRESHOLDS:
        values: Iterable[float | None] = [getattr(task, name, None) for task in tasks]
        chosen = [value for value in values if value is not None]
        if len(chosen) == len(tasks):
            changed[name] = fmean(chosen)
    return replace(tasks[0], **changed) if changed else tasks[0]
