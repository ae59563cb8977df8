"""The files of a run."""

import json
from pathlib import Path

from tests.tiny_training import read_log

from concord.training.run_state import RunFolder, RunState


def make_checkpoint(folder: Path, step: int, *, best_step: int | None = None) -> None:
    checkpoint = folder / f"checkpoint-{step:08d}"
    checkpoint.mkdir()
    RunState(step=step, best_step=best_step).save(checkpoint)


def test_the_newest_complete_checkpoint_is_found(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    assert folder.latest_checkpoint() is None
    for step in (90, 100, 9):
        make_checkpoint(tmp_path, step)
    (tmp_path / ".checkpoint-00000200.partial").mkdir()
    (tmp_path / ".checkpoint-00000300.discarded").mkdir()
    latest = folder.latest_checkpoint()
    assert latest is not None
    assert RunState.load(latest).step == 100


def test_a_state_of_an_earlier_version_is_read(tmp_path: Path) -> None:
    (tmp_path / "run_state.json").write_text(json.dumps({"step": 7}), encoding="utf-8")
    assert RunState.load(tmp_path) == RunState(step=7)


def test_old_checkpoints_go_and_best_models_that_one_refers_to_stay(tmp_path: Path) -> None:
    for step, best in ((10, 10), (20, 10), (30, 30), (40, 30)):
        make_checkpoint(tmp_path, step, best_step=best)
    for best in (5, 10, 30):
        (tmp_path / f"best-{best:08d}").mkdir()
    (tmp_path / ".checkpoint-00000005.discarded").mkdir()
    RunFolder(tmp_path, keep_checkpoints=3).drop_stale(RunState(step=40, best_step=30))
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "best-00000010",  # checkpoint 20 refers to it
        "best-00000030",
        "checkpoint-00000020",
        "checkpoint-00000030",
        "checkpoint-00000040",
    ]


def test_the_log_is_rewound_to_a_step(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    folder.rewind_log(3)  # nothing to rewind
    for step in (1, 2, 3, 4):
        folder.append_log({"step": step})
    with (tmp_path / "log.jsonl").open("a", encoding="utf-8") as log:
        log.write('{"step": ')  # killed in the middle of a line
    folder.rewind_log(2)
    folder.append_log({"step": 3})
    assert [record["step"] for record in read_log(tmp_path)] == [1, 2, 3]
