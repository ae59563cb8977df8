"""How far a job is, where nobody sees a bar."""

import pytest

from concord.cli.job_progress import RowLines, progress_line


def test_a_line_a_minute_tells_the_rate_and_the_time_left(
    capsys: pytest.CaptureFixture[str],
) -> None:
    times = iter([0.0, 0.0, 30.0, 60.0, 100.0, 120.0])
    report = RowLines(lambda: 2000, clock=lambda: next(times))
    report(400, 400)  # an earlier job had done these
    for done in (700, 1000, 1400, 1600):
        report(done, 400)
    # 600 rows in 60 s, then 1,200 in 120 s: 10 rows/s; 1,000 and 400 rows are left
    assert capsys.readouterr().err.splitlines() == [
        "concord: 1,000 of 2,000 rows scored, 10 rows/s, 0:01:40 left",
        "concord: 1,600 of 2,000 rows scored, 10 rows/s, 0:00:40 left",
    ]


def test_without_a_known_end_only_the_rate_is_told() -> None:
    assert progress_line(1500, None, 12.4) == "1,500 rows scored, 12 rows/s"
