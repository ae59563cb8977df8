"""Several finished models become one folder that scores and predicts."""

from pathlib import Path

import pytest
from tests.tiny_models import save_tiny_model
from tests.tiny_tasks import save_tiny_task_model

from concord.cli.main import main
from concord.errors import ArtifactError, ConfigError
from concord.scoring.aligner import Aligner
from concord.scoring.task_predictor import TaskPredictor
from concord.tasks.classification import Classification
from concord.workflows.average import average

TASKS = {"mood": Classification(labels=("bad", "good"))}


def test_models_of_tasks_become_one_that_predicts(tmp_path: Path) -> None:
    models = [
        str(save_tiny_task_model(tmp_path / name / "model", TASKS, seed=seed))
        for seed, name in enumerate(("a", "b"))
    ]
    with pytest.raises(SystemExit) as stopped:
        main(["average", *models, "-o", str(tmp_path / "mean")])
    assert not stopped.value.code
    (answer,) = TaskPredictor.from_pretrained(tmp_path / "mean").predict("mood", ["the bridge"])
    assert set(answer.probs) == {"bad", "good"}
    card = (tmp_path / "mean" / "README.md").read_text(encoding="utf-8")
    assert "the mean of that of `a/model` and `b/model`" in card
    assert str(tmp_path) not in card


def test_alignment_models_become_one_that_scores(tmp_path: Path) -> None:
    models = [str(save_tiny_model(tmp_path / f"{seed}", seed=seed)) for seed in range(2)]
    report = average(models, tmp_path / "mean")
    (score,) = Aligner.from_pretrained(report.folder).score(["the old bridge"], ["it is old"])
    assert 0 <= score <= 1
    assert report.number == 2


def test_what_cannot_be_averaged_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    one = str(save_tiny_model(tmp_path / "one"))
    tasks = str(save_tiny_task_model(tmp_path / "tasks", TASKS))
    with pytest.raises(ConfigError, match="needs 2 models or more, got 1"):
        average([one], tmp_path / "mean")
    with pytest.raises(ConfigError, match="one is an alignment model, the other a model of tasks"):
        average([one, one, tasks], tmp_path / "mean")
    with pytest.raises(ArtifactError, match="holds something already"):
        average([one, one], tmp_path / "one")
