"""A study without training: draws, kills at any moment, and who ends early."""

import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest

from concord.workflows.search.plan import PruningOptions, SearchConfig, SearchPlan
from concord.workflows.search.results import TrialRecord
from concord.workflows.search.space import Dimension, Setting
from concord.workflows.search.study import SearchStudy, compute_importance

SPACE = {
    "rate": Dimension(low=1e-5, high=1e-1, log=True),
    "layers": Dimension(low=1, high=6, integer=True),
    "kind": Dimension(choices=("a", "b")),
}


def make_plan(folder: Path, pruning: PruningOptions | None = None) -> SearchPlan:
    folder.mkdir()
    config = SearchConfig(
        base=Path("base.toml"),
        output=folder,
        space={},
        startup_trials=3,
        pruning=pruning or PruningOptions(kind="none"),
    )
    return SearchPlan(
        config=config,
        space=SPACE,
        common=(),
        default={"rate": 1e-2, "layers": 6, "kind": '"a"'},
        metric="mean",
        is_maximized=True,
        validations=4,
        seed=0,
    )


def figure(settings: Mapping[str, Setting]) -> float:
    """Return what a trial would reach: most at a rate of 1e-3, and a little more with "b"."""
    return 1 - abs(math.log10(float(settings["rate"])) + 3) / 10 + (settings["kind"] == '"b"') / 50


def run_trials(plan: SearchPlan, number: int) -> tuple[TrialRecord, ...]:
    with SearchStudy(plan) as study:
        while len(study.records) < number:
            opened, settings = study.open_trial()
            study.finish(opened, figure(settings))
        return study.records


def test_the_first_trial_is_the_default(tmp_path: Path) -> None:
    plan = make_plan(tmp_path / "study")
    first, second = run_trials(plan, 2)
    assert (first.number, first.settings, first.overrides) == (0, plan.default, ())
    assert first.value == pytest.approx(0.9)  # a tenth of one power of ten from the best rate
    assert [each.partition("=")[0] for each in second.overrides] == ["rate", "layers", "kind"]


def test_a_study_that_was_cut_off_has_the_trials_of_an_unbroken_one(tmp_path: Path) -> None:
    unbroken = run_trials(make_plan(tmp_path / "unbroken"), 8)
    cut = make_plan(tmp_path / "cut")
    for number in range(1, 8):
        run_trials(cut, number)
        with SearchStudy(cut) as study:
            opened = study.open_trial()  # and nothing comes of it
        with SearchStudy(cut) as study:
            assert study.open_trial() == opened
    assert run_trials(cut, 8) == unbroken
    assert len({each.settings["rate"] for each in unbroken}) == 8  # no draw comes twice


def test_another_seed_draws_other_trials(tmp_path: Path) -> None:
    plan = make_plan(tmp_path / "one")
    other = make_plan(tmp_path / "other")
    other = replace(other, config=replace(other.config, seed=1))
    assert run_trials(plan, 3)[1:] != run_trials(other, 3)[1:]


def test_a_default_outside_the_space_is_tried_and_teaches_nothing(tmp_path: Path) -> None:
    plan = replace(make_plan(tmp_path / "study"), default={"layers": 6})
    with SearchStudy(plan) as study:
        study.finish(study.open_trial()[0], 0.5)
        for _ in range(4):
            opened, settings = study.open_trial()
            assert settings.keys() == SPACE.keys()
            study.finish(opened, figure(settings))
        assert study.records[0].settings == {"layers": 6}


def report(study: SearchStudy, values: list[float]) -> tuple[int, int]:
    """Run a trial with these validations; return its number and how many it had."""
    number, _ = study.open_trial()
    for place, value in enumerate(values, start=1):
        if not study.may_go_on(number, place, value):
            return number, place
    study.finish(number, max(values))
    return number, len(values)


def test_a_trial_below_the_median_ends_early_and_the_default_never(tmp_path: Path) -> None:
    plan = make_plan(tmp_path / "study", PruningOptions(startup_trials=2, min_validations=2))
    with SearchStudy(plan) as study:
        assert report(study, [0.1, 0.1, 0.1, 0.1]) == (0, 4)
        assert report(study, [0.3, 0.3, 0.3, 0.3]) == (1, 4)
        # the medians are 0.2; validation 1 is before any may end
        assert report(study, [0.0, 0.19, 0.9, 0.9]) == (2, 2)
        assert report(study, [0.0, 0.21, 0.21, 0.21]) == (3, 4)
        # of the finished 0.1, 0.3, 0.21; at the last validation there is no time to save
        assert report(study, [0.0, 0.25, 0.25, 0.0]) == (4, 4)
        states = [each.state for each in study.records]
        assert states == ["finished", "finished", "pruned", "finished", "finished"]
        pruned = study.records[2]
        assert (pruned.value, pruned.validations) == (0.19, ((1, 0.0), (2, 0.19)))


def test_halving_lets_the_best_share_go_on(tmp_path: Path) -> None:
    plan = make_plan(tmp_path / "study", PruningOptions(kind="halving", reduction_factor=2))
    with SearchStudy(plan) as study:
        assert report(study, [0.5] * 4) == (0, 4)
        assert report(study, [0.4] * 4) == (1, 1)  # the best of two at validation 1 has 0.5
        assert report(study, [0.6, 0.3, 0.3, 0.3]) == (2, 2)  # at validation 2 the best has 0.5
        assert report(study, [0.7] * 4) == (3, 4)


@pytest.mark.parametrize("kind", ["median", "halving"])
def test_a_kill_between_the_pruners_word_and_the_note_of_it_changes_nothing(
    kind: Literal["median", "halving"], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pruning = PruningOptions(kind=kind, startup_trials=1, reduction_factor=2)
    plan = make_plan(tmp_path / "study", pruning)

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with SearchStudy(plan) as study:
        report(study, [0.5] * 4)
        number, settings = study.open_trial()
        monkeypatch.setattr(study._study, "tell", die)
        with pytest.raises(KeyboardInterrupt):
            study.may_go_on(number, 1, 0.4)
    with SearchStudy(plan) as study:
        assert study.open_trial() == (number, settings)
        assert not study.may_go_on(number, 1, 0.4)
        assert study.records[number].state == "pruned"


def test_a_validation_told_twice_counts_once(tmp_path: Path) -> None:
    plan = make_plan(tmp_path / "study")
    with SearchStudy(plan) as study:
        number, _ = study.open_trial()
        assert study.may_go_on(number, 1, 0.5)
    with SearchStudy(plan) as study:  # killed, and the run goes on from an earlier checkpoint
        assert study.may_go_on(number, 1, 0.5)
        assert study.may_go_on(number, 2, 0.6)
        study.finish(number, 0.6)
        assert study.records[0].validations == ((1, 0.5), (2, 0.6))


def test_a_failed_trial_keeps_its_reason_and_the_search_goes_on(tmp_path: Path) -> None:
    with SearchStudy(make_plan(tmp_path / "study")) as study:
        study.finish(study.open_trial()[0], 0.5)
        study.fail(study.open_trial()[0], "out of memory")
        study.finish(study.open_trial()[0], 0.6)
        assert [each.state for each in study.records] == ["finished", "failed", "finished"]
        assert (study.records[1].problem, study.records[1].value) == ("out of memory", None)


def test_what_decides_the_figure_is_the_most_important(tmp_path: Path) -> None:
    records = run_trials(make_plan(tmp_path / "study"), 30)
    importance = compute_importance(records, SPACE, is_maximized=True)
    assert next(iter(importance)) == "rate"
    assert sum(importance.values()) == pytest.approx(1)
    assert compute_importance(records[:3], SPACE, is_maximized=True) == {}  # too few to tell
