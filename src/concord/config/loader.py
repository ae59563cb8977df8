"""A config file and dotted overrides to the dataclass that a workflow asks for, and back.

The options are the dataclass's own fields, so a workflow declares them once; here they are only
read, merged and checked.
"""

import json
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from pydantic import ConfigDict, TypeAdapter, ValidationError

from concord.config.problems import Location, Origin, describe_problems
from concord.errors import ConfigError

T = TypeVar("T")
Table: TypeAlias = dict[str, Any]


def load_config(path: Path | None, config_type: type[T], overrides: Sequence[str] = ()) -> T:
    """Read a TOML (or JSON) file, apply the overrides and return the checked dataclass.

    Args:
        path: The file; None to start from the dataclass's defaults.
        config_type: A dataclass; its fields are the keys, and nested dataclasses the tables.
        overrides: `key.sub=value` with the value in TOML; what is no TOML is taken as a string.
            A number names an item of a list: `stages.0.max_steps=10`.

    Raises:
        ConfigError: With a sentence for each thing wrong: where, which key, the value found.
    """
    table, origin = _merge(path, overrides)
    return _check(table, config_type, origin)


def load_table(path: Path, overrides: Sequence[str] = ()) -> Table:
    """Read a TOML (or JSON) file and apply the overrides, as `load_config` does, unchecked.

    Raises:
        ConfigError: If the file cannot be read, or an override is none.
    """
    return _merge(path, overrides)[0]


def _merge(path: Path | None, overrides: Sequence[str]) -> tuple[Table, Origin]:
    table = {} if path is None else _read_table(path)
    origin = Origin(file="options" if path is None else str(path))
    for override in overrides:
        keys, value = _parse_override(override)
        _assign(table, keys, value, override)
        origin.overrides[keys] = override
    return table, origin


def check_table(table: Table, config_type: type[T], *, source: str, within: Location = ()) -> T:
    """Return the checked dataclass of a table that was read before.

    Args:
        table: Its fields; nested dataclasses as tables.
        config_type: A dataclass.
        source: What to call the file in an error.
        within: Where in the file the table stands, for errors.

    Raises:
        ConfigError: With a sentence for each thing wrong: where, which key, the value found.
    """
    return _check(table, config_type, Origin(file=source), within)


def _check(table: Table, config_type: type[T], origin: Origin, within: Location = ()) -> T:
    try:
        (config,) = _adapter(config_type).validate_python((table,))
    except ValidationError as error:
        problems = describe_problems(error, config_type, origin, within)
        raise ConfigError("\n".join(problems)) from None
    return config


def to_mapping(config: object) -> Table:
    """Return a config as plain tables, lists, strings and numbers."""
    (table,) = _adapter(type(config)).dump_python((config,), mode="json")
    return dict(table)


def dump_config(config: object) -> str:
    """Return a config as the text of a JSON file that `load_config` reads back."""
    return json.dumps(to_mapping(config), indent=2, ensure_ascii=False) + "\n"


def _adapter(config_type: type[T]) -> TypeAdapter[tuple[T]]:
    # A type adapter takes no settings for a bare dataclass, but hands down those of its tuple.
    config = ConfigDict(extra="forbid", coerce_numbers_to_str=True)
    wrapped = tuple[config_type]  # type: ignore[valid-type]  # a type that is known at run time
    return TypeAdapter(wrapped, config=config)


def _read_table(path: Path) -> Table:
    kind = "JSON" if path.suffix == ".json" else "TOML"
    try:
        text = path.read_text(encoding="utf-8")
        table = json.loads(text) if kind == "JSON" else tomllib.loads(text)
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}; name a TOML file") from error
    except ValueError as error:  # of the text encoding, of TOML or of JSON
        raise ConfigError(f"{path} is not valid {kind}: {error}") from error
    if not isinstance(table, dict):
        raise ConfigError(f"{path} holds a {type(table).__name__} where an object should be")
    return table


def _parse_override(override: str) -> tuple[tuple[str, ...], Any]:
    key, equals, text = override.partition("=")
    keys = tuple(part.strip() for part in key.split("."))
    if not equals or not all(keys):
        raise ConfigError(f"override {override!r} should look like key.sub=value")
    return keys, _parse_value(text.strip())


def _parse_value(text: str) -> Any:
    try:
        parsed = tomllib.loads(f"value = {text}")
    except tomllib.TOMLDecodeError:
        return text
    return parsed["value"] if parsed.keys() == {"value"} else text


def _assign(table: Table, keys: tuple[str, ...], value: Any, override: str) -> None:
    """Set a nested value in place, making the tables on the way that are absent."""
    target: Any = table
    for depth, key in enumerate(keys):
        place: str | int = key
        if isinstance(target, list):
            place = _position(key, len(target), override)
        elif not isinstance(target, dict):
            parent = ".".join(keys[:depth])
            raise ConfigError(
                f"override {override!r}: {parent} is {target!r}, which has no keys; "
                f"set {parent} itself"
            )
        if depth == len(keys) - 1:
            target[place] = value
            return
        target = target.setdefault(place, {}) if isinstance(target, dict) else target[place]


def _position(key: str, length: int, override: str) -> int:
    if not (key.isascii() and key.isdigit() and int(key) < length):
        raise ConfigError(
            f"override {override!r}: {key!r} is no position in a list of {length}; "
            "count from 0, or set the whole list"
        )
    return int(key)
