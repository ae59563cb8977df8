"""Embeddings: rows to texts that belong together, outputs to vectors."""

from typing import Any

import numpy as np
import pytest

from concord.errors import ConfigError, InputError
from concord.tasks import Encoding
from concord.tasks.embedding import Embedding, EmbeddingInput, Objective

NOTHING = Encoding(())


def test_the_columns_choose_what_is_learned_and_measured() -> None:
    pairs, triplets = Embedding(), Embedding(negative="negative")
    scored = Embedding(score="score")
    assert pairs.loss == triplets.loss == "multiple_negatives_ranking"
    assert scored.loss == "cosent"
    assert pairs.metrics[0] == "mean_reciprocal_rank"
    assert triplets.metrics[0] == "triplet_accuracy"
    assert scored.metrics == ("embedding_spearman",)


def test_an_objective_can_be_named() -> None:
    scored = Embedding(score="score", objective=Objective("cosine_similarity"), scale=5.0)
    assert scored.target(NOTHING, 4.0).tolist() == [np.float32(0.8)]
    assert Embedding(negative="n", objective=Objective.TRIPLET).loss == "triplet"


def test_rows_give_their_texts() -> None:
    row = {"anchor": "a", "positive": "b", "negative": "c", "score": "0.5"}
    assert Embedding().read_input(row) == EmbeddingInput(("a", "b"))
    assert Embedding(negative="negative").read_input(row) == EmbeddingInput(("a", "b", "c"))
    assert Embedding().read_gold(row) == 1
    assert Embedding(score="score").read_gold(row) == 0.5
    assert Embedding().read_gold({"anchor": "a", "positive": None}) is None


def test_a_text_gives_a_vector_and_several_give_rows() -> None:
    first, second = np.array([1, 0], dtype=np.float32), np.array([3, 4], dtype=np.float32)
    assert Embedding().decode(NOTHING, [first]).tolist() == [1, 0]
    assert Embedding().decode(NOTHING, [first, second]).tolist() == [[1, 0], [3, 4]]


def test_an_error_is_what_a_cosine_lacks_or_a_negative_has_too_much() -> None:
    pair = np.array([[1, 0], [3, 4]], dtype=np.float32)  # a cosine of 0.6
    assert Embedding().error(1.0, pair) == pytest.approx(0.4)
    assert Embedding(score="score", scale=5.0).error(2.5, pair) == pytest.approx(0.1)
    triplet = np.array([[1, 0], [3, 4], [1, 0]], dtype=np.float32)
    assert Embedding(negative="n").error(1.0, triplet) == pytest.approx(0.4)


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"score": "s", "negative": "n"}, "learns from scores or from negatives; name one"),
        ({"objective": "cosent"}, "objective 'cosent' needs the column of a score, got None"),
        ({"objective": "triplet"}, "'triplet' needs the column of a negative, got none"),
        ({"score": "s", "objective": "triplet"}, "objective 'triplet' takes no score, got 's'"),
        ({"objective": "cosnet"}, "unknown objective 'cosnet'; choose one of"),
        ({"scale": 0.0}, "scale must be above 0, got 0"),
        ({"pooling": "max"}, "unknown pooling 'max'; choose one of first, mean, attention"),
    ],
)
def test_options_that_cannot_work_are_told(options: dict[str, Any], problem: str) -> None:
    with pytest.raises(ConfigError, match=problem):
        Embedding(**options)


def test_rows_and_inputs_that_do_not_fit_are_told() -> None:
    task = Embedding(score="score", objective=Objective.COSINE_SIMILARITY)
    with pytest.raises(InputError, match="column 'score' holds 5, beyond the scale 1 of a cosine"):
        task.read_gold({"anchor": "a", "positive": "b", "score": 5})
    with pytest.raises(InputError, match="there is no column 'positive'"):
        task.read_gold({"anchor": "a", "score": 5})
    with pytest.raises(InputError, match="the task reads a text, or a list of texts, found 3"):
        task.parse_input(3)
