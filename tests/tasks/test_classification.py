"""Classification: rows to targets, logits to labels."""

import math
from dataclasses import replace

import numpy as np
import pytest

from concord.errors import ConfigError, InputError
from concord.tasks import Encoding
from concord.tasks.classification import Classification
from concord.tasks.single_inputs import TextInput

NOTHING = Encoding(())


def test_labels_are_learned_in_natural_order() -> None:
    golds = [("10",), ("2",), ("x",), ("2",)]
    assert Classification().learned(golds).labels == ("2", "10", "x")


def test_given_labels_keep_their_order() -> None:
    task = Classification(labels=("b", "a"))
    assert task.learned([("a",)]).labels == ("b", "a")


def test_numbers_and_truth_values_are_labels_too() -> None:
    task = Classification()
    golds = [task.read_gold({"label": value}) for value in (1, 1.0, "1", True, " yes ")]
    assert golds == [("1",), ("1",), ("1",), ("true",), ("yes",)]


def test_an_empty_label_is_no_label() -> None:
    assert Classification().read_gold({"label": ""}) is None
    assert Classification().read_gold({"label": None}) is None


def test_several_labels_stand_in_a_list_or_between_commas() -> None:
    task = Classification(multi_label=True)
    assert task.read_gold({"label": ["a", "b"]}) == ("a", "b")
    assert task.read_gold({"label": "a, b"}) == ("a", "b")
    assert task.read_gold({"label": ""}) == ()


def test_a_target_is_the_label_s_index_or_a_mark_for_each() -> None:
    one = Classification(labels=("a", "b", "c"))
    several = Classification(labels=("a", "b", "c"), multi_label=True)
    assert one.target(NOTHING, ("c",)).tolist() == [2]
    assert several.target(NOTHING, ("c", "a")).tolist() == [1, 0, 1]


def test_probabilities_are_a_softmax_over_the_labels() -> None:
    answer = Classification(labels=("a", "b")).decode(NOTHING, [np.array([0.0, math.log(3)])])
    assert answer.probs["b"] == pytest.approx(0.75)  # 3 / (1 + 3)
    assert (answer.label, answer.labels) == ("b", ("b",))


def test_each_of_several_labels_is_decided_for_itself() -> None:
    task = Classification(labels=("a", "b", "c"), multi_label=True)
    answer = task.decode(NOTHING, [np.array([math.log(3), 0.1, -1.0])])
    assert answer.labels == ("a", "b")
    assert answer.probs["a"] == pytest.approx(0.75)  # 1 / (1 + 1/3)


def test_an_error_counts_all_labels() -> None:
    task = Classification(labels=("a", "b"), multi_label=True)
    answer = task.decode(NOTHING, [np.array([2.0, 2.0])])
    assert task.error(("a", "b"), answer) == 0
    assert task.error(("a",), answer) == 1


def test_the_trivial_answer_is_the_most_frequent() -> None:
    assert Classification().trivial([("a",), ("b",), ("b",)]) == ("b",)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ({"text": "x", "label": "z"}, "column 'label' holds 'z', not one of a, b"),
        ({"text": 3, "label": "a"}, "column 'text' holds 3 where a text should be"),
        ({"body": "x", "label": "a"}, "there is no column 'text'; the row has body, label"),
        ({"text": "x", "label": ["a"]}, "a label is a text or a number, found ['a']"),
    ],
)
def test_a_row_that_does_not_fit_is_told_by_its_column(
    row: dict[str, object], problem: str
) -> None:
    task = Classification(labels=("a", "b"))
    with pytest.raises(InputError) as caught:
        _ = task.read_input(row), task.read_gold(row)
    assert str(caught.value).startswith(problem)


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"labels": ("a", "a")}, "labels must differ"),
        ({"labels": ("a",)}, "at least 2 labels, got only 'a'"),
        ({"pooling": "max"}, "unknown pooling 'max'; choose one of first, mean, attention"),
        ({"hidden_sizes": (0,), "labels": ("a", "b")}, "hidden_sizes must be above 0"),
        ({"held_out": 1.5}, "held_out lies between 0 and 1, got 1.5"),
        ({"loss_weight": -1.0}, "loss_weight must be at least 0"),
        ({"both_orders": True}, "both_orders is for pairs; name the column text_pair too"),
    ],
)
def test_options_that_cannot_work_are_refused(options: dict[str, object], problem: str) -> None:
    with pytest.raises(ConfigError, match=problem.replace("(", r"\(")):
        _ = Classification(**options).head  # type: ignore[arg-type]


def test_one_label_alone_is_refused() -> None:
    with pytest.raises(ConfigError, match="has only 'a'; a classification needs at least 2"):
        Classification().learned([("a",), ("a",)])


def test_a_pair_is_learned_in_both_orders_where_the_label_does_not_depend_on_it() -> None:
    rows, golds = [TextInput("a", "b"), TextInput("c", "d")], [("0",), ("1",)]
    task = Classification(text_pair="text_pair", labels=("0", "1"))
    assert task.training_examples(rows, golds) == (rows, golds)
    inputs, answers = replace(task, both_orders=True).training_examples(rows, golds)
    assert list(inputs) == [*rows, TextInput("b", "a"), TextInput("d", "c")]
    assert list(answers) == [("0",), ("1",), ("0",), ("1",)]
