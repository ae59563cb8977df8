"""Jobs that are broken off and go on, in files and folders of files."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet
from tests.length_scorer import LengthScorer

from concord.data.readers import FileFormat, read_rows
from concord.data.writers import write_rows
from concord.errors import ConcordError, ConfigError, DataError
from concord.workflows.score import JobOptions, ScoreOptions, score_file

CLAIMS = ["x", "xx", "xxx", "interrupt", "x", "xx", "xxx"]
CALM = [claim.replace("interrupt", "calm and") for claim in CLAIMS]


def _write(path: Path, claims: list[str]) -> Path:
    write_rows([{"n": n, "context": "c", "claim": claim} for n, claim in enumerate(claims)], path)
    return path


def _score(
    source: Path, output: Path | str, scorer: LengthScorer | None = None, **options: Any
) -> list[tuple[int, int]]:
    """Score two rows at a time, and return what was reported of the progress."""
    model = options.pop("model", None)
    file_options = {name: options.pop(name) for name in ("claim_column",) if name in options}
    seen: list[tuple[int, int]] = []
    score_file(
        str(source),
        str(output),
        ScoreOptions(**file_options),
        lambda: scorer or LengthScorer(),
        job=JobOptions(**{"checkpoint_rows": 2, **options}),
        model=model,
        progress=lambda done, resumed: seen.append((done, resumed)),
    )
    return seen


@contextmanager
def _interrupted() -> Iterator[None]:
    with pytest.raises(KeyboardInterrupt):
        yield


@pytest.mark.parametrize(
    "name", ["out.jsonl", "out.jsonl.gz", "out.json", "out.csv", "out.tsv", "out.parquet"]
)
def test_a_job_goes_on_where_it_was_broken_off(tmp_path: Path, name: str) -> None:
    source, output = tmp_path / "in.jsonl", tmp_path / name
    _score(_write(source, CALM), tmp_path / f"unbroken-{name}")
    with _interrupted():
        _score(_write(source, CLAIMS), output)
    assert not output.exists()
    calm = LengthScorer()
    seen = _score(_write(source, CALM), output, calm)
    # The second window, with the interrupt, was not done: 7 rows - 2 = windows of 2, 2 and 1.
    assert calm.window_sizes == [2, 2, 1]
    assert seen == [(2, 2), (4, 2), (6, 2), (7, 2)]
    assert output.read_bytes() == (tmp_path / f"unbroken-{name}").read_bytes()
    names = ["in.jsonl", name, f"unbroken-{name}"]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names)


def test_a_folder_keeps_its_whole_files_when_a_job_goes_on(tmp_path: Path) -> None:
    source, output = tmp_path / "in.csv", tmp_path / "out"
    claims = [*CALM, *CLAIMS]  # the interrupt is the 11th of 14 rows
    with _interrupted():
        _score(_write(source, claims), f"{output}/", partition_rows=3)
    whole = sorted(output.glob("part-*"))
    assert [path.name for path in whole] == [f"part-0000{n}.csv" for n in range(3)]
    before = [path.stat().st_ino for path in whole]
    _score(_write(source, [*CALM, *CALM]), output, partition_rows=3)
    assert [path.stat().st_ino for path in whole] == before
    assert [path.name for path in sorted(output.iterdir())] == [
        f"part-0000{n}.csv"
        for n in range(5)  # 14 rows = 3 + 3 + 3 + 3 + 2
    ]
    rows = [row.fields for row in read_rows(f"{output}/part-*.csv")]
    assert [row["n"] for row in rows] == [str(n) for n in range(14)]
    assert {tuple(row) for row in rows} == {("n", "context", "claim", "score", "error")}


def test_files_of_two_jobs_do_not_mix_in_a_folder(tmp_path: Path) -> None:
    source, output = _write(tmp_path / "in.jsonl", CALM), tmp_path / "out"
    _score(source, f"{output}/", partition_rows=2)
    with pytest.raises(ConfigError, match=r"out has part-00000.jsonl already, .* --restart"):
        _score(source, output, partition_rows=7)
    _score(source, output, partition_rows=7, restart=True)
    assert [path.name for path in output.iterdir()] == ["part-00000.jsonl"]


def test_parquet_files_of_a_folder_have_one_schema(tmp_path: Path) -> None:
    source, output = tmp_path / "in.jsonl", tmp_path / "out"
    write_rows(({"n": n, "context": "c", "claim": "x"} for n in (1, None)), source)
    score_file(
        str(source),
        f"{output}/",
        ScoreOptions(file_format=FileFormat.PARQUET),
        LengthScorer,
        job=JobOptions(partition_rows=1),
    )
    first, second = (parquet.read_schema(path) for path in sorted(output.iterdir()))
    assert str(first.field("n").type) == "int64"  # the second file alone would make it a text
    assert first == second


def test_an_empty_input_leaves_one_file_in_a_folder(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.touch()
    _score(source, f"{tmp_path}/out/")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["part-00000.jsonl"]


def test_another_input_option_or_model_is_refused(tmp_path: Path) -> None:
    source, output = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    with _interrupted():
        _score(_write(source, CLAIMS), output, model={"model": "first"})
    with pytest.raises(ConfigError, match=r"job whose claim_column is 'claim', not 'answer'; run"):
        _score(source, output, model={"model": "first"}, claim_column="answer")
    with pytest.raises(ConfigError, match=r"model is 'first', not 'second'; .* --restart to begin"):
        _score(source, output, model={"model": "second"})
    _write(source, ["other", *CALM[1:]])
    with pytest.raises(DataError, match="rows 1 to 2 are not those that the unfinished job"):
        _score(source, output, model={"model": "first"})
    _score(source, output, model={"model": "second"}, restart=True)
    assert len(output.read_text().splitlines()) == 7


def test_rows_that_are_gone_are_refused(tmp_path: Path) -> None:
    source, output = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    with _interrupted():
        _score(_write(source, CLAIMS), output)
    _write(source, [])
    with pytest.raises(DataError, match="the last rows are not those"):
        _score(source, output)
    assert not output.exists()


def test_a_line_that_was_cut_off_is_scored_again(tmp_path: Path) -> None:
    source, output = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    with _interrupted():
        _score(_write(source, [*CALM[:4], "interrupt"]), output)
    journal = tmp_path / ".out.jsonl.journal"
    assert len(journal.read_bytes().splitlines()) == 3  # how it scores, and two windows
    journal.write_bytes(journal.read_bytes()[:-9])
    seen = _score(_write(source, [*CALM[:4], "x"]), output)
    assert seen == [(2, 2), (4, 2), (5, 2)]
    assert [json.loads(line)["n"] for line in output.read_text().splitlines()] == [0, 1, 2, 3, 4]


def test_two_processes_do_not_write_one_output(tmp_path: Path) -> None:
    source = _write(tmp_path / "in.jsonl", CALM)

    class Intruder(LengthScorer):
        def score(self, *_texts: Any, **_options: Any) -> Any:
            _score(source, tmp_path / "out.jsonl")

    with pytest.raises(ConfigError, match=r"another process is writing .*out\.jsonl"):
        _score(source, tmp_path / "out.jsonl", Intruder())


def test_a_restart_removes_no_files_of_a_job_that_is_running(tmp_path: Path) -> None:
    source, output = _write(tmp_path / "in.jsonl", CALM), tmp_path / "out"

    class Intruder(LengthScorer):
        def score(self, *texts: Any, **options: Any) -> Any:
            if list(output.glob("part-*")):
                _score(source, output, partition_rows=2, restart=True)
            return super().score(*texts, **options)

    with pytest.raises(ConfigError, match="another process is writing"):
        _score(source, f"{output}/", Intruder(), partition_rows=2)
    assert list(output.glob("part-*"))


def test_a_job_goes_on_after_a_worker_died(tmp_path: Path) -> None:
    source, output = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    job = JobOptions(checkpoint_rows=2, workers=2)
    _write(source, ["x", "xx", "xxx", "wait", "wait", "die", "x"])
    with pytest.raises(ConcordError, match="killed by signal 9"):
        score_file(str(source), str(output), ScoreOptions(), LengthScorer, job=job)
    _write(source, ["x", "xx", "xxx", "wait", "wait", "x", "x"])
    counts = score_file(str(source), str(output), ScoreOptions(), LengthScorer, job=job)
    scores = [json.loads(line)["score"] for line in output.read_text().splitlines()]
    assert scores == [0.01, 0.02, 0.03, 0.04, 0.04, 0.01, 0.01]
    assert counts.scored == 7


def test_counts_below_one_are_refused() -> None:
    with pytest.raises(ConfigError, match="workers must be at least 1, got 0"):
        JobOptions(workers=0)
    with pytest.raises(ConfigError, match="partition_rows must be at least 1, got -1"):
        JobOptions(partition_rows=-1)


_JOB = """
import sys
from tests.length_scorer import LengthScorer
from concord.workflows.score import JobOptions, ScoreOptions, score_file
source, output, workers = sys.argv[1:]
job = JobOptions(checkpoint_rows=20, workers=int(workers))
print("begin", flush=True)
score_file(source, output, ScoreOptions(), LengthScorer, job=job)
"""


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
def test_a_job_that_is_killed_again_and_again_scores_every_row_once(
    tmp_path: Path, workers: int
) -> None:
    source, output = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    claims = ["wait" if n % 400 == 0 else "x" * (1 + n % 50) for n in range(4000)]
    _score(_write(source, claims), tmp_path / "unbroken.jsonl", checkpoint_rows=20)
    moments = random.Random(0)  # noqa: S311  # nothing secret
    command = [sys.executable, "-c", _JOB, str(source), str(output), str(workers)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    for _ in range(5):
        with subprocess.Popen(  # noqa: S603  # our own interpreter, on the program above
            command, stdout=subprocess.PIPE, env=environment
        ) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(moments.uniform(0, 1))
            process.send_signal(signal.SIGKILL)
    assert not output.exists()
    subprocess.run(command, check=True, capture_output=True, env=environment)  # noqa: S603
    assert output.read_bytes() == (tmp_path / "unbroken.jsonl").read_bytes()
    assert [json.loads(line)["n"] for line in output.read_text().splitlines()] == list(range(4000))
