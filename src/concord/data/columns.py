"""What the columns of a file hold, judged by its first rows."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from concord.data.readers import Row

_MOST_LABELS: Final = 50
_LABEL_CHARACTERS: Final = 40
_LABEL_WORDS: Final = 4


class ColumnKind(StrEnum):
    """What the values of a column are."""

    TEXT = "text"
    LABEL = "label"
    """Few distinct short values."""
    NUMBER = "number"
    """Many distinct numbers."""
    TEXTS = "texts"
    """Lists of texts."""
    ANSWERS = "answers"
    """Lists of answers with their places in a context, as in SQuAD."""
    OTHER = "other"
    """Identifiers, one value throughout, and what else is of no use."""


@dataclass(slots=True)
class Column:
    """One column, as far as the rows read tell.

    Attributes:
        name: Its name.
        kind: What it holds.
        values: Its distinct short values and how often each occurs.
        mean_length: Characters of its texts, in the mean.
        num_values: Rows in which it has a value.
    """

    name: str
    kind: ColumnKind = ColumnKind.OTHER
    values: Counter[str] = field(default_factory=Counter)
    mean_length: float = 0.0
    num_values: int = 0

    @property
    def is_numeric(self) -> bool:
        """Whether all of its values are numbers."""
        return bool(self.values) and all(map(_is_number, self.values))


def describe_columns(rows: Iterable[Row]) -> list[Column]:
    """Return the columns in the order in which they first occur."""
    found: dict[str, list[Any]] = {}
    for row in rows:
        for name, value in row.fields.items():
            found.setdefault(name, []).append(value)
    return [_describe(name, values) for name, values in found.items()]


def _describe(name: str, values: Sequence[Any]) -> Column:
    given = [value for value in values if value is not None and value != ""]
    lists = [value for value in given if isinstance(value, list | tuple)]
    mappings = [value for value in given if isinstance(value, dict)]
    column = Column(name, num_values=len(given))
    if not given:
        return column
    if lists and len(lists) == len(given):
        entries = [entry for value in lists for entry in value]
        is_answers = bool(entries) and all(isinstance(entry, dict) for entry in entries)
        column.kind = ColumnKind.ANSWERS if is_answers else ColumnKind.TEXTS
    elif mappings:
        is_squad = all("answer_start" in value for value in mappings)
        column.kind = ColumnKind.ANSWERS if is_squad else ColumnKind.OTHER
    else:
        _describe_plain(column, [str(value) for value in given])
    return column


def _describe_plain(column: Column, texts: Sequence[str]) -> None:
    column.values = Counter(texts)
    column.mean_length = sum(map(len, texts)) / len(texts)
    distinct = len(column.values)
    is_short = all(
        len(value) <= _LABEL_CHARACTERS and len(value.split()) <= _LABEL_WORDS
        for value in column.values
    )
    is_repeated = distinct <= _MOST_LABELS and distinct <= max(2, len(texts) // 2)
    if column.is_numeric and not (is_repeated and _are_whole(column.values)):
        # Numbers that count the rows are no target.
        is_identifier = distinct == len(texts) and _are_whole(column.values)
        column.kind = ColumnKind.OTHER if is_identifier else ColumnKind.NUMBER
    elif is_short and is_repeated:
        column.kind = ColumnKind.LABEL if distinct > 1 else ColumnKind.OTHER
    elif " " in "".join(list(column.values)[:20]):
        column.kind = ColumnKind.TEXT


def _is_number(text: str) -> bool:
    try:
        return abs(float(text)) < float("inf")
    except ValueError:
        return False


def _are_whole(values: Iterable[str]) -> bool:
    return all(float(value).is_integer() for value in values)
