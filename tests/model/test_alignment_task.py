"""An alignment model as a model of tasks gives the same scores."""

from pathlib import Path

import numpy as np
import pytest
from tests.tiny_models import tiny_model

from concord.model import TaskModel, build_alignment_task_model
from concord.scoring.aligner import Aligner
from concord.scoring.backends.pytorch import TorchBackend
from concord.tasks.classification import Classification
from concord.workflows.task_validation import live_predictor

PAIRS = [
    ("The bridge opened in 1932.", "The bridge opened in 1923."),
    ("", "It is long."),
    ("The old river bridge is not long.", "the old bridge"),
]


@pytest.mark.parametrize("architecture", ["bert", "roberta", "albert", "distilbert", "mpnet"])
def test_the_task_scores_as_the_alignment_model(architecture: str, tmp_path: Path) -> None:
    source = tiny_model(architecture)
    source.save_pretrained(tmp_path / "alignment")
    build_alignment_task_model(tmp_path / "alignment", name="support").save_pretrained(
        tmp_path / "tasks"
    )
    model = TaskModel.from_pretrained(tmp_path / "tasks")
    answers = live_predictor(model).predict("support", PAIRS)
    aligner = Aligner(TorchBackend(source), source.tokenizer, source.settings)
    expected = aligner.predict(*map(list, zip(*PAIRS, strict=True)))
    found = [
        [each.binary, *each.three_way.values(), each.regression]  # as the columns below
        for each in answers
    ]
    columns = (expected.binary[:, None], expected.three_way, expected.regression[:, None])
    np.testing.assert_allclose(found, np.concatenate(columns, axis=1), atol=1e-5)


def test_other_heads_can_stand_beside_it(tmp_path: Path) -> None:
    tiny_model().save_pretrained(tmp_path)
    model = build_alignment_task_model(tmp_path)
    predictor = live_predictor(model)
    before = predictor.predict("alignment", PAIRS)
    model.add_task("mood", Classification(labels=("good", "bad"), num_layers=2))
    after = live_predictor(model).predict("alignment", PAIRS)
    assert [each.binary for each in after] == pytest.approx([each.binary for each in before])
