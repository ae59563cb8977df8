"""Label names of other makers, and their outputs as joint logits."""

import numpy as np
import pytest

from concord.alignment import compute_scores
from concord.errors import ConfigError
from concord.workflows.contenders.labels import Meaning, joint_logits, parse_order, read_order

A, N, C, NOT = Meaning.ALIGNED, Meaning.NEUTRAL, Meaning.CONTRADICTED, Meaning.NOT_ALIGNED


@pytest.mark.parametrize(
    ("names", "order"),
    [
        (("contradiction", "entailment", "neutral"), (C, A, N)),
        (("CONTRADICTION", "NEUTRAL", "ENTAILMENT"), (C, N, A)),
        (("SUPPORTS", "REFUTES", "NOT ENOUGH INFO"), (A, C, N)),
        (("e", "n", "c"), (A, N, C)),
        (("entailment", "not_entailment"), (A, NOT)),
        (("inconsistent", "consistent"), (NOT, A)),
        (("Unsupported", "Supported"), (NOT, A)),
        (("hallucinated", "factual"), (NOT, A)),
        (("refuted", "supported"), (C, A)),
        (("LABEL_0",), (A,)),
        (("similarity",), (A,)),
        (("hallucination",), (NOT,)),
    ],
)
def test_names_are_read_in_any_order_and_spelling(
    names: tuple[str, ...], order: tuple[Meaning, ...]
) -> None:
    assert read_order(dict(enumerate(names)), source="theirs") == order


def test_labels_named_by_number_alone_say_nothing() -> None:
    assert read_order({0: "LABEL_0", 1: "LABEL_1", 2: "LABEL_2"}, source="theirs") is None
    assert read_order({0: "0", 1: "1"}, source="theirs") is None


def test_labels_of_something_else_are_refused_by_name() -> None:
    with pytest.raises(ConfigError, match="theirs names its labels anger, joy, of which 'anger'"):
        read_order({0: "anger", 1: "joy"}, source="theirs")


@pytest.mark.parametrize("names", [("entailment", "supported"), ("neutral", "contradiction")])
def test_labels_that_do_not_go_together_are_refused(names: tuple[str, str]) -> None:
    with pytest.raises(ConfigError, match="a model for pairs has aligned, neutral"):
        read_order(dict(enumerate(names)), source="theirs")


def test_a_written_order_needs_one_name_for_each_output() -> None:
    assert parse_order("contradiction, neutral, entailment", 3, source="theirs") == (C, N, A)
    with pytest.raises(ConfigError, match=r"names 2 labels .* and theirs has 3"):
        parse_order("aligned,neutral", 3, source="theirs")
    with pytest.raises(ConfigError, match="--label-order has 'happy'"):
        parse_order("aligned,happy,neutral", 3, source="theirs")


def test_three_classes_give_every_head_the_same_probability_of_aligned() -> None:
    probs = np.array([[0.2, 0.7, 0.1]])  # contradicted, aligned, neutral
    scores = compute_scores(joint_logits(np.log(probs).astype(np.float32), (C, A, N)))
    assert scores.three_way[0] == pytest.approx([0.7, 0.1, 0.2])
    assert scores.binary[0] == pytest.approx(0.7)
    assert scores.regression[0] == pytest.approx(0.7)


def test_what_is_merely_not_aligned_is_neutral_to_three_classes() -> None:
    probs = np.array([[0.6, 0.4]])
    scores = compute_scores(joint_logits(np.log(probs).astype(np.float32), (NOT, A)))
    assert scores.three_way[0] == pytest.approx([0.4, 0.6, 0.0])
    assert scores.binary[0] == pytest.approx(0.4)


def test_two_classes_that_are_contraries_have_no_neutral() -> None:
    probs = np.array([[0.9, 0.1]])
    scores = compute_scores(joint_logits(np.log(probs).astype(np.float32), (A, C)))
    assert scores.three_way[0] == pytest.approx([0.9, 0.0, 0.1])


def test_a_lone_logit_is_a_sigmoid() -> None:
    # sigmoid(log 3) = 3 / 4; an output that rises with hallucination says the contrary
    outputs = np.array([[np.log(3.0)]], dtype=np.float32)
    assert compute_scores(joint_logits(outputs, (A,))).binary[0] == pytest.approx(0.75)
    assert compute_scores(joint_logits(outputs, (NOT,))).binary[0] == pytest.approx(0.25)


def test_a_lone_degree_stays_as_it_is_within_its_range() -> None:
    outputs = np.array([[0.3], [1.2], [-0.1]], dtype=np.float32)
    scores = compute_scores(joint_logits(outputs, (A,), is_bounded=True))
    assert scores.regression == pytest.approx([0.3, 1.0, 0.0], abs=1e-6)
    assert scores.binary == pytest.approx([0.3, 1.0, 0.0], abs=1e-6)
