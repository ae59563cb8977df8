"""`concord calibrate` with the bundled model on a few rows of our own."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from concord.data.readers import read_rows
from concord.data.writers import write_rows

Run: TypeAlias = Callable[..., tuple[int, str, str]]
CITIES = ("Oslo", "Turin", "Lima", "Cairo", "Perth", "Quito", "Dakar", "Kyoto", "Porto", "Hanoi")
OTHERS = (*CITIES[1:], CITIES[0])


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty claims about where a museum stands, half of them false, and twenty of when."""
    rows = []
    for city, other in zip(CITIES, OTHERS, strict=True):
        context = f"The museum of glass in {city} opened in 1982."
        rows += [
            {"text": context, "answer": f"The museum is in {city}.", "ok": 1, "kind": "place"},
            {"text": context, "answer": f"The museum is in {other}.", "ok": 0, "kind": "place"},
            {"text": context, "answer": "It opened in 1982.", "ok": 1, "kind": "date"},
            {"text": context, "answer": "It opened in 1995.", "ok": 0, "kind": "date"},
        ]
    path = tmp_path_factory.mktemp("sample") / "labelled.csv"
    write_rows(rows, path)
    return path


COLUMNS = ("--context-column", "text", "--claim-column", "answer")


def test_a_labelled_file_becomes_a_calibration_that_scoring_uses(
    run: Run, sample: Path, tmp_path: Path
) -> None:
    kept, scored = tmp_path / "calibration.json", tmp_path / "scored.jsonl"
    code, output, error = run(
        "calibrate", str(sample), *COLUMNS, "--label-column", "ok", "--domain-column", "kind",
        "-o", str(kept), "--threads", "1",
    )  # fmt: skip
    assert (code, error) == (0, "")
    table, path = output.splitlines()[:-1], output.splitlines()[-1]
    assert [line.split()[0] for line in table[1:4]] == ["all", "date", "place"]
    assert table[1].split()[2:4] == ["40", "50"]  # rows, and the share of supported ones
    assert "40 rows are few" in table[-1]
    assert max(map(len, table)) <= 80
    assert path == f"wrote {kept}"
    code, _, error = run(
        "score", str(sample), *COLUMNS, "-o", str(scored), "--calibration", str(kept),
        "--calibrated", "--aggregation", "min", "--threads", "1",
    )  # fmt: skip
    assert (code, error) == (0, "")
    probs = [float(str(row.value("score"))) for row in read_rows(scored)]
    assert sum(probs) == pytest.approx(20, abs=3)  # as many as are supported


def test_what_cannot_be_had_is_one_sentence(run: Run, sample: Path, tmp_path: Path) -> None:
    code, _, error = run("calibrate", str(sample), *COLUMNS)
    assert code == 2
    assert "there is no column 'label'" in error
    arguments = ("calibrate", str(sample), *COLUMNS, "--label-column", "ok")
    assert "it can be balanced-accuracy" in run(*arguments, "--want", "everything")[2]
    assert "choose one of temperature" in run(*arguments, "--method", "beta")[2]
    assert "are too few to calibrate" in run(*arguments, "--limit", "10")[2]
    missing = ("--calibration", str(tmp_path / "absent.json"))
    code, _, error = run("score", str(sample), *COLUMNS, *missing)
    assert code == 2
    assert "there is no calibration" in error


def test_the_help_of_calibrate_says_what_labels_mean(run: Run) -> None:
    _, output, _ = run("calibrate", "--help")
    words = " ".join(output.replace("│", " ").split())
    assert "1 or 0, true or false, yes or no, supported or unsupported" in words
    assert "precision=0.9" in words
    assert "Example: concord calibrate" in words
