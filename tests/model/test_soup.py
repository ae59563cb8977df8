"""The mean of models is the mean of their weights, and only models of one shape have one."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tests.tiny_adapted import move
from tests.tiny_models import save_tiny_model, set_threshold
from tests.tiny_task_models import tiny_task_model

from concord.adaptation import build_adaptation
from concord.errors import ArtifactError
from concord.model import AlignmentModel, TaskModel
from concord.model.soup import average_alignment_models, average_task_models
from concord.tasks import AnyTask
from concord.tasks.classification import Classification
from concord.tasks.preference import Preference

LABELS = Classification(labels=("bad", "good"))


def save_task_model(folder: Path, task: AnyTask, seed: int) -> Path:
    tiny_task_model({"mood": task}, seed=seed).save_pretrained(folder)
    return folder


def test_each_weight_of_alignment_models_is_their_mean(tmp_path: Path) -> None:
    folders = [save_tiny_model(tmp_path / f"{seed}", seed=seed) for seed in range(3)]
    set_threshold(folders[1], 0.2)  # the others have 0.5
    mean = average_alignment_models(folders)
    singles = [AlignmentModel.from_pretrained(folder).state_dict() for folder in folders]
    for name, value in mean.state_dict().items():
        wanted = np.mean([single[name].double().numpy() for single in singles], axis=0)
        np.testing.assert_allclose(value.numpy(), wanted, atol=1e-6, err_msg=name)
    assert mean.settings.thresholds["three_way"] == pytest.approx(0.4)  # (0.5 + 0.2 + 0.5) / 3
    assert mean.settings.int8 is None


def test_the_mean_of_a_model_and_itself_is_itself(tmp_path: Path) -> None:
    folder = save_task_model(tmp_path / "one", LABELS, seed=0)
    mean, one = average_task_models([folder, folder]), TaskModel.from_pretrained(folder)
    assert all(
        torch.equal(value, one.state_dict()[name]) for name, value in mean.state_dict().items()
    )


def test_heads_and_thresholds_of_tasks_are_averaged_too(tmp_path: Path) -> None:
    folders = [
        save_task_model(tmp_path / f"{seed}", Preference(threshold=threshold), seed=seed)
        for seed, threshold in enumerate((1.0, 2.0))
    ]
    mean = average_task_models(folders)
    heads = [TaskModel.from_pretrained(folder).head_weights("mood") for folder in folders]
    for name, value in mean.head_weights("mood").items():
        np.testing.assert_allclose(value, (heads[0][name] + heads[1][name]) / 2, atol=1e-6)
    assert mean.tasks["mood"] == Preference(threshold=1.5)


@pytest.mark.parametrize(
    ("task", "config", "part"),
    [
        (Classification(labels=("good", "bad")), {}, "their tasks or labels"),
        (LABELS, {"hidden_act": "relu"}, "their encoders"),
    ],
    ids=["other labels", "another activation"],
)
def test_models_of_other_shapes_are_refused(
    tmp_path: Path, task: AnyTask, config: dict[str, Any], part: str
) -> None:
    folders = [
        save_task_model(tmp_path / "a", LABELS, seed=0),
        save_task_model(tmp_path / "b", task, seed=1),
    ]
    path = folders[1] / "config.json"
    changed = json.loads(path.read_text(encoding="utf-8")) | config
    path.write_text(json.dumps(changed), encoding="utf-8")
    with pytest.raises(ArtifactError, match=f"cannot be averaged: {part} differ"):
        average_task_models(folders)


def test_adaptations_are_averaged_where_they_are_of_one_kind(tmp_path: Path) -> None:
    folders = [
        save_adapted_model(tmp_path / f"{seed}", {"kind": "prompt", "num_tokens": 2}, seed)
        for seed in range(2)
    ]
    own = [dict(TaskModel.from_pretrained(folder).named_parameters()) for folder in folders]
    for name, parameter in average_task_models(folders).named_parameters():
        torch.testing.assert_close(parameter, (own[0][name] + own[1][name]) / 2)
    other = save_adapted_model(tmp_path / "2", {"kind": "prompt", "num_tokens": 3}, 2)
    with pytest.raises(ArtifactError, match="cannot be averaged: their adaptations differ"):
        average_task_models([folders[0], other])


def save_adapted_model(folder: Path, table: dict[str, Any], seed: int) -> Path:
    model = tiny_task_model({"mood": LABELS}, seed=seed)
    adaptation = build_adaptation(table)
    model.adapt(adaptation)
    move(adaptation, model.encoder)
    model.save_pretrained(folder)
    return folder
