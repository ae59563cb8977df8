"""Preference: rows to pairs, scores to answers."""

import math

import numpy as np
import pytest
from tests.tiny_models import tiny_tokenizer

from concord.errors import InputError
from concord.tasks import Encoding
from concord.tasks.preference import Preference, PreferenceAnswer, PreferenceInput


def test_the_better_text_stands_first() -> None:
    row = {"better": "old", "worse": "long", "prompt": "it is"}
    assert Preference().read_input(row) == PreferenceInput(("old", "long"))
    with_context = Preference(context="prompt")
    assert with_context.read_input(row) == PreferenceInput(("old", "long"), "it is")
    assert Preference().read_gold(row) == 1


def test_a_row_without_one_of_the_texts_is_unlabelled_but_a_missing_column_is_told() -> None:
    assert Preference().read_gold({"better": "old", "worse": None}) is None
    with pytest.raises(InputError, match="there is no column 'worse'; the row has better"):
        Preference().read_gold({"better": "old"})


def test_a_single_text_is_scored_and_two_are_compared() -> None:
    task, with_context = Preference(), Preference(context="prompt")
    assert task.parse_input("old") == PreferenceInput(("old",))
    assert task.parse_input(("old", "long")) == PreferenceInput(("old", "long"))
    assert with_context.parse_input(("it", "old")) == PreferenceInput(("old",), "it")
    assert with_context.parse_input(["it", "a", "b"]) == PreferenceInput(("a", "b"), "it")


def test_each_text_is_a_sequence_beside_its_context() -> None:
    tokenizer = tiny_tokenizer()
    it, old = tokenizer.token_ids(["it", "old"])
    (alone,) = Preference().encode([PreferenceInput(("old",))], tokenizer, 64)
    (beside,) = Preference(context="c").encode(
        [PreferenceInput(("long", "old"), "it")], tokenizer, 64
    )
    assert [(each.first.tolist(), each.second) for each in alone.sequences] == [
        (old.tolist(), None)
    ]
    assert len(beside.sequences) == 2
    assert beside.sequences[1].first.tolist() == it.tolist()
    assert beside.sequences[1].second is not None
    assert beside.sequences[1].second.tolist() == old.tolist()


def test_an_answer_tells_score_margin_and_probability() -> None:
    outputs = [np.array([value], dtype=np.float32) for value in (2.0, 2.0 + math.log(3))]
    answer = Preference().decode(Encoding(()), outputs)
    assert answer.score == 2.0
    assert answer.margin == pytest.approx(-math.log(3))
    assert answer.better == 1
    assert answer.probability == pytest.approx(0.25)  # 1 / (1 + 3)
    assert Preference().error(1.0, answer) == pytest.approx(math.log(3))
    assert Preference().error(-1.0, answer) == 0


def test_a_threshold_decides_on_a_single_text() -> None:
    assert PreferenceAnswer((2.0,), threshold=1.5).is_above is True
    assert PreferenceAnswer((1.0,), threshold=1.5).is_above is False
    assert PreferenceAnswer((1.0,)).is_above is None


@pytest.mark.parametrize("value", [3, ("a", 3), ("a", "b", "c"), ()])
def test_what_is_no_text_is_told(value: object) -> None:
    with pytest.raises(InputError, match="the task reads a text, or two, found"):
        Preference().parse_input(value)
    with pytest.raises(InputError, match=r"the task reads \(context, text\) or"):
        Preference(context="prompt").parse_input("alone")
