"""Scored rows to a file that is whole or absent, or to a stream as they come."""

import csv
import gzip
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Protocol, TextIO

from concord.data.readers import STANDARD_INPUT, FileFormat
from concord.errors import ConfigError, DataError

STREAM: Final = STANDARD_INPUT
"""In place of a path: standard input, or standard output."""
_ESCAPING: Final = "backslashreplace"  # for a lone surrogate this gives its JSON escape


class RowWriter(Protocol):
    """Takes rows one by one."""

    def write(self, fields: Mapping[str, Any]) -> None:
        """Append a row."""
        ...

    def close(self) -> None:
        """Write what was held back; called once, after the last row."""
        ...


class JsonLinesWriter:
    """Writes each row as one JSON object; rows may have different columns.

    Lone surrogates, which JSON can carry and UTF-8 cannot, are always written as JSON escapes;
    other letters stay as they are where the stream can take them.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        encoding = (stream.encoding or "").lower().replace("-", "")
        self._ascii = encoding != "utf8" or stream.errors != _ESCAPING

    def write(self, fields: Mapping[str, Any]) -> None:
        """Append a row."""
        self._stream.write(json.dumps(fields, ensure_ascii=self._ascii) + "\n")

    def close(self) -> None:
        """Do nothing: every row is written at once."""


class DelimitedWriter:
    """Writes rows under one header: the first whole row's columns, then those concord adds.

    Rows before the first whole one, which could not be read and so have no columns but the
    added ones, wait for it.

    Args:
        stream: Where to write.
        layout: CSV, or TSV, which has no quotes: its values can hold neither tab nor newline.
        added: The columns that concord adds.
    """

    def __init__(self, stream: TextIO, layout: FileFormat, added: tuple[str, ...]) -> None:
        if layout is FileFormat.TSV:
            self._writer = csv.writer(
                stream, delimiter="\t", quoting=csv.QUOTE_NONE, quotechar=None, lineterminator="\n"
            )
        else:
            self._writer = csv.writer(stream, lineterminator="\n")
        self._added = added
        self._columns: tuple[str, ...] = ()
        self._waiting: list[Mapping[str, Any]] = []

    def write(self, fields: Mapping[str, Any]) -> None:
        """Append a row; a value that is not a text is written as JSON, null as nothing.

        Raises:
            DataError: If the row has a column that the header lacks, or TSV cannot hold a value.
        """
        if not self._columns and all(name in self._added for name in fields):
            self._waiting.append(fields)
            return
        if not self._columns:
            self._start((*(name for name in fields if name not in self._added), *self._added))
        unknown = [name for name in fields if name not in self._columns]
        if unknown:
            raise DataError(
                f"column {unknown[0]!r} is not in the header of the output, which has the "
                "first row's columns; write JSON lines (a name ending in .jsonl) instead"
            )
        self._write_cells(fields)

    def close(self) -> None:
        """Write the rows that waited for a whole one in vain."""
        if not self._columns:
            self._start(self._added)

    def _start(self, columns: tuple[str, ...]) -> None:
        self._columns = columns
        self._writer.writerow(columns)
        for fields in self._waiting:
            self._write_cells(fields)
        self._waiting.clear()

    def _write_cells(self, fields: Mapping[str, Any]) -> None:
        cells = [_as_cell(fields.get(name)) for name in self._columns]
        try:
            self._writer.writerow(cells)
        except csv.Error as error:
            raise DataError(
                f"TSV cannot hold a tab or a newline, found in {' '.join(cells)!r:.60}; "
                "write CSV or JSON lines instead"
            ) from error


def _as_cell(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def output_format(name: str) -> FileFormat:
    """Return the layout that a file's ending asks for, whatever a final ".gz".

    Raises:
        ConfigError: If the ending is unknown.
    """
    ending = Path(name.removesuffix(".gz")).suffix.lower().lstrip(".")
    try:
        return FileFormat.JSONL if ending in {"json", "ndjson"} else FileFormat(ending)
    except ValueError:
        known = ", ".join(f".{each}" for each in FileFormat)
        raise ConfigError(
            f"cannot tell in which format to write {name!r}; end it in {known} (.gz may follow)"
        ) from None


def build_row_writer(stream: TextIO, layout: FileFormat, added: tuple[str, ...]) -> RowWriter:
    """Return a writer of rows; `added` are the columns that concord adds."""
    if layout is FileFormat.JSONL:
        return JsonLinesWriter(stream)
    return DelimitedWriter(stream, layout, added)


@contextmanager
def open_output(path: str, stdout: TextIO) -> Iterator[TextIO]:
    """Open a file that takes its name only once it is complete; "-" gives `stdout`.

    Args:
        path: The file to write, compressed if it ends in ".gz".
        stdout: What "-" stands for.

    Raises:
        ConfigError: If the file's folder does not exist.
    """
    if path == STREAM:
        yield stdout
        stdout.flush()
        return
    target = Path(path)
    if not target.parent.is_dir():
        raise ConfigError(f"cannot write {path}: there is no folder {target.parent}")
    temporary = target.with_name(f".{target.name}.{os.getpid()}.part")
    opener: Any = gzip.open if target.suffix == ".gz" else open
    try:
        with opener(temporary, "wt", encoding="utf-8", errors=_ESCAPING, newline="") as file:
            yield file
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
