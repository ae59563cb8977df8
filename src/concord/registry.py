"""Tables from a name to the object behind it, which import lazily and answer "did you mean"."""

import difflib
from collections.abc import Mapping
from importlib import import_module
from typing import Generic, TypeVar

from concord.errors import ConfigError

Entry = TypeVar("Entry")


def did_you_mean(name: str, known: tuple[str, ...]) -> str:
    """Return "; did you mean 'x'?" for the nearest known name, or nothing if none is near."""
    close = difflib.get_close_matches(name.lower(), known, n=1)
    return f"; did you mean '{close[0]}'?" if close else ""


class Registry(Generic[Entry]):
    """Names for objects of one kind; an object's module is imported when it is first asked for.

    Args:
        kind: What the entries are called in an error, in the singular.
        entry_type: What every entry must be an instance of.
        table: From each name to "module:attribute".
    """

    def __init__(self, kind: str, entry_type: type[Entry], table: Mapping[str, str]) -> None:
        self._kind = kind
        self._entry_type = entry_type
        self._table = dict(table)

    def names(self) -> tuple[str, ...]:
        """Return the known names in alphabetical order."""
        return tuple(sorted(self._table))

    def register(self, name: str, target: str) -> None:
        """Add a name, not yet taken, for the object at `target`, written "module:attribute"."""
        if name in self._table:
            raise ConfigError(f"{self._kind} '{name}' is already registered")
        if target.count(":") != 1:
            raise ConfigError(f"{self._kind} '{name}' needs 'module:attribute', got '{target}'")
        self._table[name] = target

    def get(self, name: str) -> Entry:
        """Return the entry of that name, importing its module if need be.

        An unknown name, or an entry of another kind, is a `ConfigError`.
        """
        if name not in self._table:
            known = self.names()
            hint = did_you_mean(name, known)
            raise ConfigError(f"unknown {self._kind} '{name}'{hint} (known: {', '.join(known)})")
        module_name, attribute = self._table[name].split(":")
        entry = getattr(import_module(module_name), attribute)
        if not isinstance(entry, self._entry_type):
            raise ConfigError(
                f"{self._kind} '{name}' is a {type(entry).__name__}, "
                f"not a {self._entry_type.__name__}"
            )
        return entry
