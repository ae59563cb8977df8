"""A search from its config file to its page; killed, resumed and under Ray."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from tests.tiny_search import run_here, write_search

from concord.errors import ConfigError, MissingExtraError
from concord.workflows.search.plan import load_search
from concord.workflows.search.plots import save_search_plots
from concord.workflows.search.results import SearchResult
from concord.workflows.search.trials import MayGoOn, locked_folder, run_trial
from concord.workflows.training_process import child_environment
from concord.workflows.tune import tune


@pytest.fixture(scope="module")
def search(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_search(tmp_path_factory.mktemp("searching"))


@pytest.fixture(scope="module")
def unbroken(search: Path) -> SearchResult:
    return tune(load_search(search), runner=run_here)


def test_a_search_tries_the_default_first_and_writes_what_it_found(
    search: Path, unbroken: SearchResult
) -> None:
    assert [each.number for each in unbroken.trials] == [0, 1, 2, 3]
    default = unbroken.trials[0]
    assert (default.state, default.overrides, len(default.validations)) == ("finished", (), 3)
    assert default.settings["trainer.optimizer.learning_rate"] == 3e-3
    best = unbroken.best_trial
    finished = [each for each in unbroken.trials if each.state == "finished"]
    assert best.value == max(each.value or 0.0 for each in finished)
    for run in (unbroken.default, unbroken.best):
        for figure in run.figures.values():
            assert figure.figure.low <= figure.figure.value <= figure.figure.high

    output = search.parent / "search"
    table = json.loads((output / "tune.json").read_text(encoding="utf-8"))
    assert table["best_trial"] == best.number
    page = (output / "tune.md").read_text(encoding="utf-8")
    assert f"concord finetune {search.parent}/tasks.toml trainer.epochs=1" in page
    assert "| 0, the default | finished |" in page
    models = sorted(path.parent.name for path in (output / "trials").glob("*/model"))
    assert models == sorted({"0000", f"{best.number:04d}"})
    assert not list((output / "trials").glob("*/checkpoint-*"))


def test_a_finished_search_runs_nothing_again_and_may_be_given_more_trials(
    search: Path, unbroken: SearchResult
) -> None:
    assert tune(load_search(search), runner=_fail) == unbroken
    more = tune(load_search(search, ["num_trials=4"]), runner=run_here)
    assert more.trials[:4] == unbroken.trials
    assert len(more.trials) == 5


class KilledError(BaseException):
    """Stands for a kill: nothing of the search's own handles it."""


def test_a_killed_search_ends_as_an_unbroken_one(
    search: Path, unbroken: SearchResult, tmp_path: Path
) -> None:
    plan = load_search(search, [f"output={tmp_path}/search"])
    steps: list[int] = []

    def run_and_die(
        base: Path,
        overrides: Sequence[str],
        folder: Path,
        *,
        may_go_on: MayGoOn,
        lock: int | None = None,
    ) -> str | None:
        def ask(number: int, value: float) -> bool:
            steps.append(number)
            if len(steps) in {2, 6}:  # before and after the answer
                raise KilledError
            answer = may_go_on(number, value)
            if len(steps) in {4, 9}:
                raise KilledError
            return answer

        return run_here(base, overrides, folder, may_go_on=ask, lock=lock)

    kills = 0
    while True:
        try:
            found = tune(plan, runner=run_and_die)
            break
        except KilledError:
            kills += 1
    assert kills >= 3
    assert found.trials == unbroken.trials
    assert found.best.figures == unbroken.best.figures


def test_a_search_of_something_else_in_the_same_folder_is_refused(
    search: Path, unbroken: SearchResult
) -> None:
    assert unbroken.trials
    with pytest.raises(ConfigError, match="holds a run of another config"):
        tune(load_search(search, ["seed=1"]), runner=_fail)


def test_a_base_config_that_cannot_be_trained_ends_the_search(search: Path, tmp_path: Path) -> None:
    plan = load_search(
        search, [f"output={tmp_path}/search", "overrides=['encoder.name=nowhere/at-all']"]
    )
    with pytest.raises(ConfigError, match=r"base config cannot be trained: .*nowhere/at-all"):
        tune(plan, runner=run_here)


def test_a_trial_in_a_process_of_its_own_is_ended_early_or_says_why_it_failed(search: Path) -> None:
    plan = load_search(search)
    folder = plan.config.output / "apart"
    overrides = plan.run_overrides((), folder)
    asked: list[int] = []

    def until_the_second(number: int, value: float) -> bool:
        assert 0 <= value <= 1
        asked.append(number)
        return number < 2

    assert run_trial(plan.config.base, overrides, folder, may_go_on=until_the_second) is None
    assert asked == [1, 2]
    assert not (folder / "model").exists()
    assert "ended: others do better" in (folder / "train.log").read_text(encoding="utf-8")

    asked.clear()
    wrong = [*overrides, "trainer.epochs=0"]
    problem = run_trial(plan.config.base, wrong, folder, may_go_on=until_the_second)
    assert problem is not None
    assert "trainer.epochs must be at least 1, got 0" in problem
    assert asked == []


def test_a_folder_belongs_to_one_search_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("concord.workflows.search.trials._PATIENCE_S", 0.0)
    with (
        locked_folder(tmp_path, print),
        pytest.raises(ConfigError, match="another search is at work in"),
        locked_folder(tmp_path, print),
    ):
        pass
    with locked_folder(tmp_path, print):
        pass


def test_without_optuna_the_extra_is_named(search: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "concord.workflows.search.study", raising=False)
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(MissingExtraError, match=r"'optuna' package: .*concord\[tune\]"):
        tune(load_search(search), runner=_fail)


def test_without_ray_the_extra_is_named(
    search: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "concord.workflows.search.ray_trials", raising=False)
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(MissingExtraError, match=r"--ray needs the 'ray' package: .*concord\[ray\]"):
        tune(load_search(search, [f"output={tmp_path}/ray"]), runner=_fail, is_under_ray=True)


def test_the_trials_are_drawn_in_their_order(unbroken: SearchResult, tmp_path: Path) -> None:
    written = save_search_plots(unbroken, tmp_path / "plots")
    assert [path.name for path in written][:1] == ["history.svg"]
    picture = written[0].read_text(encoding="utf-8")
    assert picture.count("<!-- best so far -->") == picture.count("<!-- default -->") == 1
    assert sorted(path.name for path in (tmp_path / "plots").iterdir()) == sorted(
        path.name for path in written
    )


@pytest.mark.slow
def test_a_search_whose_process_is_killed_goes_on(
    search: Path, unbroken: SearchResult, tmp_path: Path
) -> None:
    found = _kill_and_resume([str(search), f"output={tmp_path}/search"], tmp_path / "search")
    assert [each["settings"] for each in found["trials"]] == [
        dict(each.settings) for each in unbroken.trials
    ]
    assert [each["value"] for each in found["trials"]] == [each.value for each in unbroken.trials]


@pytest.mark.slow
@pytest.mark.filterwarnings("default")  # those of Ray's own threads and files
def test_ray_runs_the_same_space_with_asha(
    search: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(search.parent)  # all names are relative, and an actor stands elsewhere
    output = os.path.relpath(tmp_path / "search")
    overrides = [f"output={output}", "num_trials=2", "pruning.kind=halving", "workers=1"]
    plan = load_search(Path(search.name), overrides)
    found = tune(plan, is_under_ray=True, runner=run_here)
    assert [each.number for each in found.trials] == [0, 1, 2]
    assert {each.state for each in found.trials} <= {"finished", "pruned"}
    assert all(each.settings.keys() == plan.space.keys() for each in found.trials)
    assert found.method == "Ray Tune, ASHA, TPE"
    assert (tmp_path / "search" / "tune.md").is_file()
    assert tune(plan, is_under_ray=True, runner=_fail) == found


@pytest.mark.slow
def test_a_search_under_ray_whose_process_is_killed_goes_on(search: Path, tmp_path: Path) -> None:
    output = tmp_path / "search"
    arguments = [str(search), f"output={output}", "num_trials=2", "workers=1", "--ray"]
    found = _kill_and_resume(arguments, output)
    assert [each["number"] for each in found["trials"]] == [0, 1, 2]
    assert {each["state"] for each in found["trials"]} <= {"finished", "pruned"}
    assert len({json.dumps(each["settings"]) for each in found["trials"]}) == 3


def _kill_and_resume(arguments: Sequence[str], output: Path) -> dict[str, Any]:
    """Kill a search once its trial 1 learns, start it again, and return what it found."""
    command = [sys.executable, "-m", "concord.cli.main", "tune", *arguments]
    log = output / "trials" / "0001" / "log.jsonl"
    with subprocess.Popen(command, env=child_environment()) as process:  # noqa: S603  # our own
        while not log.is_file() and process.poll() is None:
            time.sleep(0.05)
        assert process.poll() is None  # it is killed at work
        os.kill(process.pid, signal.SIGKILL)
    subprocess.run(command, env=child_environment(), check=True)  # noqa: S603  # our own
    found: dict[str, Any] = json.loads((output / "tune.json").read_text(encoding="utf-8"))
    return found


def _fail(
    base: Path,
    overrides: Sequence[str],
    folder: Path,
    *,
    may_go_on: MayGoOn,
    lock: int | None = None,
) -> str | None:
    raise AssertionError(f"nothing is to run: {base}, {overrides}, {folder}, {may_go_on}, {lock}")
