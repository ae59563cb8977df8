"""Frames, tables and data sets with a score beside each row: at once, or when they are asked for.

None of the packages is imported here: whose objects are handed over is loaded already.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from concord.data.readers import Row, is_pandas, is_polars
from concord.data.writers import AddedColumns

ScoredColumns = Mapping[str, list[Any]]
_PANDAS_TYPES: Final = {float: "float64", str: "string"}


def with_columns(rows: Any, columns: ScoredColumns, added: AddedColumns) -> Any:
    """Return an object of the same kind with further columns; None if it is no frame.

    Args:
        rows: A pandas or Polars DataFrame, a `datasets.Dataset` or a `pyarrow.Table`.
        columns: The values, one for each row.
        added: What the columns hold.
    """
    if is_pandas(rows):
        return _extended_pandas(rows, columns, added)
    if is_polars(rows):
        return _extended_polars(rows, columns, added)
    if is_a("datasets", "Dataset", rows):
        return _extended_dataset(rows, columns, added)
    if is_a("pyarrow", "Table", rows):
        return _extended_table(rows, columns, added)
    return None


def is_lazy(rows: object) -> bool:
    """Tell whether its rows are computed when they are asked for: they are then scored so too."""
    return is_a("polars", "LazyFrame", rows) or is_a("datasets", "IterableDataset", rows)


def with_lazy_columns(
    rows: Any,
    added: AddedColumns,
    *,
    score_frame: Callable[[Any], Any],
    score_records: Callable[[Sequence[Row]], ScoredColumns],
) -> Any:
    """Return a lazy object of the same kind with further columns.

    Args:
        rows: A Polars LazyFrame, or a `datasets.IterableDataset`.
        added: What the columns hold.
        score_frame: Adds them to a Polars frame.
        score_records: Computes them for some rows.
    """
    if is_a("polars", "LazyFrame", rows):
        return _lazy_polars(rows, added, score_frame)
    return _lazy_dataset(rows, added, score_records)


def is_a(module: str, name: str, value: object) -> bool:
    """Tell whether a value is of some package's class, without importing the package."""
    loaded = sys.modules.get(module)
    return loaded is not None and isinstance(value, getattr(loaded, name))


def _extended_pandas(frame: Any, columns: ScoredColumns, added: AddedColumns) -> Any:
    import pandas as pd

    return frame.assign(
        **{
            # As floats None is NaN; the type is named since a column may hold nothing else.
            name: pd.array(columns[name], dtype=_PANDAS_TYPES[kind])
            for name, kind in added.items()
        }
    )


def _extended_polars(frame: Any, columns: ScoredColumns, added: AddedColumns) -> Any:
    import polars as pl

    types = _polars_types(added)
    return frame.with_columns(
        pl.Series(name, columns[name], dtype=kind) for name, kind in types.items()
    )


def _extended_dataset(rows: Any, columns: ScoredColumns, added: AddedColumns) -> Any:
    for name, feature in _features(added).items():
        rows = rows.add_column(name, columns[name], feature=feature)
    return rows


def _extended_table(table: Any, columns: ScoredColumns, added: AddedColumns) -> Any:
    import pyarrow as pa

    types = {float: pa.float64(), str: pa.string()}
    for name, kind in added.items():
        table = table.append_column(name, pa.array(columns[name], types[kind]))
    return table


def _lazy_polars(frame: Any, added: AddedColumns, score_frame: Callable[[Any], Any]) -> Any:
    return frame.map_batches(
        score_frame,
        schema={**frame.collect_schema(), **_polars_types(added)},
        # What is asked of the scores, or of them alone, says nothing of what scoring needs.
        predicate_pushdown=False,
        projection_pushdown=False,
    )


def _lazy_dataset(
    rows: Any, added: AddedColumns, score_records: Callable[[Sequence[Row]], ScoredColumns]
) -> Any:
    def score_batch(batch: Mapping[str, list[Any]], places: Sequence[int]) -> ScoredColumns:
        values = zip(*batch.values(), strict=True)
        return score_records(
            [
                Row("the data set", place + 1, dict(zip(batch, row, strict=True)))
                for place, row in zip(places, values, strict=True)
            ]
        )

    import datasets

    known = rows.features
    features = None if known is None else datasets.Features({**known, **_features(added)})
    return rows.map(score_batch, with_indices=True, batched=True, features=features)


def _polars_types(added: AddedColumns) -> dict[str, Any]:
    import polars as pl

    types = {float: pl.Float64, str: pl.String}
    return {name: types[kind] for name, kind in added.items()}


def _features(added: AddedColumns) -> dict[str, Any]:
    import datasets

    types = {float: "float64", str: "string"}
    return {name: datasets.Value(types[kind]) for name, kind in added.items()}
