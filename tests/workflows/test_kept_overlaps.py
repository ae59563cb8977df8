"""Overlaps with training data, as a run of suites keeps them."""

import json
from pathlib import Path

import pytest
from tests.word_system import WordSystem

from concord.errors import ConfigError
from concord.evaluation.board import Board
from concord.evaluation.suites.suite import Suite, TestSet
from concord.workflows.leaderboard import run_leaderboard
from concord.workflows.leaderboard_options import LeaderboardOptions, SystemSource

_SUITE = Suite(name="pairs", title="Pairs", purpose="?", sets=(TestSet(recipe="snli"),))


def _rows(numbers: range) -> str:
    rows = [
        {"text_a": f"there is w{number}", "text_b": f"it is w{number}", "label": "entailment"}
        for number in numbers
    ]
    return "".join(f"{json.dumps(row)}\n" for row in rows)


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    folder = tmp_path / "data" / "snli"
    folder.mkdir(parents=True)
    (folder / "dev.jsonl").write_text(_rows(range(8)), encoding="utf-8")
    (folder / "train.jsonl").write_text(_rows(range(5, 20)), encoding="utf-8")
    return folder.parent


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "train.toml"
    path.write_text(
        'output = "run"\n\n[data]\nfolder = "d"\nrecipes = ["snli"]\n', encoding="utf-8"
    )
    return path


def _run(data_dir: Path, output: Path, *configs: Path) -> Board:
    options = LeaderboardOptions(
        data_dir=data_dir, output=output, suites=(_SUITE,), trained_with=configs
    )
    return run_leaderboard([SystemSource("words", WordSystem)], options)


def test_a_run_says_what_of_its_sets_was_learned(
    data_dir: Path, config: Path, tmp_path: Path
) -> None:
    (overlap,) = _run(data_dir, tmp_path / "run", config).contamination
    # rows 5, 6 and 7 of 0 to 7 are in both
    assert (overlap.set, overlap.rows, overlap.exact) == ("snli", 8, 3)
    assert _run(data_dir, tmp_path / "run").contamination == ()


def test_overlaps_are_kept_until_config_or_rows_change(
    data_dir: Path, config: Path, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    (first,) = _run(data_dir, run, config).contamination
    kept = run / "contamination.json"
    kept.write_text(kept.read_text(encoding="utf-8").replace('"exact": 3', '"exact": 7'))
    (again,) = _run(data_dir, run, config).contamination
    assert (first.exact, again.exact) == (3, 7)  # what was kept, not what would be found
    train = data_dir / "snli" / "train.jsonl"
    train.write_text(_rows(range(7, 20)), encoding="utf-8")
    (anew,) = _run(data_dir, run, config).contamination
    assert anew.exact == 1
    config.write_text(f"{config.read_text(encoding='utf-8')}max_rows = 3\n", encoding="utf-8")
    train.write_text(_rows(range(12, -1, -1)), encoding="utf-8")
    (anew,) = _run(data_dir, run, config).contamination
    assert anew.exact == 0  # 12, 11 and 10


def test_a_config_that_is_not_there_is_refused(data_dir: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"there is no training config .*none\.toml"):
        _run(data_dir, tmp_path / "run", tmp_path / "none.toml")
