"""`concord tune`: a search for better settings of a config of `concord finetune`.

Each trial is a run in a process of its own (see `concord.workflows.search.trials`). What is over
is not run again; a trial that was cut off goes on from its latest checkpoint.
"""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from concord.errors import ConfigError, MissingExtraError
from concord.workflows.comparing.results import MethodRun, load_run
from concord.workflows.evaluate_tasks import load_task_sources
from concord.workflows.measured_run import measure_run
from concord.workflows.run_folder import claim_run_folder
from concord.workflows.search.confirmation import save_confirmation
from concord.workflows.search.plan import SearchPlan
from concord.workflows.search.results import SearchResult, TrialRecord, best_trial, save_result
from concord.workflows.search.trials import (
    Told,
    TrialRunner,
    final_value,
    locked_folder,
    run_trial,
    tidy_trial,
)
from concord.workflows.training_process import is_trained

if TYPE_CHECKING:
    from concord.workflows.search.study import SearchStudy


def tune(
    plan: SearchPlan,
    *,
    told: Told | None = None,
    is_under_ray: bool = False,
    runner: TrialRunner = run_trial,
) -> SearchResult:
    """Run what is left of a search, measure its best trial and the default, and write it up.

    Args:
        plan: What is searched.
        told: Told how it goes.
        is_under_ray: Whether Ray runs the trials, some at a time.
        runner: Runs a trial where Ray does not.

    Raises:
        ConfigError: If the base config itself cannot be trained, or the output folder is that of
            another search.
        MissingExtraError: If Optuna, or Ray where it is asked for, is not installed.
    """
    tell = told or (lambda _: None)
    try:
        from concord.workflows.search.study import compute_importance
    except ModuleNotFoundError as error:
        raise MissingExtraError.needing("searching", str(error.name), "tune") from error
    output = plan.config.output
    with locked_folder(output, tell) as lock:
        claim_run_folder(output, plan.identity(is_under_ray=is_under_ray))
        if is_under_ray:
            records = _run_under_ray(plan, tell, partial(runner, lock=lock))
        else:
            records = _run_one_by_one(plan, tell, partial(runner, lock=lock))
        best = best_trial(records, is_maximized=plan.is_maximized)
        _tidy(plan, records)
        sampler = "TPE" if plan.config.sampler == "tpe" else "random draws"
        result = SearchResult(
            title=plan.config.title,
            method=f"Ray Tune, ASHA, {sampler}" if is_under_ray else f"Optuna, {sampler}",
            metric=plan.metric,
            is_maximized=plan.is_maximized,
            keys=tuple(plan.space),
            trials=records,
            default=_measured(plan, records[0], tell),
            best=_measured(plan, best, tell),
            command=plan.command(best.overrides),
            confirmation=save_confirmation(plan, best),
            importance=compute_importance(records, plan.space, is_maximized=plan.is_maximized),
        )
        save_result(result, output)
    return result


def _run_one_by_one(plan: SearchPlan, tell: Told, runner: TrialRunner) -> tuple[TrialRecord, ...]:
    from concord.workflows.search.study import SearchStudy

    with SearchStudy(plan) as study:
        while len(study.records) <= plan.config.num_trials:
            number, settings = study.open_trial()
            changes = () if number == 0 else plan.trial_overrides(settings)
            tell(f"trial {number}: {' '.join(changes) or 'the base config'}")
            folder = plan.folder(number)
            problem = runner(
                plan.config.base,
                plan.run_overrides(changes, folder),
                folder,
                may_go_on=partial(study.may_go_on, number),
            )
            if study.is_open(number):
                _close(study, number, folder, problem)
            tell(f"trial {number}: {_describe(study.records[number], plan)}")
            _tidy(plan, study.records)
        return study.records


def _close(study: "SearchStudy", number: int, folder: Path, problem: str | None) -> None:
    """Note how a trial ended that was not ended early."""
    value = final_value(folder)
    if problem is None and value is None:
        problem = "no validation gave a finite figure"
    if problem is None:
        assert value is not None  # noqa: S101  # else there is a problem
        study.finish(number, value)
        return
    if number == 0:
        raise ConfigError(f"the base config cannot be trained: {problem}")
    study.fail(number, problem)


def _describe(record: TrialRecord, plan: SearchPlan) -> str:
    if record.state == "failed":
        return record.problem
    assert record.value is not None  # noqa: S101  # only failed trials lack it
    return f"{record.state}, {plan.metric} {record.value:.4f}"


def _run_under_ray(plan: SearchPlan, tell: Told, runner: TrialRunner) -> tuple[TrialRecord, ...]:
    try:
        from concord.workflows.search.ray_trials import run_under_ray
    except ImportError as error:
        raise MissingExtraError.needing("--ray", error.name or "ray", "ray") from error
    return run_under_ray(plan, tell, runner)


def _tidy(plan: SearchPlan, records: Sequence[TrialRecord]) -> None:
    """Leave a model to the default and to the best trial alone."""
    finished = [each for each in records if each.state == "finished"]
    best = best_trial(tuple(finished), is_maximized=plan.is_maximized) if finished else None
    for each in records:
        is_kept = each.number == 0 or each is best
        tidy_trial(plan.folder(each.number), keeps_model=is_kept)


def _measured(plan: SearchPlan, trial: TrialRecord, tell: Told) -> MethodRun:
    folder = plan.folder(trial.number)
    kept = load_run(folder)
    if kept is not None:
        return kept
    if not is_trained(folder):
        raise ConfigError(f"{folder} has no model; delete {plan.config.output} and search again")
    tell(f"trial {trial.number}: measuring")
    sources = load_task_sources(plan.config.base, plan.run_overrides(trial.overrides, folder))
    return measure_run(folder, sources, seed=plan.seed)
