"""What validation found wrong with a config, said in one sentence each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from difflib import get_close_matches
from types import UnionType
from typing import Any, TypeAlias, Union, get_args, get_origin, get_type_hints

from pydantic import ValidationError
from pydantic_core import ErrorDetails

Location: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the values of a config came from: its file, and the overrides by their keys."""

    file: str
    overrides: dict[tuple[str, ...], str] = field(default_factory=dict)

    def of(self, location: Location) -> str:
        """Name the override that set the value at a location, or a part of it; else the file."""
        keys = tuple(map(str, location))
        for overridden, text in reversed(self.overrides.items()):
            shared = min(len(keys), len(overridden))
            if shared and keys[:shared] == overridden[:shared]:
                return f"override {text!r}"
        return self.file


def describe_problems(
    error: ValidationError, config_type: type[object], origin: Origin, within: Location = ()
) -> Iterator[str]:
    """Yield a sentence for each problem: where, which key, the value found, what would do.

    Args:
        error: What validating a one-item tuple of the config raised.
        config_type: The dataclass that was asked for.
        origin: Where its values came from.
        within: Where in the file the dataclass stands.
    """
    for details in error.errors(include_url=False):
        location: Location = details["loc"][1:]  # the first part is the place in the tuple
        key = ".".join(map(str, (*within, *location))) or "the config"
        yield f"{origin.of((*within, *location))}: {_describe(details, key, location, config_type)}"


def _describe(
    details: ErrorDetails, key: str, location: Location, config_type: type[object]
) -> str:
    match details["type"]:
        case "unexpected_keyword_argument":
            return f"unknown key {key!r}{_suggest(location, config_type)}"
        case "missing":
            return f"{key} is missing and has no default; give it a value"
        case "value_error":  # the dataclass checked itself, and its message says what would do
            return f"{key}: {details.get('ctx', {}).get('error', details['msg'])}"
        case "dataclass_type":
            return f"{key} should be a table, got {details['input']!r}"
        case _:
            rule = details["msg"].removeprefix("Input ").removeprefix("Tuple ")
            return f"{key} {rule}, got {details['input']!r}"


def _suggest(location: Location, config_type: type[object]) -> str:
    names = _field_names(location[:-1], config_type)
    close = get_close_matches(str(location[-1]), names, n=1)
    meant = f"; did you mean {close[0]!r}?" if close else ""
    return f"{meant} (known: {', '.join(names)})"


def _field_names(location: Location, annotation: Any) -> list[str]:
    """Return the keys of the dataclass that stands at a location inside another."""
    for part in location:
        annotation = _inner(annotation, part)
    annotation = _without_none(annotation)
    return [entry.name for entry in fields(annotation)] if is_dataclass(annotation) else []


def _inner(annotation: Any, part: str | int) -> Any:
    annotation = _without_none(annotation)
    if isinstance(annotation, type) and is_dataclass(annotation):
        return get_type_hints(annotation).get(str(part))
    arguments = get_args(annotation)
    if get_origin(annotation) in {Union, UnionType}:  # pydantic names the member it tried
        return next((kind for kind in arguments if getattr(kind, "__name__", "") == part), None)
    container = get_origin(annotation)
    if isinstance(container, type) and issubclass(container, Mapping):
        return arguments[1]
    return arguments[0] if arguments else None


def _without_none(annotation: Any) -> Any:
    """Return X for `X | None`, and anything else as it is."""
    members = [kind for kind in get_args(annotation) if kind is not type(None)]
    is_union = get_origin(annotation) in {Union, UnionType}
    return members[0] if is_union and len(members) == 1 else annotation
