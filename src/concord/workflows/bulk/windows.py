"""Rows on their way: with the pair to score or what is wrong, in windows scored together."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

from concord.alignment import TextPair
from concord.data.readers import BadRow, Row
from concord.errors import DataError
from concord.workflows.bulk.options import Answers, OnError, RowOptions

WINDOW_ROWS: Final = 50_000
"""Rows held at once: enough to put pairs of like length together and to find repetitions."""
WINDOW_CHARACTERS: Final = 2_000_000
"""Text held at once, so that rows of whole books keep memory flat, and checkpoints near."""


@dataclass(slots=True)
class ScoreCounts:
    """How many rows went through, and the first thing that was wrong."""

    scored: int = 0
    failed: int = 0
    first_error: str | None = None

    @property
    def total(self) -> int:
        """All rows that were written."""
        return self.scored + self.failed

    def add_error(self, error: str) -> None:
        """Count a row that could not be scored."""
        self.failed += 1
        self.first_error = self.first_error or error


@dataclass(frozen=True, slots=True)
class ScoredRow:
    """A row's own columns, and those that concord adds; `error` only if it has one."""

    fields: Mapping[str, Any]
    added: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Item:
    """A row to be scored: with its pair, or with what is wrong."""

    fields: Mapping[str, Any]
    pair: TextPair = field(default=TextPair("", ""))
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """Neighbouring rows that are scored together, and how many rows come before them."""

    items: Sequence[Item]
    start: int

    def __len__(self) -> int:
        return len(self.items)

    @property
    def stop(self) -> int:
        """How many rows there are up to its end."""
        return self.start + len(self.items)

    @property
    def pairs(self) -> list[TextPair]:
        """The pairs of those rows that can be scored."""
        return [item.pair for item in self.items if item.error is None]

    def digest(self) -> str:
        """Return what tells these rows from any others."""
        found = hashlib.blake2b(digest_size=16)
        for item in self.items:
            found.update(repr(item.fields).encode("utf-8", "surrogatepass"))
        return found.hexdigest()

    def scored(
        self, answers: Answers, options: RowOptions, counts: ScoreCounts
    ) -> Iterator[ScoredRow]:
        """Yield its rows with what concord adds, and count them."""
        values = zip(*answers.values(), strict=True)
        for item in self.items:
            if item.error is None:
                counts.scored += 1
                added = dict(zip(answers, next(values), strict=True))
            else:
                counts.add_error(item.error)
                added = {next(iter(answers)): None, "error": item.error}
            yield ScoredRow(
                item.fields, {options.prefix + name: value for name, value in added.items()}
            )


def read_windows(
    records: Iterable[Row | BadRow], options: RowOptions, *, max_rows: int = WINDOW_ROWS
) -> Iterator[Window]:
    """Cut rows into windows that are bounded in rows and in characters.

    Args:
        records: The rows, taken as they are needed.
        options: Columns, limit, and what to do with bad rows.
        max_rows: Bound on a window's rows.
    """
    start, items, characters = 0, list[Item](), 0
    for record in islice(records, options.limit):
        item = _as_item(record, options)
        items.append(item)
        characters += len(item.pair.context) + len(item.pair.claim)
        if len(items) == max_rows or characters >= WINDOW_CHARACTERS:
            yield Window(items, start)
            start, items, characters = start + len(items), [], 0
    if items:
        yield Window(items, start)


def _as_item(record: Row | BadRow, options: RowOptions) -> Item:
    if isinstance(record, Row):
        _check_added_columns(record, options)
    try:
        if isinstance(record, BadRow):
            raise record.error()
        return Item(record.fields, options.read_pair(record))
    except DataError as error:
        if options.on_error is OnError.STOP:
            raise
        fields = {} if isinstance(record, BadRow) else record.fields
        return Item(fields, error=str(error))


def _check_added_columns(row: Row, options: RowOptions) -> None:
    """Refuse to overwrite a column: a matter of options, so it stops the run."""
    for name in options.added_columns:
        if name in row.fields:
            raise row.error(
                f"there already is a column {name!r}; give concord's columns other names, "
                "such as with --prefix concord_"
            )
