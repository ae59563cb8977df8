import numpy as np
import pytest

from concord.errors import ConfigError, InputError
from concord.scoring.aligner import Aligner
from concord.scoring.ranking import RankedPassage, best_of, rank_for_queries, rank_passages

HIGH = np.exp(4) / (np.exp(4) + 2)  # the three-way head where the context has the last word: 0.965
LOW = 1 / (np.exp(4) + 2)  # and where it has not: 0.018
BINARY_HIGH = 1 / (1 + np.exp(-4))


@pytest.fixture
def reader(claim_words_aligner: Aligner) -> Aligner:
    """An aligner that finds a claim supported if the context has its last word."""
    return claim_words_aligner


def test_passages_come_in_order_of_support_and_equals_as_given(reader: Aligner) -> None:
    ranked = rank_passages("c a", ["b", "a", "", "d a"], aligner=reader)
    assert [each.index for each in ranked] == [1, 3, 0, 2]
    assert [each.text for each in ranked] == ["a", "d a", "b", ""]
    assert [each.score for each in ranked] == pytest.approx([BINARY_HIGH] * 2 + [0.5] * 2, rel=1e-4)


def test_only_the_best_passages_are_returned(reader: Aligner) -> None:
    (best,) = rank_passages("a", ["b", "a"], top_k=1, aligner=reader)
    assert best == RankedPassage(1, best.score, "a")
    assert len(rank_passages("a", ["b", "a"], top_k=9, aligner=reader)) == 2


def test_the_end_of_a_long_passage_counts(reader: Aligner) -> None:
    ranked = rank_passages("a", ["b", "b " * 30 + "a"], aligner=reader)
    assert ranked[0].index == 1
    assert reader.num_truncated == 0


def test_many_queries_are_ranked_as_each_alone(reader: Aligner) -> None:
    queries, passages = ["a", "b", "c"], [["b", "a"], [], ["a b", "c", "c d"]]
    together = rank_for_queries(queries, passages, aligner=reader)
    assert together == [
        rank_passages(query, each, aligner=reader)
        for query, each in zip(queries, passages, strict=True)
    ]
    assert [[each.index for each in ranked] for ranked in together] == [[1, 0], [], [1, 2, 0]]


def test_what_cannot_be_ranked_is_named(reader: Aligner) -> None:
    with pytest.raises(ConfigError, match="top_k must be at least 1, got 0"):
        rank_passages("a", ["a"], top_k=0, aligner=reader)
    with pytest.raises(InputError, match="query is empty"):
        rank_passages(" ", ["a"], aligner=reader)
    with pytest.raises(InputError, match="there are 2 queries and 1 lists of passages"):
        rank_for_queries(["a", "b"], [["a"]], aligner=reader)
    with pytest.raises(InputError, match=r"passages\[0\]\[0\] is a list"):
        rank_for_queries(["a"], [[["a"]]], aligner=reader)  # type: ignore[list-item]


def test_the_candidate_with_the_best_worst_sentence_is_chosen(reader: Aligner) -> None:
    best = best_of("yes maybe", ["No. Yes.", "Yes. Maybe.", "No."], aligner=reader)
    assert (best.index, best.text, best.unsupported) == (1, "Yes. Maybe.", ())
    assert best.scores == pytest.approx((LOW, HIGH, LOW), rel=1e-4)
    assert best.score == best.scores[1]


def test_by_the_mean_one_false_sentence_may_hide(reader: Aligner) -> None:
    candidates = ["No.", "No. Yes. Maybe."]
    best = best_of(["yes", "maybe"], candidates, aggregation="mean", aligner=reader)
    assert best.scores == pytest.approx((LOW, (2 * HIGH + LOW) / 3), rel=1e-4)
    assert (best.index, best.unsupported) == (1, ("No.",))


def test_of_equal_candidates_the_first_is_chosen(reader: Aligner) -> None:
    assert best_of("a", ["B", "D", "B"], aligner=reader).index == 0


def test_a_candidate_is_read_after_its_question(reader: Aligner) -> None:
    # the question's blank is filled with the candidate, so all claims end in the context's "b"
    best = best_of("b", ["d", "b"], question="_ b", aligner=reader)
    assert best.scores == pytest.approx((BINARY_HIGH, BINARY_HIGH), rel=1e-4)
    assert best_of("b", ["d", "b"], question="b?", aligner=reader).index == 1


def test_a_sentence_below_the_threshold_is_unsupported(reader: Aligner) -> None:
    assert best_of("a", ["A"], threshold=0.99, aligner=reader).unsupported == ("A",)
    assert best_of("a", ["A"], aligner=reader).unsupported == ()


def test_what_cannot_be_chosen_from_is_named(reader: Aligner) -> None:
    with pytest.raises(InputError, match="there are no candidates; give at least one"):
        best_of("a", [], aligner=reader)
    with pytest.raises(InputError, match=r"candidates\[1\] is empty"):
        best_of("a", ["a", ""], aligner=reader)
    with pytest.raises(InputError, match="question is empty"):
        best_of("a", ["a"], question="", aligner=reader)
    with pytest.raises(ConfigError, match="unknown aggregation 'max'"):
        best_of("a", ["a"], aggregation="max", aligner=reader)
