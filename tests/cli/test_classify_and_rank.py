"""The commands without training, on the model that comes along."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from concord.data.readers import read_rows
from concord.data.writers import write_rows

Run: TypeAlias = Callable[..., tuple[int, str, str]]
TEXTS = ("The striker scored twice in the football match.", "The bank raised its interest rate.")


def test_classify_writes_the_label_that_fits_each_text(run: Run, tmp_path: Path) -> None:
    source, output = tmp_path / "texts.jsonl", tmp_path / "out.csv"
    write_rows([{"body": text} for text in TEXTS], source)
    code, _, error = run(
        "classify", str(source), "--labels", "sport, economy", "--text", "body", "-o", str(output)
    )
    assert (code, error) == (0, "")
    rows = [row.fields for row in read_rows(output)]
    assert [row["label"] for row in rows] == ["sport", "economy"]
    assert list(rows[0]) == ["body", "label", "probability", "p_sport", "p_economy", "error"]


def test_classify_says_which_label_is_given_twice(run: Run, tmp_path: Path) -> None:
    source = tmp_path / "texts.jsonl"
    write_rows([{"text": "a"}], source)
    code, _, error = run("classify", str(source), "--labels", "a,b,a")
    assert (code, error.strip()) == (2, "concord: label 'a' is given twice; give each label once")


def test_rank_prints_the_rows_that_support_the_query_best(run: Run, tmp_path: Path) -> None:
    source = tmp_path / "passages.jsonl"
    write_rows([{"text": text} for text in TEXTS], source)
    query = "A player scored in a game."
    code, output, _ = run("rank", str(source), "--query", query, "--top-k", "1")
    assert code == 0
    (row,) = map(json.loads, output.splitlines())
    assert row["text"] == TEXTS[0]


def test_rank_tells_of_rows_that_it_cannot_score(run: Run, tmp_path: Path) -> None:
    source = tmp_path / "passages.jsonl"
    source.write_text('{"text": null}\n', encoding="utf-8")
    code, output, error = run("rank", str(source), "--query", "a")
    assert code == 3
    assert json.loads(output)["score"] is None
    assert "1 of 1 rows could not be scored" in error
