import numpy as np
import pytest

from concord.scoring.chunk_relevance import ContextIndex
from concord.scoring.word_vectors import WordVectors
from concord.text import TokenIds


def ids(*numbers: int) -> TokenIds:
    return np.array(numbers, dtype=np.int32)


# Of three chunks, token 1 is in all, 2 in one and 3 in two.
CHUNKS = [ids(1, 2, 1), ids(1, 3), ids(3, 1, 3)]
IN_ALL = np.log1p(0.5 / 3.5)  # BM25's rarity: log(1 + (3 - n + 0.5) / (n + 0.5)); n = 3
IN_TWO = np.log1p(1.5 / 2.5)
IN_ONE = np.log1p(2.5 / 1.5)
IN_NONE = np.log1p(3.5 / 0.5)


def test_without_vectors_a_chunk_counts_the_rarity_of_the_tokens_it_shares() -> None:
    index = ContextIndex(CHUNKS, None)
    np.testing.assert_allclose(
        index.relevance(ids(2, 1, 2)), [IN_ALL + IN_ONE, IN_ALL, IN_ALL], rtol=1e-6
    )
    np.testing.assert_allclose(index.relevance(ids(9)), [0, 0, 0])


def test_with_vectors_a_token_counts_by_the_nearest_one_of_the_chunk() -> None:
    # 2 and 4 point nearly the same way, 3 and 5 against them; 1 has no direction, so is like none.
    table = np.array([[0, 0], [0, 0], [2, 0], [-2, 0], [1, 1], [-1, -1]], dtype=np.float32)
    index = ContextIndex(CHUNKS, WordVectors(table))
    np.testing.assert_allclose(index.relevance(ids(2)), [IN_ONE, 0, 0], atol=1e-6)
    # 4 is in no chunk; its cosine with 2 is 1 / sqrt(2)
    np.testing.assert_allclose(index.relevance(ids(4)), [IN_NONE / np.sqrt(2), 0, 0], atol=1e-6)
    np.testing.assert_allclose(
        index.relevance(ids(5)), np.array([0, 1, 1]) * IN_NONE / np.sqrt(2), atol=1e-6
    )


@pytest.mark.parametrize("vectors", [None, WordVectors(np.eye(10, dtype=np.float32))])
def test_empty_chunks_and_empty_sentences_are_irrelevant(vectors: WordVectors | None) -> None:
    index = ContextIndex([ids(), ids(1, 2), ids()], vectors)
    assert np.flatnonzero(index.relevance(ids(2))).tolist() == [1]
    assert index.relevance(ids()).tolist() == [0, 0, 0]
    assert ContextIndex([ids(), ids()], vectors).relevance(ids(2)).tolist() == [0, 0]
