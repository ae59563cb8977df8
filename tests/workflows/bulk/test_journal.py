"""When what is done is kept, and when it is given up."""

from contextlib import suppress
from pathlib import Path

from concord.data.readers import read_records
from concord.workflows.bulk.journal import Journal
from concord.workflows.bulk.options import ScoreOptions
from concord.workflows.bulk.windows import Window, read_windows


def _windows(*claims: str) -> list[Window]:
    rows = [{"context": "c", "claim": claim} for claim in claims]
    return list(read_windows(read_records(rows), ScoreOptions(), max_rows=1))


def _break_off(path: Path, *done: Window) -> None:
    with suppress(KeyboardInterrupt), Journal(path, {}, output="out") as journal:
        for window in done:
            assert journal.recall(window) is None
            journal.append(window, {"score": [0.1 + 0.2]})
        raise KeyboardInterrupt


def test_scores_come_back_as_they_were_to_the_last_digit(tmp_path: Path) -> None:
    first, second = _windows("x", "y")
    _break_off(tmp_path / "journal", first)
    with Journal(tmp_path / "journal", {}, output="out") as journal:
        assert journal.recall(first) == {"score": [0.30000000000000004]}
        assert journal.recall(second) is None
    assert not (tmp_path / "journal").exists()  # the job is complete


def test_a_job_broken_off_before_its_first_row_keeps_what_an_earlier_one_did(
    tmp_path: Path,
) -> None:
    (window,) = _windows("x")
    _break_off(tmp_path / "journal", window)
    _break_off(tmp_path / "journal")
    with Journal(tmp_path / "journal", {}, output="out") as journal:
        assert journal.recall(window) is not None


def test_a_job_that_did_nothing_leaves_nothing(tmp_path: Path) -> None:
    _break_off(tmp_path / "journal")
    assert not (tmp_path / "journal").exists()


def test_a_first_line_that_was_cut_off_begins_a_new_job(tmp_path: Path) -> None:
    (window,) = _windows("x")
    (tmp_path / "journal").write_bytes(b'{"version":')
    with Journal(tmp_path / "journal", {}, output="out") as journal:
        assert journal.recall(window) is None
