"""Files through a stand-in aligner: every row comes out, in its place."""

import datetime as dt
import gzip
import io
import json
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet
from tests.length_scorer import LengthScorer

from concord.alignment import Head
from concord.data.readers import FileFormat, read_rows
from concord.data.writers import write_rows
from concord.errors import ConfigError, DataError
from concord.workflows.bulk import windows as windows_module
from concord.workflows.score import JobOptions, OnError, ScoreOptions, score_file


def _run(
    source: Path | str, output: Path | str, aligner: LengthScorer | None = None, **options: object
) -> list[dict[str, object]]:
    score_file(
        str(source),
        str(output),
        ScoreOptions(**options),  # type: ignore[arg-type]
        lambda: aligner or LengthScorer(),
        job=JobOptions(checkpoint_rows=2) if aligner else None,
    )
    lines = Path(output).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.fixture
def pairs(tmp_path: Path) -> Path:
    path = tmp_path / "pairs.jsonl"
    rows = [{"id": n, "context": "c", "claim": "x" * (n + 1)} for n in range(5)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_each_row_keeps_its_columns_and_gets_its_score(pairs: Path, tmp_path: Path) -> None:
    rows = _run(pairs, tmp_path / "out.jsonl")
    assert [row["id"] for row in rows] == [0, 1, 2, 3, 4]
    assert [row["score"] for row in rows] == [0.01, 0.02, 0.03, 0.04, 0.05]
    assert list(rows[0]) == ["id", "context", "claim", "score"]


def test_a_row_that_cannot_be_scored_stays_in_its_place_with_its_error(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text(
        '{"context": "c", "claim": "x"}\n'
        "not json\n"
        '{"context": "c"}\n'
        '{"context": "c", "claim": " "}\n'
        '{"context": 7, "claim": "x"}\n'
        '{"context": "", "claim": "xx"}\n',
        encoding="utf-8",
    )
    counts = score_file(str(source), str(tmp_path / "out.jsonl"), ScoreOptions(), LengthScorer)
    rows = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [row["score"] for row in rows] == [0.01, None, None, None, None, 0.02]
    assert ["error" in row for row in rows] == [False, True, True, True, True, False]
    assert "in.jsonl, row 2: not valid JSON" in rows[1]["error"]
    assert "no column 'claim'" in rows[2]["error"]
    assert "the claim (column 'claim') is empty" in rows[3]["error"]
    assert "row 5: column 'context' holds int 7" in rows[4]["error"]
    assert (counts.scored, counts.failed, counts.first_error) == (2, 4, rows[1]["error"])


def test_stop_names_the_first_bad_row_and_leaves_no_file(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text('{"context": "c", "claim": "x"}\n' * 811 + "oops\n", encoding="utf-8")
    with pytest.raises(DataError, match="row 812: not valid JSON"):
        _run(source, tmp_path / "out.jsonl", on_error=OnError.STOP)
    assert [path.name for path in tmp_path.iterdir()] == ["in.jsonl"]


def test_windows_are_bounded_and_keep_the_order(pairs: Path, tmp_path: Path) -> None:
    aligner = LengthScorer()
    rows = _run(pairs, tmp_path / "out.jsonl", aligner)
    assert aligner.window_sizes == [2, 2, 1]  # 5 rows
    assert [row["id"] for row in rows] == [0, 1, 2, 3, 4]


def test_a_window_is_bounded_in_characters_too(
    pairs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(windows_module, "WINDOW_CHARACTERS", 5)
    aligner = LengthScorer()
    _run(pairs, tmp_path / "out.jsonl", aligner)
    # characters of the rows, context and claim: 2 + 3 = 5; 4 + 5 = 9; 6
    assert aligner.window_sizes == [2, 2, 1]


def test_the_limit_leaves_out_the_rows_after_it(pairs: Path, tmp_path: Path) -> None:
    assert len(_run(pairs, tmp_path / "out.jsonl", limit=2)) == 2


def test_verdicts_stand_beside_their_scores(pairs: Path, tmp_path: Path) -> None:
    rows = _run(pairs, tmp_path / "out.jsonl", with_verdicts=True)
    assert [row["verdict"] for row in rows] == ["unsupported"] * 2 + ["supported"] * 3
    assert rows[4]["score"] == 0.05


def test_csv_comes_out_as_csv_with_a_column_for_errors(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text('text,statement\n"a, b",xx\nshort\n', encoding="utf-8")
    options = ScoreOptions(context_column="text", claim_column="statement")
    score_file(str(source), str(tmp_path / "out.csv"), options, LengthScorer)
    lines = (tmp_path / "out.csv").read_text(encoding="utf-8").splitlines()
    assert lines[:2] == ["text,statement,score,error", '"a, b",xx,0.02,']
    assert lines[2].startswith(',,,"')
    assert "row 3: 2 columns should be here, found 1" in lines[2]


def test_a_csv_file_that_begins_with_a_bad_row_still_gets_its_header(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text("context,claim\nshort\nc,xx\n", encoding="utf-8")
    score_file(str(source), str(tmp_path / "out.csv"), ScoreOptions(), LengthScorer)
    lines = (tmp_path / "out.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "context,claim,score,error"
    assert lines[2] == "c,xx,0.02,"


def test_gzipped_files_are_read_and_written(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl.gz"
    with gzip.open(source, "wt", encoding="utf-8") as file:
        file.write('{"context": "c", "claim": "xx"}\n')
    score_file(str(source), str(tmp_path / "out.jsonl.gz"), ScoreOptions(), LengthScorer)
    with gzip.open(tmp_path / "out.jsonl.gz", "rt", encoding="utf-8") as file:
        assert json.loads(file.read())["score"] == 0.02


def test_lone_surrogates_and_every_script_survive(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    claim = "\ud800 \U0001f600 مرحبا \x00 é"
    source.write_text(json.dumps({"context": "c", "claim": claim}) + "\n", encoding="utf-8")
    (row,) = _run(source, tmp_path / "out.jsonl")
    assert row["claim"] == claim


def test_a_column_of_the_input_is_never_overwritten(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text('{"context": "c", "claim": "x", "score": 3}\n', encoding="utf-8")
    with pytest.raises(DataError, match="there already is a column 'score'"):
        _run(source, tmp_path / "out.jsonl")
    (row,) = _run(source, tmp_path / "out.jsonl", prefix="concord_")
    assert (row["score"], row["concord_score"]) == (3, 0.01)


def test_a_pipe_gets_the_format_of_the_file_that_was_read(pairs: Path) -> None:
    stream = io.StringIO()
    score_file(str(pairs), "-", ScoreOptions(limit=1), LengthScorer, stdout=stream)
    assert json.loads(stream.getvalue())["score"] == 0.01
    stream = io.StringIO()
    options = ScoreOptions(limit=1, file_format=FileFormat.TSV)
    score_file(str(pairs), "-", options, LengthScorer, stdout=stream)
    assert stream.getvalue() == "id\tcontext\tclaim\tscore\terror\n0\tc\tx\t0.01\t\n"


def test_a_value_with_a_tab_is_refused_for_tsv(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text('{"context": "a\\tb", "claim": "x"}\n', encoding="utf-8")
    with pytest.raises(DataError, match="TSV cannot hold a tab or a newline"):
        _run(source, tmp_path / "out.tsv")


def test_rows_with_columns_beyond_the_header_are_refused_for_csv(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text(
        '{"context": "c", "claim": "x"}\n{"context": "c", "claim": "x", "more": 1}\n',
        encoding="utf-8",
    )
    with pytest.raises(DataError, match="column 'more' is not in the header"):
        _run(source, tmp_path / "out.csv")


@pytest.mark.parametrize("name", ["out.xlsx", "out", "nowhere/out.jsonl"])
def test_an_output_that_cannot_be_written_is_refused_at_once(
    pairs: Path, tmp_path: Path, name: str
) -> None:
    with pytest.raises(ConfigError):
        _run(pairs, tmp_path / name)


def test_progress_counts_rows(pairs: Path, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    score_file(
        str(pairs),
        str(tmp_path / "o.jsonl"),
        ScoreOptions(),
        LengthScorer,
        job=JobOptions(checkpoint_rows=2),
        progress=lambda done, resumed: seen.append((done, resumed)),
    )
    assert seen == [(2, 0), (4, 0), (5, 0)]


def test_verdicts_need_the_three_way_head_with_splitting() -> None:
    with pytest.raises(ConfigError, match="three_way head"):
        ScoreOptions(with_verdicts=True, head=Head.BINARY)
    with pytest.raises(ConfigError, match="only matters to verdicts"):
        ScoreOptions(threshold=0.7)


def test_parquet_comes_out_as_parquet_with_every_column_as_it_was(tmp_path: Path) -> None:
    source, output = tmp_path / "in.parquet", tmp_path / "out.parquet"
    columns = {
        "context": pa.array(["c", "c", "c", None]),
        "claim": pa.array(["x", None, "xxx", "x"], pa.large_string()),
        "day": pa.array([dt.date(2020, 1, 2)] * 4, pa.date32()),
        "n": pa.array([1, 2, 3, 4], pa.int8()),
        "answers": pa.array([[{"text": "x", "start": 1}], [], None, []]),
    }
    table = pa.table(columns)
    parquet.write_table(table, source, row_group_size=2)
    counts = score_file(str(source), str(output), ScoreOptions(), LengthScorer)
    written = parquet.read_table(output)
    assert (counts.scored, counts.failed) == (2, 2)
    assert written.select(list(columns)).equals(table)
    assert written.schema.types[-2:] == [pa.float64(), pa.string()]
    assert written["score"].to_pylist() == [0.01, None, 0.03, None]
    assert written["error"].to_pylist() == [
        None,
        f"{source}, row 2: column 'claim' holds null where a text should be",
        None,
        f"{source}, row 4: column 'context' holds null where a text should be",
    ]


def test_the_first_parquet_file_of_a_glob_need_not_have_every_column(tmp_path: Path) -> None:
    row = {"context": "c", "claim": "x"}
    write_rows([row], tmp_path / "a.parquet")
    write_rows([row | {"n": 1}], tmp_path / "b.parquet")
    output = tmp_path / "out" / "all.parquet"
    output.parent.mkdir()
    score_file(f"{tmp_path}/*.parquet", str(output), ScoreOptions(), LengthScorer)
    rows = [dict(record.fields) for record in read_rows(output)]
    assert rows == [
        row | {"n": None, "score": 0.01, "error": None},
        row | {"n": 1, "score": 0.01, "error": None},
    ]


@pytest.mark.parametrize("name", ["out.jsonl", "out.json", "out.csv", "out.tsv", "out.parquet"])
@pytest.mark.parametrize("source", ["in.jsonl", "in.json", "in.csv", "in.tsv", "in.parquet"])
def test_every_format_goes_to_every_other(tmp_path: Path, source: str, name: str) -> None:
    rows = [{"context": "c", "claim": "x"}, {"context": "é", "claim": ""}]
    write_rows(rows, tmp_path / source)
    counts = score_file(str(tmp_path / source), str(tmp_path / name), ScoreOptions(), LengthScorer)
    first, second = (dict(row.fields) for row in read_rows(tmp_path / name))
    assert (counts.scored, counts.failed) == (1, 1)
    assert (first["context"], first["claim"], str(first["score"])) == ("c", "x", "0.01")
    assert second["context"] == "é"
    assert "the claim (column 'claim') is empty" in str(second["error"])


def test_squad_goes_in_and_out_with_a_score_for_each_question(tmp_path: Path) -> None:
    source, output = tmp_path / "in.json", tmp_path / "out.json"
    question = {"id": "1", "title": "t", "context": "c", "question": "why", "answers": []}
    write_rows([question], source, file_format=FileFormat.SQUAD)
    options = ScoreOptions(claim_column="question", file_format=FileFormat.SQUAD)
    score_file(str(source), str(output), options, LengthScorer)
    (row,) = read_rows(output)
    assert row.fields == question | {"is_impossible": False, "score": 0.03}


def test_a_pipe_gets_json_lines_where_the_input_is_no_file_of_lines(tmp_path: Path) -> None:
    source = tmp_path / "in.parquet"
    write_rows([{"context": "c", "claim": "x"}], source)
    stream = io.StringIO()
    score_file(str(source), "-", ScoreOptions(), LengthScorer, stdout=stream)
    assert json.loads(stream.getvalue()) == {"context": "c", "claim": "x", "score": 0.01}


def test_the_format_of_the_input_can_be_given(tmp_path: Path) -> None:
    source = tmp_path / "pairs.txt"
    source.write_text("context\tclaim\nc\tx\n", encoding="utf-8")
    stream = io.StringIO()
    options = ScoreOptions(input_format=FileFormat.TSV)
    score_file(str(source), "-", options, LengthScorer, stdout=stream)
    assert stream.getvalue() == "context\tclaim\tscore\terror\nc\tx\t0.01\t\n"


def test_an_hf_address_is_scored_like_a_file(tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    data = datasets.Dataset.from_list([{"context": "c", "claim": "xx"}])
    datasets.disable_progress_bars()
    data.save_to_disk(tmp_path / "saved")
    (row,) = _run(f"hf://{tmp_path}/saved", tmp_path / "out.jsonl")
    assert row == {"context": "c", "claim": "xx", "score": 0.02}
