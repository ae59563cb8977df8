import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from concord.alignment.scores import FloatArray
from concord.errors import ConfigError
from concord.scoring.aggregation import Aggregation, aggregate, join_chunks

SCORES = np.array([[0.1, 0.9], [0.7, 0.2]], dtype=np.float32)  # 2 chunks, 2 sentences


@pytest.mark.parametrize(
    ("aggregation", "score"),
    [
        (Aggregation.MEAN, 0.8),  # the best chunks give 0.7 and 0.9
        (Aggregation.MIN, 0.7),
        (Aggregation.PRODUCT, 0.63),  # 0.7 * 0.9
        # 0.9 lies 0.2 above the lowest, so it weighs exp(-2) = 0.135335 beside 0.7's 1:
        # 0.7 plus 0.121802, over 1.135335
        (Aggregation.SOFT_MIN, 0.7238406),
    ],
)
def test_a_claim_is_scored_by_the_best_chunk_for_each_sentence(
    aggregation: Aggregation, score: float
) -> None:
    assert aggregate(SCORES, aggregation) == pytest.approx(score, abs=1e-6)


_PROBABILITY = st.floats(0, 1, width=32)
_MATRICES = st.integers(1, 4).flatmap(
    lambda sentences: st.lists(
        st.lists(_PROBABILITY, min_size=sentences, max_size=sentences), min_size=1, max_size=4
    ).map(lambda rows: np.array(rows, dtype=np.float32))
)


@given(_MATRICES)
def test_a_soft_minimum_lies_between_minimum_and_mean(scores: FloatArray) -> None:
    soft = aggregate(scores, Aggregation.SOFT_MIN)
    assert aggregate(scores, Aggregation.MIN) - 1e-9 <= soft
    assert soft <= aggregate(scores, Aggregation.MEAN) + 1e-9


@given(_MATRICES, st.sampled_from(Aggregation))
def test_a_score_stays_in_the_unit_interval(scores: FloatArray, rule: Aggregation) -> None:
    assert 0 <= aggregate(scores, rule) <= 1 + 1e-9


@given(_PROBABILITY, st.sampled_from(Aggregation))
def test_one_chunk_and_one_sentence_are_their_own_score(value: float, rule: Aggregation) -> None:
    assert aggregate(np.array([[value]], dtype=np.float32), rule) == pytest.approx(value)


def test_an_unknown_aggregation_is_answered_with_the_known_ones() -> None:
    with pytest.raises(ConfigError, match="'average'; choose one of mean, min, product, soft_min"):
        Aggregation("average")


def test_a_chunk_that_was_not_scored_does_not_count() -> None:
    scores = np.array([[0.4, np.nan], [np.nan, 0.2]], dtype=np.float32)
    assert aggregate(scores, Aggregation.MEAN) == pytest.approx(0.3)  # of 0.4 and 0.2


def test_a_sentence_can_take_the_mean_of_its_best_chunks() -> None:
    scores = np.array([[0.1, 0.9], [0.7, 0.2], [0.5, 0.4]], dtype=np.float32)
    # the best two of the first are 0.7 and 0.5, of the second 0.9 and 0.4: 0.6 and 0.65
    assert join_chunks(scores, 2) == pytest.approx([0.6, 0.65])
    assert aggregate(scores, Aggregation.MIN, top_chunks=2) == pytest.approx(0.6)


def test_a_sentence_with_fewer_scored_chunks_takes_those_it_has() -> None:
    scores = np.array([[0.4, np.nan], [0.8, 0.2], [0.1, np.nan]], dtype=np.float32)
    assert join_chunks(scores, 2) == pytest.approx([0.6, 0.2])
    assert join_chunks(scores, 5) == pytest.approx([1.3 / 3, 0.2])


def test_a_chunk_that_contradicts_too_supports_less() -> None:
    contradicted = np.array([[0.9, 0.0], [0.3, 0.8]], dtype=np.float32)
    score = aggregate(SCORES, Aggregation.MEAN, contradicted=contradicted)
    # 0.7 * (1 - 0.3) = 0.49 beside 0.1 * 0.1, and 0.9 * (1 - 0) beside 0.2 * 0.2
    assert score == pytest.approx(0.695)
