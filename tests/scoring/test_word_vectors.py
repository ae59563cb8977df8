from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from concord.artifact import WEIGHTS_FILE
from concord.scoring.word_vectors import WordVectors
from concord.text import TokenIds

TABLE = torch.tensor([[2.0, 0.0], [-3.0, 4.0], [0.0, -0.5]])
EXPECTED = np.array([[1, 0], [-0.6, 0.8], [0, -1]])  # divided by their lengths, 2, 5 and 0.5


def ids(*numbers: int) -> TokenIds:
    return np.array(numbers, dtype=np.int32)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.float32])
@pytest.mark.parametrize("name", ["bert.embeddings.word_embeddings", "embeddings.tok_embeddings"])
def test_directions_are_read_from_the_weights(
    dtype: torch.dtype, name: str, tmp_path: Path
) -> None:
    weights = {"a.weight": torch.ones(5), f"{name}.weight": TABLE.to(dtype), "z": torch.ones(2, 2)}
    save_file(weights, tmp_path / WEIGHTS_FILE)
    vectors = WordVectors.load(tmp_path)
    assert vectors is not None
    np.testing.assert_allclose(vectors.directions(ids(0, 1, 2)), EXPECTED, atol=1e-6)
    np.testing.assert_allclose(vectors.directions(ids(2, 2)), EXPECTED[[2, 2]], atol=1e-6)


def test_the_table_is_the_encoders_own_and_not_a_copy_of_it(tmp_path: Path) -> None:
    name = "embeddings.word_embeddings.weight"
    weights = {f"adaptation.others.0.{name}": torch.ones(3, 2), name: TABLE}
    save_file(weights, tmp_path / WEIGHTS_FILE)
    vectors = WordVectors.load(tmp_path)
    assert vectors is not None
    np.testing.assert_array_equal(vectors.matrix(), TABLE.numpy())


def test_directions_of_many_tokens_are_those_of_each() -> None:
    vectors = WordVectors(TABLE.numpy())
    many = vectors.directions(np.tile(ids(0, 1, 2), 1000))  # more than are read at once
    np.testing.assert_allclose(many, np.tile(EXPECTED, (1000, 1)), atol=1e-6)


def test_a_token_of_zeros_has_no_direction() -> None:
    vectors = WordVectors(np.zeros((2, 3), dtype=np.float32))
    assert vectors.directions(ids(1)).tolist() == [[0, 0, 0]]


def test_a_model_without_a_table_that_is_known_has_no_vectors(tmp_path: Path) -> None:
    assert WordVectors.load(None) is None
    assert WordVectors.load(tmp_path) is None
    save_file({"layer.weight": torch.ones(2, 2)}, tmp_path / WEIGHTS_FILE)
    assert WordVectors.load(tmp_path) is None
    whole_numbers = {"word_embeddings.weight": torch.ones(2, 2, dtype=torch.int32)}
    save_file(whole_numbers, tmp_path / WEIGHTS_FILE)
    assert WordVectors.load(tmp_path) is None
