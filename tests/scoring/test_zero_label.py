import numpy as np
import pytest

from concord.alignment import Head
from concord.errors import ConfigError, InputError
from concord.scoring.aligner import Aligner
from concord.scoring.zero_label import classify, label_claims, option_probabilities


@pytest.fixture
def reader(claim_words_aligner: Aligner) -> Aligner:
    """An aligner that finds a claim supported if the context has its last word."""
    return claim_words_aligner


def test_probabilities_of_options_are_the_softmax_of_their_log_odds() -> None:
    # odds of 0.5 and 0.8 are 1 and 4, so 1/5 and 4/5
    probs = option_probabilities(np.array([0.5, 0.8], dtype=np.float32))
    assert probs == pytest.approx([0.2, 0.8], rel=1e-6)


def test_scores_of_0_and_1_have_finite_log_odds() -> None:
    # as if a millionth away from 0 and 1: odds of 1e-6 and 1e6
    probs = option_probabilities(np.array([0, 1], dtype=np.float32))
    assert probs == pytest.approx([0, 1], abs=1e-9)


def test_a_text_gets_the_label_whose_claim_it_supports(reader: Aligner) -> None:
    (found,) = classify(["a b"], ["c", "b"], template="is {}", aligner=reader)
    # a logit of 4 beside two zeros is odds of exp(4) / 2; of 0 beside 4 and 0, 1 / (exp(4) + 1)
    odds = {"c": 1 / (np.exp(4) + 1), "b": np.exp(4) / 2}
    expected = {label: each / sum(odds.values()) for label, each in odds.items()}
    assert found.probabilities == pytest.approx(expected, rel=1e-4)
    assert list(found.probabilities) == ["c", "b"]
    assert (found.label, found.labels) == ("b", ("b",))
    assert found.probability == found.probabilities["b"]


def test_of_equal_labels_the_first_is_taken(reader: Aligner) -> None:
    (found,) = classify(["a b"], ["b", "a"], template="{}", aligner=reader)
    assert found.label == "b"
    assert found.probabilities == pytest.approx({"b": 0.5, "a": 0.5})


def test_several_labels_have_scores_of_their_own(reader: Aligner) -> None:
    high, low = np.exp(4) / (np.exp(4) + 2), 1 / (np.exp(4) + 2)
    none, two = classify(
        ["", "b a"], ["a", "c", "b"], template="{}", multi_label=True, aligner=reader
    )
    assert two.probabilities == pytest.approx({"a": high, "c": low, "b": high}, rel=1e-4)
    assert (two.label, two.labels) == ("a", ("a", "b"))
    assert (none.label, none.labels) == ("a", ())


def test_a_threshold_decides_which_of_several_labels_apply(reader: Aligner) -> None:
    (found,) = classify(
        ["b"], ["a", "b"], template="{}", multi_label=True, threshold=0.01, aligner=reader
    )
    assert found.labels == ("b", "a")  # 0.965 and 0.018


def test_labels_may_bring_claims_of_their_own_whose_scores_are_averaged(reader: Aligner) -> None:
    high, low = np.exp(4) / (np.exp(4) + 2), 1 / (np.exp(4) + 2)
    (found,) = classify(
        ["a b"], {"letters": ["a", "b"], "other": ["a", "c"], "one": "c"},
        multi_label=True, aligner=reader,
    )  # fmt: skip
    expected = {"letters": high, "other": (high + low) / 2, "one": low}
    assert found.probabilities == pytest.approx(expected, rel=1e-4)


def test_many_texts_are_classified_as_each_alone(reader: Aligner) -> None:
    texts = ["a", "b c", "", "c a a a a a a a a a a a a a b"]
    together = classify(texts, ["a", "b", "c"], template="{}", aligner=reader)
    alone = [classify([text], ["a", "b", "c"], template="{}", aligner=reader)[0] for text in texts]
    assert together == alone


def test_the_end_of_a_long_text_counts(reader: Aligner) -> None:
    # 16 tokens less 3 special ones and one of the claim: the 30th word is in a third chunk
    (found,) = classify(["a " * 29 + "b"], ["c", "b"], template="{}", aligner=reader)
    assert found.label == "b"
    assert reader.num_truncated == 0


def test_a_label_is_judged_on_all_chunks_unless_told_otherwise(reader: Aligner) -> None:
    # 12 tokens a chunk: all "a", all "a", all "b"; so two of three chunks, or the best one
    text = "a " * 24 + "b " * 12
    high, low = np.exp(4) / (np.exp(4) + 2), 1 / (np.exp(4) + 2)
    options = {"template": "{}", "multi_label": True, "aligner": reader}
    (found,) = classify([text], ["a", "b"], **options)  # type: ignore[arg-type]
    expected = {"a": (2 * high + low) / 3, "b": (high + 2 * low) / 3}
    assert found.probabilities == pytest.approx(expected, rel=1e-4)
    (by_best,) = classify([text], ["a", "b"], top_chunks=1, **options)  # type: ignore[arg-type]
    assert by_best.probabilities == pytest.approx({"a": high, "b": high}, rel=1e-4)


def test_no_texts_have_no_labels(reader: Aligner) -> None:
    assert classify([], ["a"], aligner=reader) == []


def test_the_head_can_be_chosen(reader: Aligner) -> None:
    (found,) = classify(
        ["a"], ["a"], template="{}", head=Head.BINARY, multi_label=True, aligner=reader
    )
    assert found.probability == pytest.approx(1 / (1 + np.exp(-4)), rel=1e-4)


@pytest.mark.parametrize(
    ("labels", "template", "problem"),
    [
        ([], "{}", "there are no labels; give at least one"),
        ({}, "{}", "there are no labels; give at least one"),
        (["a"], "about", "the template 'about' has no {} in place of the label"),
        (["a", "b", "a"], "{}", "label 'a' is given twice; give each label once"),
        ("sport", "{}", "labels is a single text; give a list of texts, such as ['sport']"),
        ({"a": []}, "{}", "label 'a' has no claim; give at least one"),
    ],
)
def test_labels_that_cannot_work_are_named(labels: list[str], template: str, problem: str) -> None:
    with pytest.raises(ConfigError) as caught:
        label_claims(labels, template)
    assert str(caught.value) == problem


def test_an_empty_label_or_claim_is_named() -> None:
    with pytest.raises(InputError, match=r"labels\[1\] is empty"):
        label_claims(["a", " "])
    with pytest.raises(InputError, match="the claim of label 'a' is empty"):
        label_claims({"a": ""})


def test_a_threshold_without_several_labels_is_refused(reader: Aligner) -> None:
    with pytest.raises(ConfigError, match="only matters where several labels may apply"):
        classify(["a"], ["a"], threshold=0.5, aligner=reader)
