"""Rows that are handed over in Python: frames, Arrow tables, and iterables of mappings."""

import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from concord.data.readers.rows import BadRow, Row, as_row
from concord.errors import DataError

_BATCH_ROWS: Final = 256  # of an Arrow table, turned into Python's own values at once


def read_frame(rows: Any) -> Iterator[Row | BadRow]:
    """Stream the rows of a frame, a table or any iterable of mappings, numbered from 1.

    What pandas calls missing (NaN, NaT, NA) is None in a row.

    Raises:
        DataError: If it is none of these.
    """
    if is_pandas(rows):
        return _rows_of("the pandas frame", _pandas_rows(rows))
    if is_polars(rows):
        return _rows_of("the Polars frame", rows.iter_rows(named=True))
    if _is_arrow(rows):
        return _rows_of("the Arrow table", _arrow_rows(rows))
    if isinstance(rows, Iterable) and not isinstance(rows, Mapping | str | bytes):
        return _rows_of("the rows", rows)
    raise DataError(
        "rows come as a pandas or Polars DataFrame, a pyarrow Table or an iterable of mappings, "
        f"not as a {type(rows).__name__}"
    )


def is_pandas(rows: object) -> bool:
    """Tell whether it is a pandas DataFrame, without importing pandas."""
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(rows, pandas.DataFrame)


def is_polars(rows: object) -> bool:
    """Tell whether it is a Polars DataFrame, without importing Polars."""
    polars = sys.modules.get("polars")
    return polars is not None and isinstance(rows, polars.DataFrame)


def _is_arrow(rows: object) -> bool:
    pyarrow = sys.modules.get("pyarrow")
    return pyarrow is not None and isinstance(rows, pyarrow.Table | pyarrow.RecordBatchReader)


def _rows_of(name: str, values: Iterable[object]) -> Iterator[Row | BadRow]:
    for number, value in enumerate(values, start=1):
        yield as_row(value, name, number, wanted="a mapping")


def _arrow_rows(table: Any) -> Iterator[dict[str, Any]]:
    batches = table.to_batches(_BATCH_ROWS) if hasattr(table, "to_batches") else table
    for batch in batches:
        yield from batch.to_pylist()


def _pandas_rows(frame: Any) -> Iterator[dict[str, Any]]:
    columns = [str(column) for column in frame.columns]
    missing = {id(sys.modules["pandas"].NA), id(sys.modules["pandas"].NaT)}
    for values in frame.itertuples(index=False, name=None):
        known = (None if id(value) in missing or _is_nan(value) else value for value in values)
        yield dict(zip(columns, known, strict=True))


def _is_nan(value: object) -> bool:
    return isinstance(value, float) and value != value
