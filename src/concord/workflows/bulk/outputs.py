"""Where scored rows go: a stream, a file or a folder of files, and in which layout."""

import os
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol, Self, TextIO

from concord.data.readers import (
    HUB_PREFIX,
    STANDARD_INPUT,
    FileFormat,
    find_files,
    format_by_ending,
    parquet_schema,
)
from concord.data.writers import PARTS, STREAM, PartitionWriter, open_writer, output_format
from concord.errors import ConfigError
from concord.workflows.bulk.options import PARTITION_ROWS, RowOptions

_PIPED_FORMATS: Final = frozenset({FileFormat.JSONL, FileFormat.CSV, FileFormat.TSV})
_FOLDER_FORMATS: Final = _PIPED_FORMATS | {FileFormat.JSON, FileFormat.PARQUET}


class RowSink(Protocol):
    """Takes rows one by one."""

    def write(self, fields: Mapping[str, Any]) -> None:
        """Append a row."""
        ...

    def flush(self) -> None:
        """Pass on what was held back."""
        ...


@dataclass(frozen=True, slots=True)
class Output:
    """What a job writes.

    Attributes:
        name: A file or a folder, or "-" for standard output.
        layout: The format of the file, or of each in the folder.
        partition_rows: How many rows a file of the folder gets; None for one file.
    """

    name: str
    layout: FileFormat
    partition_rows: int | None = None

    @classmethod
    def plan(cls, name: str, source: str, options: RowOptions, partition_rows: int | None) -> Self:
        """Tell a file from a folder, and find the layout."""
        if name == STREAM:
            if partition_rows is not None:
                raise ConfigError("files of a folder need its name; give an output besides -")
            return cls(name, options.file_format or _like_source(source, options, _PIPED_FORMATS))
        if partition_rows is None and not name.endswith(("/", os.sep)) and not Path(name).is_dir():
            return cls(name, options.file_format or output_format(name))
        layout = options.file_format or _like_source(source, options, _FOLDER_FORMATS)
        return cls(name, layout, partition_rows or PARTITION_ROWS)

    @property
    def journal(self) -> Path | None:
        """Where what is done is kept; nowhere for a stream, whose rows cannot be taken back."""
        if self.name == STREAM:
            return None
        path = Path(self.name)
        return (
            path.with_name(f".{path.name}.journal")
            if self.partition_rows is None
            else (path / ".journal")
        )

    def prepare(self, *, restart: bool) -> None:
        """Make the folder, and see to it that files of two jobs do not mix in it.

        Raises:
            ConfigError: If they would, or there is no place for the output.
        """
        folder = Path(self.name)
        if self.name != STREAM and not folder.parent.is_dir():
            raise ConfigError(f"cannot write {folder}: there is no folder {folder.parent}")
        if self.partition_rows is None:
            return
        if folder.is_file():
            raise ConfigError(f"{folder} is a file; files of so many rows need a folder's name")
        folder.mkdir(exist_ok=True)
        if (folder / ".journal").exists() and not restart:
            return
        parts = sorted(folder.glob(PARTS))
        if parts and not restart:
            raise ConfigError(
                f"{folder} has {parts[0].name} already, and files of two jobs would mix there; "
                "name another folder, or give --restart to replace them"
            )

    def clear(self) -> None:
        """Remove the files of the folder; one that is replaced at the end needs no removing."""
        if self.partition_rows is not None:
            for path in Path(self.name).glob(PARTS):
                path.unlink()

    def open(
        self, source: str, options: RowOptions, stdout: TextIO | None = None
    ) -> AbstractContextManager[RowSink]:
        """Open it for rows.

        Args:
            source: Where rows come from: the column types of Parquet files are kept.
            options: Which columns are added.
            stdout: What "-" means; standard output unless given.
        """
        schema = _schema_of(source, options) if self.layout is FileFormat.PARQUET else None
        if self.partition_rows is not None:
            return PartitionWriter(
                Path(self.name),
                self.layout,
                rows_each=self.partition_rows,
                added=options.added_columns,
                schema=schema,
            )
        path = Path(self.name)
        return open_writer(
            self.name,
            self.layout,
            added=options.added_columns,
            schema=schema,
            stdout=stdout,
            temporary=path.with_name(f".{path.name}.part"),
        )


def _like_source(source: str, options: RowOptions, possible: frozenset[FileFormat]) -> FileFormat:
    layout = options.input_format or format_by_ending(source)
    return layout if layout in possible else FileFormat.JSONL


def _schema_of(source: str, options: RowOptions) -> Any:
    """Return the Arrow schema of Parquet files, so that it is kept; None for anything else."""
    if source == STANDARD_INPUT or source.startswith(HUB_PREFIX):
        return None
    files = find_files(source)
    layouts = {options.input_format or format_by_ending(path) for path in files}
    return parquet_schema(files) if layouts == {FileFormat.PARQUET} else None
