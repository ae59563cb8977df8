"""Alignment as a task: rows to labels by head, logits to the three heads' answers."""

import math
from typing import Any

import numpy as np
import pytest
from tests.tiny_models import tiny_tokenizer

from concord.alignment import Head
from concord.errors import ConfigError, InputError
from concord.tasks import Encoding
from concord.tasks.alignment import Alignment, AlignmentGold
from concord.tasks.single_inputs import TextInput

NOTHING = Encoding(())


@pytest.mark.parametrize(
    ("head", "label", "gold"),
    [
        ("binary", "aligned", AlignmentGold(binary=1)),
        ("binary", True, AlignmentGold(binary=1)),
        ("binary", "not_aligned", AlignmentGold(binary=0)),
        ("binary", 0, AlignmentGold(binary=0)),
        ("three_way", "entailment", AlignmentGold(three_way=0)),
        ("three_way", "NOT ENOUGH INFO", AlignmentGold(three_way=1)),
        ("three-way", "Contradiction", AlignmentGold(three_way=2)),
        ("three_way", 2, AlignmentGold(three_way=2)),
        ("regression", "0.25", AlignmentGold(regression=0.25)),
        ("regression", "", None),
    ],
)
def test_labels_are_read_as_data_sets_write_them(head: str, label: object, gold: object) -> None:
    assert Alignment().read_gold({"head": head, "label": label}) == gold


def test_one_head_can_be_fixed() -> None:
    task = Alignment(head_name=Head.THREE_WAY)
    assert task.read_gold({"label": "neutral"}) == AlignmentGold(three_way=1)
    assert task.metrics == ("three_way_accuracy",)


def test_a_target_has_no_number_for_heads_without_a_label() -> None:
    found = Alignment().target(NOTHING, AlignmentGold(three_way=2))
    assert np.isnan(found).tolist() == [True, False, True]
    assert found[1] == 2


def test_logits_become_the_answers_of_three_heads() -> None:
    logits = np.array([0, math.log(3), math.log(2), 0, 0, 1.5], dtype=np.float32)
    answer = Alignment().decode(NOTHING, [logits])
    assert answer.binary == pytest.approx(0.75)  # 3 of 1 + 3
    assert answer.three_way == pytest.approx(
        {"aligned": 0.5, "neutral": 0.25, "contradicted": 0.25}  # 2, 1 and 1 of 4
    )
    assert answer.regression == 1.0  # within [0, 1]
    assert Alignment().prediction(answer) == AlignmentGold(1, 0, 1.0)
    assert Alignment().error(AlignmentGold(three_way=0), answer) == 0
    assert Alignment().error(AlignmentGold(three_way=1), answer) == 1
    assert Alignment().error(AlignmentGold(regression=0.25), answer) == 0.75


def test_the_trivial_answer_is_the_most_frequent_class_or_the_mean() -> None:
    golds = [AlignmentGold(binary=1), AlignmentGold(three_way=2), AlignmentGold(regression=0.5)]
    assert Alignment().trivial([*golds, AlignmentGold(regression=0.0)]) == (1, 2, 0.25)


def test_an_over_long_pair_loses_the_end_of_its_context_only() -> None:
    tokenizer = tiny_tokenizer()
    pair = TextInput("the bridge is old in 1932", "it opened in 1932")
    (encoding,) = Alignment().encode([pair], tokenizer, 10)
    context, claim = tokenizer.token_ids([pair.text, pair.text_pair or ""])
    (sequence,) = encoding.sequences
    assert sequence.second is not None
    assert sequence.second.tolist() == claim.tolist()
    room = 10 - 3 - len(claim)  # three special tokens
    assert sequence.first.tolist() == context[:room].tolist()
    assert encoding.num_lost == len(context) - room


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ({"head": "ternary", "label": 1}, "column 'head' holds 'ternary', not one of binary"),
        ({"head": "binary", "label": "maybe"}, "'maybe', not a label of the binary head; write"),
        ({"head": "regression", "label": 2}, "holds 2, not a degree from 0 to 1"),
        ({"head": "regression", "label": "x"}, "holds 'x', not a degree from 0 to 1"),
        ({"label": 1}, "there is no column 'head'; the row has label"),
    ],
)
def test_what_does_not_fit_is_told(row: dict[str, Any], problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        Alignment().read_gold(row)


def test_a_head_that_is_not_there_is_told() -> None:
    with pytest.raises(ConfigError, match="unknown head_name 'ternary'; choose one of binary"):
        Alignment(head_name="ternary")  # type: ignore[arg-type]  # as a user may write it
