"""Ranges and choices: what may be written, and what is drawn from them."""

import tomllib
from typing import Any

import pytest

from concord.errors import ConfigError
from concord.workflows.search.space import Dimension, read_space, to_override, to_toml


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (
            {"low": 3, "high": 1},
            r"space\.a\.b: low must be below high, .*low = 3 and high = 1",
        ),
        ({"low": 1, "high": 1}, r"low must be below high, .* got low = 1 and high = 1"),
        ({"low": 0, "high": 1, "log": True}, r"log = true needs low above 0, got 0"),
        ({"low": 0.5, "high": 2, "integer": True}, r"integer = true needs whole ends"),
        ({"choices": []}, r"space\.a\.b: choices is empty; give at least one value"),
        ({"choices": [1], "low": 1}, r"give choices, or a range with low and high, but not both"),
        ({"low": 1}, r"space\.a\.b: give both low and high, or choices"),
        ({"low": 1, "hgih": 2}, r"unknown key 'space\.a\.b\.hgih'; did you mean 'high'"),
        (3, r"space\.a\.b should be a range such as .*, got 3"),
    ],
)
def test_what_is_no_range_is_told_in_one_sentence(table: Any, said: str) -> None:
    with pytest.raises(ConfigError, match=said) as caught:
        read_space({"a": {"b": table}}, source="search.toml")
    assert str(caught.value).startswith("search.toml: ")
    assert "\n" not in str(caught.value)


def test_a_space_without_a_key_is_told() -> None:
    with pytest.raises(ConfigError, match="space names no key; add one, such as"):
        read_space({}, source="search.toml")


def test_keys_may_be_tables_within_tables_or_have_dots() -> None:
    rate = {"low": 1e-5, "high": 1e-3, "log": True}
    nested = read_space({"trainer": {"optimizer": {"learning_rate": rate}}}, source="x")
    dotted = read_space({"trainer.optimizer.learning_rate": rate}, source="x")
    assert nested == dotted
    assert nested == {"trainer.optimizer.learning_rate": Dimension(low=1e-5, high=1e-3, log=True)}


def test_a_value_outside_a_dimension_is_no_setting_of_it() -> None:
    rate = Dimension(low=0.5, high=1.0)
    assert [rate.setting(value) for value in (0.5, 1, 1.1, "1", True, None)] == [
        0.5,
        1.0,
        None,
        None,
        None,
        None,
    ]
    layers = Dimension(low=1, high=4, integer=True)
    assert [layers.setting(value) for value in (2, 2.5, 0)] == [2, None, None]
    kinds = Dimension(choices=("lora", 3))
    assert [kinds.setting(value) for value in ("lora", 3, "3")] == ['"lora"', "3", None]


@pytest.mark.parametrize(
    "value", [1, 1e-05, 0.1 + 0.2, True, 'a "b"', ["x", 2], {"kind": "r_drop", "weight": 0.5}]
)
def test_a_choice_is_written_as_toml_that_reads_back(value: Any) -> None:
    assert tomllib.loads(f"value = {to_toml(value)}")["value"] == value


def test_a_setting_is_written_as_an_override() -> None:
    assert to_override("trainer.epochs", 2) == "trainer.epochs=2"
    assert to_override("adaptation.kind", '"lora"') == 'adaptation.kind="lora"'
