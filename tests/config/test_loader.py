import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from concord.config import dump_config, load_config, to_mapping
from concord.errors import ConfigError


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    max_steps: int = 10
    learning_rate: float = 0.1

    def __post_init__(self) -> None:
        if self.max_steps < 1:
            raise ConfigError(f"max_steps must be at least 1, got {self.max_steps}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    name: str
    folder: Path = Path("runs")
    colour: Colour = Colour.RED
    mode: Literal["fast", "exact"] = "fast"
    first: Stage = field(default_factory=Stage)
    last: Stage | None = None
    stages: tuple[Stage, ...] = ()
    named: Mapping[str, Stage] = field(default_factory=dict)
    limit: int | None = None
    resume: bool = False


def write(folder: Path, text: str) -> Path:
    path = folder / "run.toml"
    path.write_text(text, encoding="utf-8")
    return path


def message(path: Path | None, *overrides: str) -> str:
    with pytest.raises(ConfigError) as caught:
        load_config(path, Options, overrides)
    return str(caught.value)


def test_a_file_fills_nested_dataclasses_tuples_enums_paths_and_tables(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        """
        name = "first"
        folder = "out/here"
        colour = "blue"
        mode = "exact"
        last = {max_steps = 7}
        [[stages]]
        max_steps = 3
        [[stages]]
        [named.warm]
        learning_rate = 1
        """,
    )
    assert load_config(path, Options) == Options(
        name="first",
        folder=Path("out/here"),
        colour=Colour.BLUE,
        mode="exact",
        last=Stage(max_steps=7),
        stages=(Stage(max_steps=3), Stage()),
        named={"warm": Stage(learning_rate=1.0)},
    )


def test_overrides_win_over_the_file_and_need_no_quotes_for_a_bare_word(tmp_path: Path) -> None:
    path = write(tmp_path, 'name = "file"\n[first]\nmax_steps = 3\nlearning_rate = 0.5')
    overrides = ["name=bare word", "first.max_steps=4", "resume=true", "named.x.max_steps=5"]
    options = load_config(path, Options, overrides)
    assert options.name == "bare word"
    assert options.first == Stage(max_steps=4, learning_rate=0.5)
    assert options.resume
    assert options.named == {"x": Stage(max_steps=5)}


def test_an_override_reaches_into_a_list_by_position(tmp_path: Path) -> None:
    path = write(tmp_path, 'name = "n"\nstages = [{max_steps = 1}, {max_steps = 2}]')
    options = load_config(path, Options, ["stages.1.max_steps=9"])
    assert [stage.max_steps for stage in options.stages] == [1, 9]


def test_a_number_given_for_a_name_is_taken_as_text() -> None:
    assert load_config(None, Options, ["name=12"]).name == "12"


def test_a_value_may_hold_an_equals_sign() -> None:
    assert load_config(None, Options, ["name=a=b"]).name == "a=b"


def test_an_unknown_key_is_answered_with_the_nearest_known_one(tmp_path: Path) -> None:
    path = write(tmp_path, 'name = "n"\n[first]\nmax_step = 3')
    assert message(path) == (
        f"{path}: unknown key 'first.max_step'; did you mean 'max_steps'? "
        "(known: max_steps, learning_rate)"
    )


@pytest.mark.parametrize(
    ("override", "key"),
    [
        ("last.max_step=1", "last.max_step"),
        ("stages=[{max_step=1}]", "stages.0.max_step"),
        ("named.a.max_step=1", "named.a.max_step"),
    ],
)
def test_the_nearest_key_is_found_inside_options_lists_and_tables(override: str, key: str) -> None:
    text = message(None, "name=n", override)
    assert f"unknown key {key!r}; did you mean 'max_steps'?" in text


def test_a_wrong_value_names_its_place_and_what_was_found(tmp_path: Path) -> None:
    path = write(tmp_path, 'name = "n"\ncolour = "green"')
    assert message(path) == f"{path}: colour should be 'red' or 'blue', got 'green'"


def test_a_wrong_value_from_an_override_names_the_override(tmp_path: Path) -> None:
    path = write(tmp_path, 'name = "n"')
    assert message(path, "limit=many") == (
        "override 'limit=many': limit should be a valid integer, "
        "unable to parse string as an integer, got 'many'"
    )


def test_what_a_dataclass_says_about_itself_is_passed_on(tmp_path: Path) -> None:
    path = write(tmp_path, 'name = "n"\n[first]\nmax_steps = 0')
    assert message(path) == f"{path}: first: max_steps must be at least 1, got 0"


def test_each_problem_has_its_own_line(tmp_path: Path) -> None:
    path = write(tmp_path, "first = 3\nresume = 'perhaps'")
    assert message(path).splitlines() == [
        f"{path}: name is missing and has no default; give it a value",
        f"{path}: first should be a table, got 3",
        f"{path}: resume should be a valid boolean, unable to interpret input, got 'perhaps'",
    ]


@pytest.mark.parametrize("override", ["name", "=3", "first..max_steps=3"])
def test_an_override_that_is_no_assignment_is_refused(override: str) -> None:
    assert message(None, override) == f"override {override!r} should look like key.sub=value"


def test_an_override_below_a_plain_value_is_refused() -> None:
    assert "name is 'n', which has no keys; set name itself" in message(None, "name=n", "name.x=1")


def test_an_override_outside_a_list_is_refused() -> None:
    text = message(None, "name=n", "stages=[{}]", "stages.1.max_steps=2")
    assert "'1' is no position in a list of 1" in text


def test_a_missing_file_and_a_broken_file_are_named(tmp_path: Path) -> None:
    absent = tmp_path / "absent.toml"
    assert (
        message(absent) == f"{absent} cannot be read: No such file or directory; name a TOML file"
    )
    assert message(write(tmp_path, "name = ")).startswith(
        f"{tmp_path / 'run.toml'} is not valid TOML"
    )


def test_the_written_config_is_plain_data() -> None:
    options = Options(name="n", colour=Colour.BLUE, stages=(Stage(),))
    written = json.loads(dump_config(options))
    assert written == to_mapping(options)
    assert written["colour"] == "blue"
    assert written["folder"] == "runs"
    assert written["stages"] == [{"max_steps": 10, "learning_rate": 0.1}]


@given(
    name=st.text(st.characters(codec="utf-8")),
    steps=st.lists(st.integers(1, 10**9), max_size=3),
    rate=st.floats(allow_nan=False, allow_infinity=False),
    limit=st.none() | st.integers(),
)
def test_what_is_written_reads_back_equal(
    tmp_path_factory: pytest.TempPathFactory,
    name: str,
    steps: list[int],
    rate: float,
    limit: int | None,
) -> None:
    options = Options(
        name=name,
        stages=tuple(Stage(max_steps=count, learning_rate=rate) for count in steps),
        limit=limit,
    )
    path = tmp_path_factory.mktemp("run") / "config.json"
    path.write_text(dump_config(options), encoding="utf-8")
    assert load_config(path, Options) == options
