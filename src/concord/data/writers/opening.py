"""Which writer a file gets, and its name only once it is complete."""

import gzip
import io
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TextIO

from concord.data.readers import STANDARD_INPUT, FileFormat, format_by_ending
from concord.data.writers.annotated import ConllWriter, SquadWriter
from concord.data.writers.parquet import ParquetWriter
from concord.data.writers.row_writer import AddedColumns, RowWriter
from concord.data.writers.text import (
    ESCAPING,
    DelimitedWriter,
    JsonArrayWriter,
    JsonLinesWriter,
)
from concord.errors import ConfigError

STREAM: Final = STANDARD_INPUT
"""In place of a path: standard input, or standard output."""
_ENDINGS: Final = ".jsonl, .json, .csv, .tsv, .parquet, .conll"


def write_rows(
    rows: Iterable[Mapping[str, Any]], path: str | Path, *, file_format: FileFormat | None = None
) -> None:
    """Write rows to a file, which takes its name only once it is complete.

    Args:
        rows: Mappings from column to value, taken one by one.
        path: The file, gzipped if it ends in ".gz"; "-" for standard output.
        file_format: The layout; by the file's ending unless given.
    """
    is_stream = str(path) == STREAM
    layout = file_format or (FileFormat.JSONL if is_stream else output_format(str(path)))
    with open_writer(str(path), layout) as writer:
        for fields in rows:
            writer.write(fields)


def output_format(name: str) -> FileFormat:
    """Return the layout that a file's ending asks for, whatever a final ".gz".

    Raises:
        ConfigError: If the ending is unknown.
    """
    layout = format_by_ending(name)
    if layout is None:
        raise ConfigError(
            f"cannot tell in which format to write {name!r}; end it in {_ENDINGS} (.gz may "
            "follow all but .parquet), or name the format"
        )
    return layout


@contextmanager
def open_writer(
    path: str,
    layout: FileFormat,
    *,
    added: AddedColumns | None = None,
    schema: Any = None,
    stdout: TextIO | None = None,
    temporary: Path | None = None,
) -> Iterator[RowWriter]:
    """Open a file for rows that takes its name only once it is complete and on the disk.

    Args:
        path: The file to write, compressed if it ends in ".gz"; "-" for standard output.
        layout: Its format.
        added: The columns that concord adds, which come last.
        schema: For Parquet the `pyarrow.Schema` of the other columns; inferred unless given.
        stdout: What "-" stands for.
        temporary: The file's name until then, for whoever sees to it that no one else writes it;
            else one of this process alone.

    Yields:
        The writer, which is closed after the block.

    Raises:
        ConfigError: If the file's folder does not exist, or the format cannot go there.
    """
    columns = added or {}
    if layout is FileFormat.PARQUET:
        _check_parquet_path(path)
    if path == STREAM:
        stream = stdout or sys.stdout
        writer = _text_writer(stream, layout, columns)
        yield writer
        writer.close()
        stream.flush()
        return
    with _named_at_last(Path(path), temporary) as name:
        if layout is FileFormat.PARQUET:
            with _open_parquet(name, columns, schema) as parquet_writer:
                yield parquet_writer
        else:
            with _open_text(name, is_gzipped=path.endswith(".gz")) as file:
                writer = _text_writer(file, layout, columns)
                yield writer
                writer.close()


def _check_parquet_path(path: str) -> None:
    if path == STREAM:
        raise ConfigError("Parquet cannot go to standard output; name a file to write")
    if path.endswith(".gz"):
        raise ConfigError(f"cannot write {path}: Parquet is compressed already; leave out .gz")


def _text_writer(stream: TextIO, layout: FileFormat, added: AddedColumns) -> RowWriter:
    if layout is FileFormat.JSONL:
        return JsonLinesWriter(stream)
    if layout is FileFormat.JSON:
        return JsonArrayWriter(stream)
    if layout is FileFormat.CONLL:
        return ConllWriter(stream)
    if layout is FileFormat.SQUAD:
        return SquadWriter(stream)
    return DelimitedWriter(stream, layout, added)


@contextmanager
def _open_parquet(path: Path, added: AddedColumns, schema: Any) -> Iterator[RowWriter]:
    with path.open("wb") as file:
        writer = ParquetWriter(file, added, schema)
        try:
            yield writer
            writer.close()
        finally:
            writer.release()


@contextmanager
def _open_text(path: Path, *, is_gzipped: bool) -> Iterator[TextIO]:
    encoding: Any = {"encoding": "utf-8", "errors": ESCAPING, "newline": ""}
    if not is_gzipped:
        with path.open("w", **encoding) as text:
            yield text
        return
    with (
        path.open("wb") as file,
        # without a time or a name, so that equal rows make equal files
        gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as packed,
        io.TextIOWrapper(packed, **encoding) as text,
    ):
        yield text


@contextmanager
def _named_at_last(target: Path, temporary: Path | None) -> Iterator[Path]:
    """Give a name beside the target's, which becomes the target's if nothing goes wrong."""
    if not target.parent.is_dir():
        raise ConfigError(f"cannot write {target}: there is no folder {target.parent}")
    name = temporary or target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        yield name
        _sync(name)
        name.replace(target)
    except BaseException:
        name.unlink(missing_ok=True)
        raise


def _sync(path: Path) -> None:
    """Wait until a file is on the disk, so that not even a power cut leaves its name empty."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())
