from typing import Any

import numpy as np
import pytest

from concord.errors import ConfigError, InputError
from concord.scoring.inputs import check_pairs, check_threshold


@pytest.mark.parametrize(
    ("contexts", "claims", "message"),
    [
        ("one", ["one"], r"contexts is a single text; give a list of texts, such as \[context\]"),
        (["one"], "one", r"claims is a single text; give a list of texts, such as \[claim\]"),
        (["one", "two"], ["one"], r"there are 2 contexts and 1 claims"),
        (["one", "two"], ["one", ""], r"claims\[1\] is empty \(''\)"),
        (["one"], [" \n"], r"claims\[0\] is empty \(' \\n'\)"),
        (["one"], [None], r"claims\[0\] is None \(NoneType\); give a text"),
        ([float("nan")], ["one"], r"contexts\[0\] is nan \(float\); give a text"),
        ([["one", 2]], ["one"], r"contexts\[0\]\[1\] is 2 \(int\); give a text"),
        ([[["one"]]], ["one"], r"contexts\[0\]\[0\] is a list"),
        (None, ["one"], r"contexts is None \(NoneType\); give a list of texts"),
    ],
)
def test_a_mistake_is_named_where_it_was_made(contexts: Any, claims: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        check_pairs(contexts, claims)


def test_an_empty_context_and_a_column_of_an_array_are_fine() -> None:
    contexts, claims = check_pairs(np.array(["", "two"]), ("one", "two"))
    assert contexts == ["", "two"]
    assert claims == ["one", "two"]


def test_passages_are_refused_where_one_text_is_read() -> None:
    with pytest.raises(InputError, match=r"contexts\[0\] is a list; give one text, or use score"):
        check_pairs([["one"]], ["two"], allow_passages=False)


@pytest.mark.parametrize("threshold", [-0.1, 1.1, float("nan")])
def test_a_threshold_outside_the_scores_is_refused(threshold: float) -> None:
    with pytest.raises(ConfigError, match="a threshold lies between 0 and 1"):
        check_threshold(threshold)
