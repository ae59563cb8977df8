"""From rows on disk to verdicts: train, save, export, load and score."""

from pathlib import Path

import numpy as np
import pytest
from tests.tiny_training import write_config

from concord.model import AlignmentModel
from concord.scoring.aligner import Aligner
from concord.workflows.train import train


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    config = write_config(tmp_path_factory.mktemp("end_to_end"))
    return train(config, ["trainer.epochs=12"]).model_folder


def test_a_trained_model_scores_what_it_has_learned(folder: Path) -> None:
    aligner = Aligner.from_pretrained(folder, threads=1)
    contexts = ["the old bridge", "the long river"] * 2
    claims = ["it is old", "it is long", "not old", "not long"]
    scores = aligner.predict(contexts, claims)
    # in all three sets, claims with "it is" are aligned and claims with "not" are not
    assert scores.three_way.argmax(axis=1).tolist() == [0, 0, 2, 2]
    assert (scores.binary > 0.5).tolist() == [True, True, False, False]
    assert scores.regression[:2].min() > scores.regression[2:].max()


def test_the_exported_model_agrees_with_the_trained_one(folder: Path) -> None:
    texts = (["the old bridge is long"] * 3, ["it is old", "not old", "river opened"])
    ours = Aligner.from_pretrained(folder, precision="f32", threads=1).predict(*texts)
    theirs = Aligner.from_pretrained(folder, backend="torch", threads=1).predict(*texts)
    np.testing.assert_allclose(ours.three_way, theirs.three_way, atol=1e-3)
    np.testing.assert_allclose(ours.binary, theirs.binary, atol=1e-3)


def test_a_trained_model_can_be_trained_from(folder: Path, tmp_path: Path) -> None:
    config = write_config(tmp_path)
    outcome = train(config, [f"encoder.name={folder}", "trainer.epochs=1"])
    AlignmentModel.from_pretrained(outcome.model_folder)
