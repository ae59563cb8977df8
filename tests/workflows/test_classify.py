"""Files of texts through a stand-in aligner: every row comes out, with its label."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.length_scorer import LengthScorer

from concord.artifact import AlignmentSettings
from concord.data.readers import read_rows
from concord.data.writers import write_rows
from concord.errors import ConfigError
from concord.workflows.classify import ClassifyOptions
from concord.workflows.score import JobOptions, ScoreCounts, score_file


class LabelScorer(LengthScorer):
    """Scores a claim by its length, in hundredths; supported from 0.5 on."""

    settings = AlignmentSettings()


def run(source: Path, output: Path, **options: Any) -> ScoreCounts:
    return score_file(
        str(source),
        str(output),
        ClassifyOptions(labels=("x" * 20, "x" * 50), template="{}", **options),
        LabelScorer,
        job=JobOptions(checkpoint_rows=2),
    )


def test_each_row_gets_its_label_and_the_probabilities_of_all(tmp_path: Path) -> None:
    source, output = tmp_path / "texts.jsonl", tmp_path / "out.jsonl"
    rows = [{"body": f"text {number}", "n": number} for number in range(3)]
    write_rows(rows, source)
    counts = run(source, output, text_column="body", prefix="c_")
    # scores 0.2 and 0.5 have odds 1/4 and 1, so 1/5 and 4/5
    added = {
        "c_label": "x" * 50,
        "c_probability": 0.8,
        f"c_p_{'x' * 20}": 0.2,
        f"c_p_{'x' * 50}": 0.8,
    }
    assert (counts.scored, counts.failed) == (3, 0)
    assert [dict(row.fields) for row in read_rows(output)] == [row | added for row in rows]


def test_several_labels_are_joined_by_commas(tmp_path: Path) -> None:
    source, output = tmp_path / "texts.csv", tmp_path / "out.jsonl"
    source.write_text("text\na\n", encoding="utf-8")
    run(source, output, multi_label=True)
    row = json.loads(output.read_text(encoding="utf-8"))
    assert (row["label"], row["probability"], row[f"p_{'x' * 20}"]) == ("x" * 50, 0.5, 0.2)


def test_a_row_without_a_text_is_kept_with_its_error(tmp_path: Path) -> None:
    source, output = tmp_path / "texts.jsonl", tmp_path / "out.jsonl"
    source.write_text('{"text": 7}\n{"text": "a"}\n', encoding="utf-8")
    counts = run(source, output)
    first, second = (row.fields for row in read_rows(output))
    assert first["label"] is None
    assert "where a text should be" in str(first["error"])
    assert second["label"] == "x" * 50
    assert (counts.scored, counts.failed) == (1, 1)


def test_labels_that_cannot_work_are_refused_before_any_row_is_read() -> None:
    with pytest.raises(ConfigError, match="label 'a' is given twice"):
        ClassifyOptions(labels=("a", "a"))
    with pytest.raises(ConfigError, match=r"has no \{\} in place of the label"):
        ClassifyOptions(labels=("a",), template="about")
