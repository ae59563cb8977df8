"""Figures that others published, each with its source, to stand beside our own."""

import tomllib
from pathlib import Path
from typing import Any, Final

from concord.errors import DataError
from concord.evaluation.board import PublishedFigure

PUBLISHED_FILE: Final = Path(__file__).with_name("published.toml")
_REQUIRED: Final = ("set", "system", "metric", "value", "source")
_KNOWN: Final = (*_REQUIRED, "note")


def read_published(path: Path = PUBLISHED_FILE) -> tuple[PublishedFigure, ...]:
    """Return the figures of a TOML file of `[[figure]]` tables, in its order.

    Args:
        path: The file; the one that concord brings unless given.

    Raises:
        DataError: If it cannot be read, or a figure lacks something, has something else, or is
            no share in [0, 1] or correlation in [-1, 1].
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8")).get("figure", [])
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise DataError(f"{path} cannot be read as TOML: {error}") from error
    return tuple(_figure(table, path, place) for place, table in enumerate(tables, 1))


def _figure(table: dict[str, Any], path: Path, place: int) -> PublishedFigure:
    missing = [name for name in _REQUIRED if table.get(name) in (None, "")]
    unknown = [name for name in table if name not in _KNOWN]
    if missing or unknown:
        problem = f"lacks {missing[0]!r}" if missing else f"has an unknown {unknown[0]!r}"
        raise DataError(f"{path}, figure {place}: it {problem}; write {', '.join(_KNOWN)}")
    value = table["value"]
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 1:
        raise DataError(
            f"{path}, figure {place}: value {value!r} is no share in [0, 1] and no correlation "
            "in [-1, 1]; divide percents by 100"
        )
    return PublishedFigure(**{**table, "value": float(value)})
