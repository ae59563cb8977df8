"""Rows to files of the formats that are read, each whole or absent, or to a stream as they come."""

from concord.data.writers.opening import STREAM, open_writer, output_format, write_rows
from concord.data.writers.partitions import PARTS, PartitionWriter
from concord.data.writers.row_writer import AddedColumns, RowWriter

__all__ = [
    "PARTS",
    "STREAM",
    "AddedColumns",
    "PartitionWriter",
    "RowWriter",
    "open_writer",
    "output_format",
    "write_rows",
]
