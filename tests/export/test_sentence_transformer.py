"""An exported embedding loads in sentence-transformers, and gives the same vectors."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sentence_transformers import SentenceTransformer
from tests.tiny_task_models import tiny_task_model

from concord.errors import ConfigError
from concord.export import export_sentence_transformer
from concord.tasks.classification import Classification
from concord.tasks.embedding import Embedding
from concord.tasks.heads import Pooling
from concord.tasks.similarity import Similarity
from concord.workflows.task_validation import live_predictor

TEXTS = ["the old bridge", "It opened in 1932, not in 1923.", "river", "", "the river " * 60]


@pytest.mark.parametrize(
    "task",
    [Embedding(), Embedding(normalize=True), Embedding(pooling=Pooling.FIRST)],
    ids=["mean", "normalized", "first"],
)
def test_vectors_are_those_of_the_task(task: Embedding, tmp_path: Path) -> None:
    model = tiny_task_model({"sentences": task})
    model.save_pretrained(tmp_path / "model")
    target = export_sentence_transformer(tmp_path / "model", "sentences", tmp_path / "made")
    found = SentenceTransformer(str(target), device="cpu").encode(TEXTS)
    expected = live_predictor(model).predict("sentences", TEXTS)
    np.testing.assert_allclose(found, expected, atol=1e-5)
    assert "concord" not in json.loads((target / "config.json").read_text())


def test_a_similarity_is_the_cosine_of_its_vectors(tmp_path: Path) -> None:
    model = tiny_task_model({"alike": Similarity(scale=5.0)})
    model.save_pretrained(tmp_path / "model")
    export_sentence_transformer(tmp_path / "model", "alike", tmp_path / "made")
    library = SentenceTransformer(str(tmp_path / "made"), device="cpu")
    pairs = [(TEXTS[0], TEXTS[1]), (TEXTS[2], TEXTS[1])]
    first, second = (library.encode(list(texts)) for texts in zip(*pairs, strict=True))
    cosines = library.similarity_pairwise(first, second).numpy()
    found = live_predictor(model).predict("alike", pairs)
    np.testing.assert_allclose(found, 5 * np.maximum(cosines, 0), atol=1e-4)


@pytest.mark.parametrize(
    ("task", "problem"),
    [
        (Embedding(num_layers=2), "reads the last 2 layers; sentence-transformers without code"),
        (Embedding(pooling=Pooling.ATTENTION), "pools by attention, which"),
        (Classification(labels=("a", "b")), "gives no plain vectors; name an embedding task"),
        (Similarity(projection_size=4), "gives no plain vectors"),
    ],
)
def test_what_cannot_be_exported_is_told(task: Any, problem: str, tmp_path: Path) -> None:
    tiny_task_model({"mine": task}).save_pretrained(tmp_path / "model")
    with pytest.raises(ConfigError, match=problem):
        export_sentence_transformer(tmp_path / "model", "mine", tmp_path / "made")
    with pytest.raises(ConfigError, match="has no task 'yours'; it has mine"):
        export_sentence_transformer(tmp_path / "model", "yours", tmp_path / "made")
    with pytest.raises(ConfigError, match="is there already; name a new folder"):
        export_sentence_transformer(tmp_path / "model", "mine", tmp_path / "model")
