"""Systems that count words, or read nothing at all."""

from collections.abc import Sequence

import numpy as np
import pytest

from concord.alignment import AlignmentExample, AlignmentScores, Head
from concord.alignment.scores import FloatArray
from concord.data.recipe import Metric
from concord.evaluation.metrics import option_hits
from concord.evaluation.runner import Progress
from concord.evaluation.systems import Learner, MajoritySystem, UnsplitSystem, build_system
from concord.evaluation.systems.readings import ClassReading, ThresholdReading
from concord.evaluation.systems.rouge import best_sentences

CONTEXT = "A man sleeps. The dog barks at the moon."


def _examples(
    head: Head, pairs: Sequence[tuple[str, str, float]], groups: Sequence[str] | None = None
) -> list[AlignmentExample]:
    return [
        AlignmentExample(
            context=context,
            claim=claim,
            head=head,
            target=target,
            group=None if groups is None else groups[row],
        )
        for row, (context, claim, target) in enumerate(pairs)
    ]


def test_every_head_gets_the_share_of_words_that_the_context_has() -> None:
    system = build_system("lexical_overlap")
    scores = system.predict([CONTEXT], ["a man runs"])  # 2 of 3 words
    assert [scores.aligned(head)[0] for head in Head] == pytest.approx([2 / 3] * 3)
    assert scores.three_way[0] == pytest.approx([2 / 3, 1 / 3, 0])
    assert system.score([CONTEXT], ["a man runs"], head="three_way") == pytest.approx([2 / 3])


def test_bigrams_are_pairs_of_neighbours() -> None:
    # (a, man) of (a, man), (man, runs): 1 of 2
    scores = build_system("bigram_overlap").predict([CONTEXT], ["a man runs"])
    assert scores.binary[0] == 0.5
    # one half is not above one half, for two classes and for three
    assert scores.three_way[0].argmax() == 1


def test_rouge_2_of_whole_texts_is_the_f1_of_their_bigrams() -> None:
    # context: 8 bigrams; claim: 3, all of them in the context; 2 * 3 / (8 + 3)
    scores = build_system("rouge_2").predict([CONTEXT], ["the dog barks at"])
    assert scores.binary[0] == pytest.approx(6 / 11)


def test_rouge_2_split_takes_each_claim_sentence_s_best_context_sentence() -> None:
    # "The dog barks at." has 3 of the 5 bigrams of its best sentence: 2 * 3 / (5 + 3) = 3 / 4;
    # "A man runs." has 1 of the 2 of "A man sleeps.": 2 * 1 / (2 + 2) = 1 / 2; the mean is 5 / 8
    claims = ["The dog barks at. A man runs."]
    (degree,) = build_system("rouge_2").score([CONTEXT], claims, head="binary")
    assert degree == pytest.approx(5 / 8)


def test_texts_without_a_sentence_are_compared_as_they_are() -> None:
    def is_equal(context: str, claim: str) -> float:
        return float(context == claim)

    assert best_sentences(is_equal)("", "") == 1.0
    assert best_sentences(is_equal)("One. Two.", "Two. Three.") == 0.5


def test_a_threshold_is_learned_without_changing_the_order() -> None:
    # shares of claim words in the context: 1, 2/3, 1/3, 0; aligned from 1/3 on
    pairs = [
        ("a b c", claim, target)
        for claim, target in (("a b c", 1.0), ("a b x", 1.0), ("a x y", 1.0), ("x y z", 0.0))
    ]
    system = build_system("lexical_overlap")
    assert isinstance(system, Learner)
    learned = system.fitted(Head.BINARY, _examples(Head.BINARY, pairs))
    degrees = learned.predict(["a b c"] * 4, [claim for _, claim, _ in pairs]).binary
    assert (degrees > 0.5).tolist() == [True, True, True, False]
    assert degrees.tolist() == sorted(degrees.tolist(), reverse=True)
    assert learned.fingerprint != system.fingerprint


@pytest.mark.parametrize(("target", "is_aligned"), [(1.0, True), (0.0, False)])
def test_a_threshold_of_one_class_alone_gives_that_class(target: float, is_aligned: bool) -> None:
    degrees = np.array([0.0, 0.4, 1.0])
    reading = ThresholdReading.fit(degrees, np.full(3, target))
    assert (reading(degrees.astype(np.float32)).binary > 0.5).tolist() == [is_aligned] * 3


def test_classes_are_as_likely_as_among_examples_of_like_degree() -> None:
    degrees = np.repeat([0.25, 0.75], 50)
    targets = np.concatenate([np.full(30, 1.0), np.full(20, 2.0), np.zeros(50)])
    reading = ClassReading.fit(degrees, targets)
    scores = reading(np.array([0.25, 0.75], dtype=np.float32))
    assert scores.three_way[0] == pytest.approx([0, 0.6, 0.4])  # 30 neutral, 20 contradicted
    assert scores.three_way[1] == pytest.approx([1, 0, 0])


def test_grades_are_not_learned() -> None:
    system = build_system("lexical_overlap")
    assert isinstance(system, Learner)
    examples = _examples(Head.REGRESSION, [("a", "a", 0.2), ("a", "b", 0.9)])
    assert system.fitted(Head.REGRESSION, examples).fingerprint == system.fingerprint


def test_the_majority_is_the_commonest_class() -> None:
    pairs = [("c", "a", 1.0), ("c", "b", 1.0), ("c", "d", 2.0)]
    fitted = MajoritySystem().fitted(Head.THREE_WAY, _examples(Head.THREE_WAY, pairs))
    scores = fitted.predict(["x"], ["y"])
    assert scores.three_way[0] == pytest.approx([0, 2 / 3, 1 / 3])


def test_the_majority_of_two_classes_may_be_not_aligned_but_for_f1() -> None:
    examples = _examples(Head.BINARY, [("c", "a", 0.0), ("c", "b", 0.0), ("c", "d", 1.0)])
    assert MajoritySystem().fitted(Head.BINARY, examples).predict(["x"], ["y"]).binary[0] == 0
    best = MajoritySystem().fitted(Head.BINARY, examples, metric=Metric.F1)
    assert best.predict(["x"], ["y"]).binary[0] == 1


def test_the_majority_of_options_is_the_place_that_is_right_most_often() -> None:
    # right places: a first, b second, c second; always the second: 2 of 3
    targets = [1.0, 0, 0, 1, 0, 1]
    groups = ["a", "a", "b", "b", "c", "c"]
    pairs = [("text", f"option {row}", target) for row, target in enumerate(targets)]
    examples = _examples(Head.BINARY, pairs, groups)
    fitted = MajoritySystem().fitted(Head.BINARY, examples, metric=Metric.OPTION_ACCURACY)
    degrees = fitted.predict(["text"] * 6, [claim for _, claim, _ in pairs]).binary
    hits = option_hits(degrees.astype(np.float64), np.array(targets), groups)
    assert hits.mean() == pytest.approx(2 / 3)


class _Halves:
    """Says more of a claim when it may split its context."""

    name, kind, description = "halves", "model", "A stand-in."
    fingerprint, parameters, size_mb = "0" * 16, 7, 0.5
    seen = ("snli",)
    num_truncated = 3

    def predict(
        self,
        contexts: Sequence[str],
        claims: Sequence[str],
        *,
        progress: Progress | None = None,
    ) -> AlignmentScores:
        del contexts, progress
        half = np.full(len(claims), 0.5, dtype=np.float32)
        three_way: FloatArray = np.stack([half / 5, half, half], axis=1).astype(np.float32)
        return AlignmentScores((half / 2).astype(np.float32), half, three_way)

    def score(
        self,
        contexts: Sequence[str],
        claims: Sequence[str],
        *,
        head: str,
        progress: Progress | None = None,
    ) -> FloatArray:
        del contexts, head, progress
        return np.ones(len(claims), dtype=np.float32)


def test_without_splitting_a_claim_s_score_is_what_the_head_predicts() -> None:
    system = UnsplitSystem(_Halves())
    found = [system.score(["c"], ["a"], head=head)[0] for head in Head]
    assert found == pytest.approx([0.5, 0.1, 0.25])  # binary, three-way, regression
    assert system.name == "halves (no splitting)"
    assert (system.num_truncated, system.parameters, system.seen) == (3, 7, ("snli",))
    assert system.fingerprint != _Halves.fingerprint
