"""What a search may change: ranges and choices, by the keys of a config."""

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, Final, TypeAlias

from concord.config import check_table
from concord.errors import ConfigError

Setting: TypeAlias = float | int | str
"""A number of a range, or the TOML text of a choice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimension:
    """The values that one key may take: those from `low` to `high`, or those of `choices`.

    Attributes:
        low: The lowest value, which may be taken.
        high: The highest, which may be taken.
        log: Whether each factor is as likely as another, rather than each difference.
        integer: Whether only whole numbers may be taken.
        choices: Any values.
    """

    low: float | None = None
    high: float | None = None
    log: bool = False
    integer: bool = False
    choices: tuple[Any, ...] | None = None

    def __post_init__(self) -> None:
        if self.choices is not None:
            if not self.choices:
                raise ConfigError("choices is empty; give at least one value")
            if self.low is not None or self.high is not None or self.log or self.integer:
                raise ConfigError("give choices, or a range with low and high, but not both")
            return
        if self.low is None or self.high is None:
            raise ConfigError("give both low and high, or choices")
        if not -math.inf < self.low < self.high < math.inf:
            raise ConfigError(
                f"low must be below high, and both finite, got low = {self.low:g} and "
                f"high = {self.high:g}"
            )
        if self.log and self.low <= 0:
            raise ConfigError(f"a range with log = true needs low above 0, got {self.low:g}")
        if self.integer and (self.low % 1 or self.high % 1):
            raise ConfigError(
                f"a range with integer = true needs whole ends, got low = {self.low:g} and "
                f"high = {self.high:g}"
            )

    @property
    def ends(self) -> tuple[Setting, ...]:
        """The values that a config must take, if it is to take all: both ends, or each choice."""
        if self.choices is not None:
            return self.texts
        assert self.low is not None  # noqa: S101  # checked when made
        assert self.high is not None  # noqa: S101
        return (int(self.low), int(self.high)) if self.integer else (self.low, self.high)

    @property
    def texts(self) -> tuple[str, ...]:
        """The choices as TOML."""
        return tuple(map(to_toml, self.choices or ()))

    def setting(self, value: Any) -> Setting | None:
        """Return a config's value as a setting of this dimension, or None where it lies outside."""
        if self.choices is not None:
            text = to_toml(value)
            return text if text in self.texts else None
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        low, high = map(float, self.ends)
        is_inside = low <= value <= high and (not self.integer or not value % 1)
        if not is_inside:
            return None
        return int(value) if self.integer else float(value)


_OWN_KEYS: Final = frozenset(each.name for each in fields(Dimension))


def read_space(table: Mapping[str, Any], *, source: str) -> dict[str, Dimension]:
    """Return the dimensions of a table by their keys in the base config.

    A key may be written with dots in quotes, or as tables within tables.

    Args:
        table: What the config says under `space`.
        source: What to call the file in an error.

    Raises:
        ConfigError: With a sentence for what is wrong.
    """
    space = {}
    for keys, value in _leaves(table):
        key = ".".join(keys)
        if not isinstance(value, Mapping):
            raise ConfigError(
                f"{source}: space.{key} should be a range such as {{ low = 0.1, high = 0.5 }} or "
                f"{{ choices = [1, 2] }}, got {value!r}"
            )
        space[key] = check_table(dict(value), Dimension, source=source, within=("space", *keys))
    if not space:
        raise ConfigError(
            f"{source}: space names no key; add one, such as "
            "trainer.optimizer.learning_rate = { low = 1e-5, high = 1e-3, log = true }"
        )
    return space


def _leaves(
    table: Mapping[str, Any], path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, value in table.items():
        keys = (*path, *name.split("."))
        if isinstance(value, Mapping) and value and not value.keys() & _OWN_KEYS:
            yield from _leaves(value, keys)
        else:
            yield keys, value


def to_override(key: str, setting: Setting) -> str:
    """Return a setting as an override of `concord finetune`."""
    return f"{key}={setting if isinstance(setting, str) else to_toml(setting)}"


def to_toml(value: Any) -> str:
    """Return a plain value as TOML on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, Mapping):
        inside = ", ".join(f"{json.dumps(key)} = {to_toml(each)}" for key, each in value.items())
        return f"{{{inside}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(to_toml, value))}]"
    return repr(value)
