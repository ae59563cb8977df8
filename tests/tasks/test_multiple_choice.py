"""Multiple choice: rows to options and the right one, outputs to probabilities."""

import math

import numpy as np
import pytest
from tests.tiny_models import tiny_tokenizer

from concord.errors import InputError
from concord.tasks import Encoding
from concord.tasks.multiple_choice import ChoiceInput, MultipleChoice

CHOICES = ["river", "bridge", "old"]


@pytest.mark.parametrize(
    ("label", "index"), [(1, 1), (1.0, 1), ("1", 1), ("B", 1), ("b", 1), ("bridge", 1), (0, 0)]
)
def test_a_label_is_an_index_a_letter_or_a_text(label: object, index: int) -> None:
    assert MultipleChoice().read_gold({"choices": CHOICES, "label": label}) == index


def test_an_equal_text_goes_before_letter_and_number() -> None:
    assert MultipleChoice().read_gold({"choices": ["2", "1", "0"], "label": "0"}) == 2
    assert MultipleChoice().read_gold({"choices": ["B", "A"], "label": "A"}) == 1


@pytest.mark.parametrize("label", [3, -1, "D", "lake", True, 0.5])
def test_a_label_that_is_no_option_is_told(label: object) -> None:
    with pytest.raises(InputError, match=r"column 'label' holds .* which is none of the 3 options"):
        MultipleChoice().read_gold({"choices": CHOICES, "label": label})


def test_no_label_is_no_gold() -> None:
    assert MultipleChoice().read_gold({"choices": CHOICES, "label": ""}) is None


def test_options_stand_in_a_list_in_json_in_a_mapping_or_in_columns() -> None:
    mapping = {"text": CHOICES, "label": ["A", "B", "C"]}
    for choices in (CHOICES, '["river", "bridge", "old"]', mapping):
        found = MultipleChoice().read_input({"question": "what?", "choices": choices})
        assert found == ChoiceInput("what?", ("river", "bridge", "old"))
    columns = MultipleChoice(choices=("a", "b", "c"))
    row = {"question": "what?", "a": "river", "b": 7, "c": None}
    assert columns.read_input(row).choices == ("river", "7")


@pytest.mark.parametrize("choices", ["river", ["river"], None, {"label": ["A"]}, "[1, 2"])
def test_what_is_no_list_of_options_is_told(choices: object) -> None:
    with pytest.raises(InputError, match=r"column 'choices' holds .* where 2 options should be"):
        MultipleChoice().read_input({"question": "what?", "choices": choices})


def test_each_option_is_a_sequence_behind_question_or_context() -> None:
    tokenizer = tiny_tokenizer()
    task = MultipleChoice(context="context")
    inputs = [
        ChoiceInput("it is", ("old", "long", "not old"), "the bridge"),
        ChoiceInput("it is", ("old", "long")),
    ]
    with_context, without = task.encode(inputs, tokenizer, 64)
    expected = tokenizer.token_ids(["the bridge", "it is long", "it is", "long"])
    assert len(with_context.sequences) == 3
    assert len(without.sequences) == 2
    for sequence, first, second in (
        (with_context.sequences[1], expected[0], expected[1]),
        (without.sequences[1], expected[2], expected[3]),
    ):
        assert sequence.first.tolist() == first.tolist()
        assert sequence.second is not None
        assert sequence.second.tolist() == second.tolist()


def test_an_over_long_question_never_costs_an_option_its_words() -> None:
    tokenizer = tiny_tokenizer()
    asked = ChoiceInput("it is " * 10, ("old", "long"), "the bridge")
    (encoding,) = MultipleChoice().encode([asked], tokenizer, 9)
    old, long = tokenizer.token_ids(["old", "long"])
    assert [len(each.first) for each in encoding.sequences] == [0, 0]
    ends = [each.second[-1] for each in encoding.sequences if each.second is not None]
    assert ends == [old[0], long[0]]
    assert encoding.num_lost == 2 * (2 + 21 - 6)  # 23 tokens; a window of 9 holds 6 of a pair


def test_probabilities_are_a_softmax_over_the_options() -> None:
    encoding = Encoding((), ("river", "bridge"))
    outputs = [np.array([value], dtype=np.float32) for value in (0.0, math.log(3))]
    answer = MultipleChoice().decode(encoding, outputs)
    assert (answer.index, answer.choice) == (1, "bridge")
    assert answer.probs == pytest.approx((0.25, 0.75))  # 1 and 3 of 4
    assert MultipleChoice().error(0, answer) == 1


def test_a_question_is_asked_as_a_tuple_or_a_mapping() -> None:
    asked = ChoiceInput("it is", ("old", "long"), "the bridge")
    task = MultipleChoice()
    assert task.parse_input(("it is", ["old", "long"], "the bridge")) == asked
    mapping = {"context": "the bridge", "question": "it is", "choices": ["old", "long"]}
    assert task.parse_input(mapping) == asked
    assert task.parse_input(("it is", ["old", "long"])).context == ""


@pytest.mark.parametrize("value", ["it is", ("it is", "old"), ("it is", ["old"]), {"text": "it"}])
def test_what_is_no_question_is_told(value: object) -> None:
    with pytest.raises(InputError, match=r"the task reads \(question, options\)"):
        MultipleChoice().parse_input(value)
