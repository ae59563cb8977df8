"""Scores rows that are in memory already: frames in, frames out."""

import sys
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, TypeVar

from concord.alignment import Head
from concord.data.readers import is_pandas, is_polars, read_records
from concord.errors import ConfigError
from concord.workflows.score import (
    OnError,
    ScoreCounts,
    ScoredRow,
    ScoreOptions,
    Scorer,
    score_records,
)

Rows = TypeVar("Rows")
Kind = TypeVar("Kind", bound=StrEnum)


def score_rows(
    rows: Rows,
    aligner: Scorer | None = None,
    *,
    context_column: str = "context",
    claim_column: str = "claim",
    head: str = "three_way",
    split: bool | str = True,
    relevance: str | int = "auto",
    aggregation: str | None = None,
    verdicts: bool = False,
    threshold: float | None = None,
    prefix: str = "",
    on_error: str = "skip",
) -> Rows:
    """Score each row: is its claim supported by its context?

    Args:
        rows: A pandas or Polars DataFrame, a `datasets.Dataset`, or any iterable of mappings.
        aligner: What scores; the bundled model unless given.
        context_column: The column that holds the contexts.
        claim_column: The column that holds the claims.
        head: "binary", "three_way" or "regression".
        split: Whether, or by which strategy, long texts are split.
        relevance: How much of a long context is read: "auto", "none" for all, or so many chunks.
        aggregation: How sentence scores are joined; "mean", or "min" with verdicts, unless given.
        verdicts: Add supported, unsupported or contradicted too.
        threshold: The score from which a verdict says supported; the model's own unless given.
        prefix: Put in front of the names of the columns that are added.
        on_error: What to do with a row that cannot be scored: "skip" leaves its score out and
            says why in the column `error`; "stop" raises.

    Returns:
        A new object of the same kind with the columns `score`, `verdict` if asked for, and
        `error`; for any other iterable a list of dictionaries, where only rows that could not be
        scored have `error`.

    Raises:
        DataError: If the rows are of no kind that is read, have one of these columns already, or
            one cannot be scored and `on_error` is "stop".
        ConfigError: If an option has a value that cannot work.
    """
    options = ScoreOptions(
        context_column=context_column,
        claim_column=claim_column,
        head=_one_of(Head, "head", head),
        split=split,
        relevance=relevance,
        aggregation=aggregation,
        with_verdicts=verdicts,
        threshold=threshold,
        prefix=prefix,
        on_error=_one_of(OnError, "on_error", on_error),
    )
    records = read_records(rows)
    windows = score_records(records, options, aligner or _bundled_aligner(), ScoreCounts())
    scored = [row for window in windows for row in window]
    extended: Rows = _with_columns(rows, scored, options)
    return extended


def _one_of(kinds: type[Kind], name: str, value: str) -> Kind:
    try:
        return kinds(value)
    except ValueError:
        known = " or ".join(kinds)
        raise ConfigError(f"{name} is {value!r}; it can be {known}") from None


def _bundled_aligner() -> Scorer:
    from concord.scoring.aligner import Aligner

    return Aligner.from_pretrained()


def _with_columns(rows: Any, scored: Sequence[ScoredRow], options: ScoreOptions) -> Any:
    columns = {name: [row.added.get(name) for row in scored] for name in options.added_columns}
    if is_pandas(rows):
        return _extended_pandas(rows, columns, options)
    if is_polars(rows):
        return _extended_polars(rows, columns, options)
    if _is_dataset(rows):
        return _extended_dataset(rows, columns, options)
    return [{**row.fields, **row.added} for row in scored]


def _extended_pandas(frame: Any, columns: Mapping[str, list[Any]], options: ScoreOptions) -> Any:
    import pandas as pd

    types = {float: "float64", str: "string"}
    return frame.assign(
        **{
            # As floats None is NaN; the type is named since a column may hold nothing else.
            name: pd.array(columns[name], dtype=types[kind])
            for name, kind in options.added_columns.items()
        }
    )


def _extended_polars(frame: Any, columns: Mapping[str, list[Any]], options: ScoreOptions) -> Any:
    import polars as pl

    types = {float: pl.Float64, str: pl.String}
    return frame.with_columns(
        pl.Series(name, columns[name], dtype=types[kind])
        for name, kind in options.added_columns.items()
    )


def _is_dataset(rows: object) -> bool:
    datasets = sys.modules.get("datasets")
    return datasets is not None and isinstance(rows, datasets.Dataset)


def _extended_dataset(rows: Any, columns: Mapping[str, list[Any]], options: ScoreOptions) -> Any:
    import datasets

    types = {float: datasets.Value("float64"), str: datasets.Value("string")}
    for name, kind in options.added_columns.items():
        rows = rows.add_column(name, columns[name], feature=types[kind])
    return rows
