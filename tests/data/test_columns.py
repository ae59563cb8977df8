"""What columns hold, judged by their values."""

from typing import Any

import pytest

from concord.data.columns import ColumnKind, describe_columns
from concord.data.readers import Row


def _kind(values: list[Any]) -> ColumnKind:
    rows = [Row("rows", number, {"column": value}) for number, value in enumerate(values)]
    (column,) = describe_columns(rows)
    return column.kind


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["good", "bad"] * 5, ColumnKind.LABEL),
        ([0, 1, 1, 0, 2, 2], ColumnKind.LABEL),
        (["0", "1", "1", "0"], ColumnKind.LABEL),
        ([0.5, 1.25, 3.0, 4.75, 2.2], ColumnKind.NUMBER),
        (["1.5", "2.0", "2.5"], ColumnKind.NUMBER),
        (list(range(200)), ColumnKind.OTHER),  # they count the rows
        ([f"row-{n}" for n in range(200)], ColumnKind.OTHER),
        (["en"] * 9, ColumnKind.OTHER),
        ([f"a text about {n} things" for n in range(9)], ColumnKind.TEXT),
        (["what is it that you say"] * 9, ColumnKind.TEXT),  # long for a label, though repeated
        ([["a", "b"], ["c"]], ColumnKind.TEXTS),
        ([[{"text": "x", "start": 0}], [{"text": "y", "start": 3}]], ColumnKind.ANSWERS),
        ([{"text": ["x"], "answer_start": [0]}], ColumnKind.ANSWERS),
        ([None, ""], ColumnKind.OTHER),
    ],
)
def test_a_column_is_told_by_its_values(values: list[Any], kind: ColumnKind) -> None:
    assert _kind(values) is kind


def test_a_column_that_some_rows_lack_is_described_by_the_others() -> None:
    rows = [Row("rows", 1, {"a": "x"}), Row("rows", 2, {"a": "y", "b": 3.5})]
    first, second = describe_columns(rows)
    assert (first.num_values, second.num_values) == (2, 1)
