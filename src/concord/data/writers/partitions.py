"""Rows to a folder of files of so many rows each."""

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from concord.data.readers import FileFormat, parquet_schema
from concord.data.writers.opening import open_writer
from concord.data.writers.row_writer import AddedColumns, RowWriter

PARTS: Final = "part-[0-9]*"
"""Matches the names of the files: part-00000.parquet, part-00001.parquet and so on."""
_ENDINGS: Final = {FileFormat.SQUAD: ".json"}


class PartitionWriter:
    """Writes rows to files in a folder, in the order of their names; each is whole or absent.

    A file that is there already is kept, and its rows are passed over: who goes on with a
    broken-off job writes the same rows again, and only what is missing reaches the disk.

    Args:
        folder: An existing folder.
        layout: The files' format.
        rows_each: How many rows a file gets; the last one may have fewer.
        added: The columns that concord adds, which come last.
        schema: For Parquet the `pyarrow.Schema` of the other columns; that of the first file
            unless given.
    """

    def __init__(
        self,
        folder: Path,
        layout: FileFormat,
        *,
        rows_each: int,
        added: AddedColumns | None = None,
        schema: Any = None,
    ) -> None:
        self._folder = folder
        self._layout = layout
        self._rows_each = rows_each
        self._added = added or {}
        self._schema = schema
        self._number = 0
        self._rows = 0
        self._stack = ExitStack()
        self._writer: RowWriter | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None and self._rows == self._number == 0:
            self._open_part()  # even without rows there is a file to read
        self._stack.__exit__(kind, error, trace)

    def write(self, fields: Mapping[str, Any]) -> None:
        """Append a row, to the next file if this one has all of its rows."""
        if self._rows == self._rows_each:
            self.close()
        writer = self._writer or self._open_part()
        writer.write(fields)
        self._rows += 1

    def flush(self) -> None:
        """Pass on what the current file holds back."""
        if self._writer is not None:
            self._writer.flush()

    def close(self) -> None:
        """Give the current file its name; a further row begins the next one."""
        self._stack.close()
        if self._layout is FileFormat.PARQUET and self._schema is None:
            self._schema = parquet_schema([self._path()])
        self._number, self._rows, self._writer = self._number + 1, 0, None

    def _open_part(self) -> RowWriter:
        path = self._path()
        if path.exists():
            self._writer = _PassedOver()
            return self._writer
        self._writer = self._stack.enter_context(
            open_writer(
                str(path),
                self._layout,
                added=self._added,
                schema=self._schema,
                temporary=path.with_name(f".{path.name}.part"),
            )
        )
        return self._writer

    def _path(self) -> Path:
        ending = _ENDINGS.get(self._layout, f".{self._layout.value}")
        return self._folder / f"part-{self._number:05d}{ending}"


class _PassedOver:
    """Takes the rows of a file that is written already."""

    def write(self, fields: Mapping[str, Any]) -> None:
        """Leave the row out."""

    def flush(self) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""
