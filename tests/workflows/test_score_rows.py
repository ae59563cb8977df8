"""Frames in, frames out, through a stand-in aligner."""

from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from tests.length_scorer import LengthScorer

import concord
from concord.alignment.scores import FloatArray
from concord.data.writers import write_rows
from concord.errors import ConfigError, DataError
from concord.scoring.aligner import Aligner
from concord.workflows.score_rows import score_rows, score_stream

ROWS: list[dict[str, Any]] = [
    {"context": "c", "claim": "x", "n": 1},
    {"context": "c", "claim": None, "n": 2},
    {"context": "c", "claim": "xxx", "n": 3},
]


def test_a_pandas_frame_keeps_its_index_and_types_and_gets_its_columns() -> None:
    frame = pd.DataFrame(ROWS, index=[5, 5, 7])
    before = frame.copy()
    scored = score_rows(frame, LengthScorer())
    assert list(scored.columns) == ["context", "claim", "n", "score", "error"]
    pd.testing.assert_frame_equal(scored[list(frame.columns)], before)
    pd.testing.assert_frame_equal(frame, before)  # the frame handed over is left as it was
    assert scored["score"].dtype == np.float64
    np.testing.assert_array_equal(scored["score"].to_numpy(), [0.01, np.nan, 0.03])
    assert scored["error"].isna().tolist() == [True, False, True]
    assert scored["error"].iloc[1] == (
        "the pandas frame, row 2: column 'claim' holds null where a text should be"
    )


def test_a_polars_frame_gets_its_columns() -> None:
    frame = pl.DataFrame(ROWS)
    scored = score_rows(frame, LengthScorer(), verdicts=True)
    assert scored.select(frame.columns).equals(frame)
    assert scored.schema["score"] == pl.Float64
    assert scored["score"].to_list() == [0.01, None, 0.03]
    assert scored["verdict"].to_list() == ["unsupported", None, "supported"]
    assert scored["error"].null_count() == 2


def test_a_dataset_gets_its_columns() -> None:
    datasets = pytest.importorskip("datasets")
    data = datasets.Dataset.from_list(ROWS)
    scored = score_rows(data, LengthScorer())
    assert isinstance(scored, datasets.Dataset)
    assert scored["score"][:] == [0.01, None, 0.03]
    assert data.column_names == ["context", "claim", "n"]


def test_mappings_come_back_as_a_list_of_dictionaries() -> None:
    first, second, third = score_rows((row for row in ROWS), LengthScorer())
    assert first == ROWS[0] | {"score": 0.01}
    assert third == ROWS[2] | {"score": 0.03}
    assert second["score"] is None
    assert second["error"].startswith("the rows, row 2: column 'claim' holds null")


@pytest.mark.parametrize(
    "rows", [pd.DataFrame({"q": ["c"], "a": ["x"]}), pl.DataFrame({"q": ["c"], "a": ["x"]})]
)
def test_columns_are_named_and_prefixed_on_request(rows: Any) -> None:
    scored = score_rows(
        rows, LengthScorer(), context_column="q", claim_column="a", prefix="concord_"
    )
    assert list(scored.columns) == ["q", "a", "concord_score", "concord_error"]
    assert list(scored["concord_score"]) == [0.01]


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame])
def test_an_empty_frame_gets_its_columns_too(make: Any) -> None:
    scored = score_rows(make({"context": [], "claim": []}), LengthScorer())
    assert list(scored.columns) == ["context", "claim", "score", "error"]
    assert len(scored) == 0


def test_stop_raises_at_the_first_bad_row() -> None:
    with pytest.raises(DataError, match="the rows, row 2: "):
        score_rows(ROWS, LengthScorer(), on_error="stop")
    with pytest.raises(ConfigError, match=r"on_error .* 'halt'; .* skip or stop"):
        score_rows(ROWS, LengthScorer(), on_error="halt")


def test_a_column_of_the_frame_is_never_overwritten() -> None:
    with pytest.raises(DataError, match="there already is a column 'score'"):
        score_rows([ROWS[0] | {"score": 1}], LengthScorer())


def test_without_an_aligner_the_bundled_model_scores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Aligner, "from_pretrained", lambda _model, **_options: LengthScorer())
    assert concord.score_rows(ROWS[:1]) == [ROWS[0] | {"score": 0.01}]


def test_an_arrow_table_gets_its_columns() -> None:
    table = pa.Table.from_pylist(ROWS)
    scored = score_rows(table, LengthScorer())
    assert scored.select(table.column_names).equals(table)
    assert scored["score"].to_pylist() == [0.01, None, 0.03]
    assert [str(kind) for kind in scored.schema.types[-2:]] == ["double", "string"]


def test_a_lazy_polars_frame_is_scored_when_it_is_collected() -> None:
    aligner = LengthScorer()
    scored = score_rows(pl.LazyFrame(ROWS), aligner)
    assert scored.collect_schema().names() == ["context", "claim", "n", "score", "error"]
    assert len(aligner.window_sizes) == 0
    # What is asked of the scores alone still needs the claims.
    best = scored.filter(pl.col("score") > 0.02).select("score").collect()
    assert best["score"].to_list() == [0.03]
    assert len(aligner.window_sizes) == 1


def test_an_iterable_data_set_is_scored_as_it_is_iterated() -> None:
    datasets = pytest.importorskip("datasets")
    aligner = LengthScorer()
    scored = score_rows(datasets.Dataset.from_list(ROWS).to_iterable_dataset(), aligner)
    assert len(aligner.window_sizes) == 0
    first, second, third = scored
    assert (first["score"], first["error"], third["score"], third["n"]) == (0.01, None, 0.03, 3)
    assert second["error"].startswith("the data set, row 2: column 'claim' holds null")
    assert scored.column_names == ["context", "claim", "n", "score", "error"]


def test_a_stream_takes_no_more_rows_than_it_scores_together() -> None:
    taken: list[int] = []

    def endless() -> Iterator[dict[str, Any]]:
        for n in count():
            taken.append(n)
            yield {"context": "c", "claim": "x" * (n + 1)}

    stream = score_stream(endless(), LengthScorer(), window_rows=2, verdicts=True)
    assert [next(stream)["score"] for _ in range(3)] == [0.01, 0.02, 0.03]
    assert taken == [0, 1, 2, 3]  # two windows of two


def test_a_stream_reads_files_and_tables(tmp_path: Path) -> None:
    write_rows(ROWS, tmp_path / "rows.jsonl")
    for source in (tmp_path / "rows.jsonl", pa.Table.from_pylist(ROWS).to_reader()):
        scores = [row["score"] for row in score_stream(source, LengthScorer())]
        assert scores == [0.01, None, 0.03]


def test_a_stream_refuses_at_once_what_cannot_work() -> None:
    with pytest.raises(ConfigError, match="window_rows must be at least 1, got 0"):
        score_stream(ROWS, LengthScorer(), window_rows=0)
    with pytest.raises(DataError, match="not as a LazyFrame"):
        score_stream(pl.LazyFrame(ROWS), LengthScorer())


def test_a_model_is_opened_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []

    def open_model(model: str, **_options: object) -> LengthScorer:
        opened.append(model)
        return LengthScorer()

    monkeypatch.setattr(Aligner, "from_pretrained", open_model)
    assert score_rows(ROWS[:1], "owner/name") == [ROWS[0] | {"score": 0.01}]
    assert opened == ["owner/name"]


def test_calibrated_scores_are_asked_of_the_aligner() -> None:
    asked: list[object] = []

    class CalibratedAligner(LengthScorer):
        def score(
            self, contexts: Sequence[str], claims: Sequence[str], **options: object
        ) -> FloatArray:
            asked.append((options["calibrated"], options["domain"]))
            return super().score(contexts, claims)

    score_rows(ROWS, CalibratedAligner(), calibrated=True, domain="news")
    score_rows(ROWS, CalibratedAligner())
    assert asked == [(True, "news"), (False, None)]
