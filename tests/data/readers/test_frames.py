"""Rows handed over in Python."""

from collections.abc import Iterator

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from concord.data.readers import BadRow, Row, read_records, read_rows
from concord.errors import DataError

ROWS = [{"claim": "é", "n": 1}, {"claim": "y", "n": 2}]


def test_frames_and_mappings_give_the_same_rows() -> None:
    for name, rows in (
        ("the pandas frame", pd.DataFrame(ROWS, index=[7, 7])),
        ("the Polars frame", pl.DataFrame(ROWS)),
        ("the Arrow table", pa.Table.from_pylist(ROWS)),
        ("the Arrow table", pa.Table.from_pylist(ROWS).to_reader(max_chunksize=1)),
        ("the rows", ROWS),
        ("the rows", (row for row in ROWS)),
    ):
        expected = [Row(name, number, fields) for number, fields in enumerate(ROWS, start=1)]
        assert list(read_rows(rows)) == expected


def test_what_pandas_calls_missing_is_none() -> None:
    frame = pd.DataFrame(
        {
            "a": [None, float("nan"), "x"],
            "b": pd.array([pd.NA, pd.NA, 3], dtype="Int64"),
            "c": [pd.NaT, pd.NaT, pd.Timestamp(2020, 1, 1)],
            "d": [1.5, float("nan"), 2.5],
        }
    )
    first, second, third = read_rows(frame)
    assert list(first.fields.values()) == [None, None, None, 1.5]
    assert list(second.fields.values()) == [None, None, None, None]
    assert list(third.fields.values()) == ["x", 3, pd.Timestamp(2020, 1, 1), 2.5]


def test_an_iterable_is_taken_row_by_row() -> None:
    def endless() -> Iterator[dict[str, int]]:
        number = 0
        while True:
            number += 1
            yield {"n": number}

    rows = read_rows(endless())
    assert [next(rows).fields["n"] for _ in range(3)] == [1, 2, 3]


def test_what_is_no_mapping_keeps_its_place() -> None:
    _, bad, last = read_records([ROWS[0], "claim", ROWS[1]])
    assert bad == BadRow("the rows", 2, "a mapping should be here, found 'claim'")
    assert last.number == 3


@pytest.mark.parametrize("rows", [7, None, ROWS[0], b"rows"])
def test_what_holds_no_rows_is_refused(rows: object) -> None:
    with pytest.raises(DataError, match="rows come as a pandas or Polars DataFrame, a pyarrow"):
        read_records(rows)


@pytest.mark.parametrize("frame", [pd.DataFrame({"a": []}), pl.DataFrame({"a": []}), []])
def test_an_empty_frame_has_no_rows(frame: object) -> None:
    assert list(read_records(frame)) == []
