"""The evaluators of sentence-transformers give the figures of our own metrics."""

import pytest
from sentence_transformers.sentence_transformer.evaluation import (
    EmbeddingSimilarityEvaluator,
    TripletEvaluator,
)
from tests.tiny_task_models import tiny_task_model

from concord.errors import ConfigError
from concord.evaluation.metrics.vectors import embedding_spearman, triplet_accuracy
from concord.evaluation.sentence_encoder import SentenceEncoder
from concord.scoring.task_predictor import TaskPredictor
from concord.tasks import AnyTask
from concord.tasks.classification import Classification
from concord.tasks.embedding import Embedding
from concord.workflows.task_validation import live_predictor

TRIPLETS = [
    ("the bridge is long", "it is long", "not the river"),
    ("it opened in 1932", "old", "it opened"),
    ("river", "the old river", "bridge"),
    ("not long", "not old", "in 1932"),
]
SCORES = [0.9, 0.2, 0.8, 0.4]


@pytest.fixture(scope="module")
def predictor() -> TaskPredictor:
    tasks: dict[str, AnyTask] = {
        "sentence": Embedding(num_layers=2),
        "mood": Classification(labels=("a", "b")),
    }
    return live_predictor(tiny_task_model(tasks))


def test_the_library_s_evaluators_agree_with_our_metrics(predictor: TaskPredictor) -> None:
    encoder = SentenceEncoder(predictor, "sentence")
    anchors, positives, negatives = (list(texts) for texts in zip(*TRIPLETS, strict=True))
    similarity = EmbeddingSimilarityEvaluator(anchors, positives, SCORES, write_csv=False)
    triplets = TripletEvaluator(anchors, positives, negatives, write_csv=False)
    vectors = predictor.predict("sentence", TRIPLETS)
    spearman = embedding_spearman(SCORES, [each[:2] for each in vectors])
    assert similarity(encoder)["spearman_cosine"] == pytest.approx(spearman)  # type: ignore[arg-type]
    found = triplets(encoder)["cosine_accuracy"]  # type: ignore[arg-type]
    assert found == pytest.approx(triplet_accuracy([1.0] * 4, vectors))
    assert encoder.figures["cosine_accuracy"] == found


def test_another_family_is_told(predictor: TaskPredictor) -> None:
    with pytest.raises(ConfigError, match="task 'mood' is of kind 'classification'; name an emb"):
        SentenceEncoder(predictor, "mood")
