"""Tables of names: what they give, and what they answer to a wrong name."""

import sys
from pathlib import Path

import pytest

from concord.errors import ConfigError
from concord.registry import Registry, did_you_mean


def colours() -> Registry[str]:
    return Registry("word", str, {"ascii": "string:ascii_lowercase", "digits": "string:digits"})


def test_an_entry_is_what_its_module_has_under_that_name() -> None:
    assert colours().get("digits") == "0123456789"


def test_names_are_in_alphabetical_order() -> None:
    table = colours()
    table.register("blanks", "string:whitespace")
    assert table.names() == ("ascii", "blanks", "digits")


def test_a_module_is_imported_when_it_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "late_words.py").write_text("WORD = 'late'\n")
    monkeypatch.syspath_prepend(tmp_path)
    table = Registry("word", str, {"late": "late_words:WORD"})
    assert "late_words" not in sys.modules
    assert table.get("late") == "late"


def test_a_misspelt_name_is_answered_with_the_nearest_one() -> None:
    with pytest.raises(ConfigError) as error:
        colours().get("digit")
    assert str(error.value) == "unknown word 'digit'; did you mean 'digits'? (known: ascii, digits)"


def test_a_name_like_no_other_gets_no_guess() -> None:
    assert did_you_mean("zzz", ("ascii", "digits")) == ""


def test_an_entry_of_another_kind_is_refused() -> None:
    table = Registry("word", str, {"odd": "string:Formatter"})
    with pytest.raises(ConfigError, match="word 'odd' is a type, not a str"):
        table.get("odd")


@pytest.mark.parametrize(
    ("name", "target", "message"),
    [
        ("digits", "string:digits", "word 'digits' is already registered"),
        ("punctuation", "string.punctuation", "needs 'module:attribute'"),
    ],
)
def test_a_name_is_registered_once_and_with_its_place(name: str, target: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        colours().register(name, target)
