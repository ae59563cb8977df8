import gzip
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from concord.errors import DataError
from concord.evaluation.leaderboard.predictions import (
    Header,
    Predictions,
    cached_or_asked,
    cached_predictions,
    load_predictions,
    predictions_path,
    save_predictions,
)

_HEADER = Header(
    system="mini",
    set="snli",
    data_hash="d",
    model="m",
    seed=0,
    head="three_way",
    split="test",
    rows_hash="r",
    examples=2,
    seconds=1.5,
)


def _predictions(header: Header = _HEADER) -> Predictions:
    return Predictions(
        header=header,
        rows=(0, 3),
        groups=(None, "q1"),
        targets=np.array([0.0, 2.0]),
        degrees=np.array([0.75, 0.125]),
        decisions=np.array([0.0, 1.0]),
        probs=np.array([[0.75, 0.25, 0.0], [0.125, 0.5, 0.375]]),
    )


def test_predictions_are_the_same_after_being_written_and_read(tmp_path: Path) -> None:
    save_predictions(_predictions(), tmp_path / "a.jsonl.gz")
    found = load_predictions(tmp_path / "a.jsonl.gz")
    assert (found.header, found.rows, found.groups) == (_HEADER, (0, 3), (None, "q1"))
    assert found.degrees.tolist() == [0.75, 0.125]
    assert found.probs is not None
    assert found.probs.tolist() == [[0.75, 0.25, 0.0], [0.125, 0.5, 0.375]]
    assert found.question_names == ["alone-0", "q1"]


def test_a_file_is_a_header_and_a_line_for_each_row(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    save_predictions(_predictions(), path)
    lines = gzip.decompress(path.read_bytes()).decode().splitlines()
    assert len(lines) == 3
    wanted = {"system", "set", "data_hash", "model", "seed", "head", "split"}
    assert wanted < json.loads(lines[0]).keys()
    assert json.loads(lines[1]) == {
        "row": 0,
        "group": None,
        "target": 0.0,
        "degree": 0.75,
        "decision": 0.0,
        "probs": [0.75, 0.25, 0.0],
    }


def test_equal_predictions_give_equal_bytes_and_leave_nothing_else(tmp_path: Path) -> None:
    for name in ("a.jsonl.gz", "b.jsonl.gz"):
        save_predictions(_predictions(), tmp_path / name)
    assert (tmp_path / "a.jsonl.gz").read_bytes() == (tmp_path / "b.jsonl.gz").read_bytes()
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize(
    "change", [{"model": "other"}, {"data_hash": "other"}, {"rows_hash": "x"}, {"examples": 3}]
)
def test_predictions_of_another_model_or_other_rows_are_not_used(
    tmp_path: Path, change: dict[str, str]
) -> None:
    path = tmp_path / "a.jsonl.gz"
    save_predictions(_predictions(), path)
    assert cached_predictions(path, _HEADER) is not None
    assert cached_predictions(path, replace(_HEADER, seconds=9.0)) is not None
    assert cached_predictions(path, replace(_HEADER, **change)) is None  # type: ignore[arg-type]


def test_a_file_that_was_cut_off_is_asked_for_again(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    save_predictions(_predictions(), path)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(DataError, match=r"a\.jsonl\.gz"):
        load_predictions(path)
    asked = []

    def ask() -> Predictions:
        asked.append(1)
        return _predictions()

    for _ in range(2):
        assert cached_or_asked(path, _HEADER, ask).rows == (0, 3)
    assert len(asked) == 1


def test_a_file_of_too_few_rows_is_not_used(tmp_path: Path) -> None:
    header = replace(_HEADER, examples=3)
    save_predictions(_predictions(header), tmp_path / "a.jsonl.gz")
    assert cached_predictions(tmp_path / "a.jsonl.gz", header) is None


def test_fresh_predictions_are_those_that_a_cached_run_reads(tmp_path: Path) -> None:
    fresh = replace(_predictions(), degrees=np.array([1 / 3, 2 / 3]))
    first = cached_or_asked(tmp_path / "a.jsonl.gz", _HEADER, lambda: fresh)
    second = cached_or_asked(tmp_path / "a.jsonl.gz", _HEADER, lambda: fresh)
    assert first.degrees.tolist() == second.degrees.tolist() == [0.3333333, 0.6666667]


def test_names_of_systems_become_names_of_files() -> None:
    path = predictions_path(Path("run"), "mini (no splitting)", "anli_r1")
    assert path == Path("run/predictions/mini-no-splitting/anli_r1.jsonl.gz")


def test_some_rows_can_be_taken_alone() -> None:
    some = _predictions().of_rows({3})
    assert (some.rows, some.groups, some.targets.tolist()) == ((3,), ("q1",), [2.0])
