import numpy as np
import pytest

from concord.alignment.scores import FloatArray
from concord.scoring.aggregation import Aggregation
from concord.scoring.score_rules import ScoreRule
from concord.scoring.verdicts import Label, judge_claim, label_sentences


def probs(*chunks: list[tuple[float, float, float]]) -> FloatArray:
    return np.array(chunks, dtype=np.float32)


def test_a_sentence_takes_its_best_and_its_worst_chunk() -> None:
    two_chunks = probs(
        [(0.9, 0.1, 0.0), (0.2, 0.2, 0.6), (0.1, 0.8, 0.1)],
        [(0.1, 0.2, 0.7), (0.3, 0.6, 0.1), (0.2, 0.6, 0.2)],
    )
    assert label_sentences(two_chunks, threshold=0.5) == [
        Label.SUPPORTED,  # 0.9 in the first chunk, although the second contradicts with 0.7
        Label.CONTRADICTED,  # support 0.3, contradiction 0.6
        Label.UNSUPPORTED,  # neither reaches 0.5
    ]


@pytest.mark.parametrize(
    ("support", "contradiction", "label"),
    [
        (0.5, 0.5, Label.SUPPORTED),  # the threshold itself is enough
        (0.49, 0.5, Label.UNSUPPORTED),  # 0.5 is not above 0.5
        (0.45, 0.51, Label.CONTRADICTED),
    ],
)
def test_the_bounds_of_a_label(support: float, contradiction: float, label: Label) -> None:
    one = probs([(support, 1 - support - contradiction, contradiction)])
    assert label_sentences(one, threshold=0.5) == [label]


def test_more_support_than_contradiction_is_no_contradiction_below_a_high_threshold() -> None:
    split_evidence = probs([(0.7, 0.3, 0.0)], [(0.1, 0.3, 0.6)])
    assert label_sentences(split_evidence, threshold=0.8) == [Label.UNSUPPORTED]


def test_one_contradicted_sentence_makes_a_claim_that_fails_contradicted() -> None:
    sentences = probs([(0.9, 0.1, 0.0), (0.1, 0.1, 0.8)])
    verdict = judge_claim(sentences, threshold=0.5, rule=ScoreRule(aggregation=Aggregation.MIN))
    assert verdict.label is Label.CONTRADICTED
    assert verdict.score == pytest.approx(0.1)


def test_the_rule_of_aggregation_decides_what_the_threshold_sees() -> None:
    sentences = probs([(0.9, 0.1, 0.0), (0.2, 0.2, 0.6)])
    verdict = judge_claim(sentences, threshold=0.5, rule=ScoreRule())
    assert verdict.label is Label.SUPPORTED
    assert verdict.score == pytest.approx(0.55)  # mean of 0.9 and 0.2
