"""A model of several tasks, saved and changed."""

from pathlib import Path

import pytest
from tests.tiny_task_models import tiny_task_model
from tests.tiny_tasks import save_tiny_task_model

from concord.errors import ArtifactError, ConfigError
from concord.model import TaskModel
from concord.scoring.task_predictor import TaskPredictor
from concord.tasks.classification import Classification
from concord.workflows.export import export

TWO = {name: Classification(labels=("a", "b")) for name in ("first", "second")}


def test_a_removed_head_is_gone_from_the_folder_too(tmp_path: Path) -> None:
    folder = save_tiny_task_model(tmp_path / "model", TWO)
    model = TaskModel.from_pretrained(folder)
    model.remove_task("first")
    model.save_pretrained(folder)
    assert list(TaskModel.from_pretrained(folder).tasks) == ["second"]
    with pytest.raises(ConfigError, match="the model has no task 'first'; it has second"):
        model.remove_task("first")


def test_a_head_that_reads_more_layers_gets_them_after_export(tmp_path: Path) -> None:
    folder = save_tiny_task_model(tmp_path / "model", TWO)
    (before,) = TaskPredictor.from_pretrained(folder, precision="f32").predict("first", ["it"])
    model = TaskModel.from_pretrained(folder)
    model.add_task("deep", Classification(labels=("a", "b"), num_layers=2))
    model.save_pretrained(folder)
    with pytest.raises(ArtifactError, match="run `concord export"):
        TaskPredictor.from_pretrained(folder)
    export(str(folder))
    predictor = TaskPredictor.from_pretrained(folder, precision="f32")
    assert set(predictor.predict("deep", ["it"])[0].probs) == {"a", "b"}
    (after,) = predictor.predict("first", ["it"])
    assert after.probs == pytest.approx(before.probs, abs=1e-5)


def test_a_name_is_taken_once() -> None:
    model = tiny_task_model(TWO)
    with pytest.raises(ConfigError, match="has a task 'first' already"):
        model.add_task("first", TWO["first"])
    with pytest.raises(ConfigError, match=r"letters, digits.*got 'a\.b'"):
        model.add_task("a.b", TWO["first"])
