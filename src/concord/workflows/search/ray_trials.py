"""The trials of a search under Ray Tune: some at a time, ended early by ASHA.

Each trial is an actor, a process of its own. The default runs before them as it does without Ray,
so that nothing ends it early.
"""

import os
from pathlib import Path
from typing import Any, Final

import ray
from optuna.samplers import BaseSampler
from ray import tune
from ray.tune.schedulers import ASHAScheduler, FIFOScheduler, TrialScheduler
from ray.tune.search.optuna import OptunaSearch

from concord.errors import ConfigError
from concord.workflows.search.plan import SearchPlan
from concord.workflows.search.results import TrialRecord, TrialState
from concord.workflows.search.study import build_distribution, build_sampler
from concord.workflows.search.trial_process import train_trial
from concord.workflows.search.trials import (
    Told,
    TrialRunner,
    final_value,
    read_validations,
)
from concord.workflows.training_process import child_environment, is_trained

_NAME: Final = "ray"
_VALUE: Final = "value"
_VALIDATION: Final = "validation"


def run_under_ray(plan: SearchPlan, tell: Told, runner: TrialRunner) -> tuple[TrialRecord, ...]:
    """Run what is left of a search on the cluster of RAY_ADDRESS, or else on this machine.

    Args:
        plan: What is searched.
        tell: Told how it goes.
        runner: Runs the default.

    Raises:
        ConfigError: If the base config itself cannot be trained.
    """
    default = _run_default(plan, tell, runner)
    tell(f"{plan.config.num_trials} trials, {plan.config.workers} at a time")
    # what actors import, and no writers whose packages the extra does not bring
    os.environ["PYTHONPATH"] = child_environment()["PYTHONPATH"]
    os.environ["TUNE_DISABLE_AUTO_CALLBACK_LOGGERS"] = "1"
    is_ours = not ray.is_initialized()
    if is_ours:
        options: dict[str, Any] = {"num_cpus": plan.config.workers, "include_dashboard": False}
        ray.init(log_to_driver=False, **({} if "RAY_ADDRESS" in os.environ else options))
    try:
        results = _tuner(plan).fit()
    finally:
        if is_ours:
            ray.shutdown()
    records = [_record(plan, result) for result in results]
    return (default, *sorted(records, key=lambda each: each.number))


def _run_default(plan: SearchPlan, tell: Told, runner: TrialRunner) -> TrialRecord:
    folder = plan.folder(0)
    if not is_trained(folder):
        tell("trial 0: the base config")
        problem = runner(
            plan.config.base, plan.run_overrides((), folder), folder, may_go_on=lambda *_: True
        )
        if problem:
            raise ConfigError(f"the base config cannot be trained: {problem}")
    return TrialRecord(
        number=0,
        state="finished",
        settings=plan.default,
        overrides=(),
        value=final_value(folder),
        validations=read_validations(folder, plan.metric, plan.validations),
    )


def _tuner(plan: SearchPlan) -> tune.Tuner:
    """Return what goes on with the trials of a killed search, or else begins."""
    storage = plan.config.output.resolve()
    trainable = tune.with_parameters(_train, plan=plan, folder=Path.cwd())
    if tune.Tuner.can_restore(str(storage / _NAME)):
        return tune.Tuner.restore(str(storage / _NAME), trainable)
    return tune.Tuner(
        trainable,
        tune_config=tune.TuneConfig(
            search_alg=_search_algorithm(plan, build_sampler(plan.config, 0)),
            scheduler=_scheduler(plan),
            num_samples=plan.config.num_trials,
            max_concurrent_trials=plan.config.workers,
            trial_dirname_creator=_folder_name,
        ),
        run_config=tune.RunConfig(name=_NAME, storage_path=str(storage), verbose=0),
    )


def _folder_name(trial: Any) -> str:
    """Return a trial's number, from 1, with which its tag begins."""
    return f"{int(trial.experiment_tag.partition('_')[0]):04d}"


def _search_algorithm(plan: SearchPlan, sampler: BaseSampler) -> OptunaSearch:
    """Return Optuna as Ray calls it; it knows the default where that lies in the space."""
    is_inside = plan.default.keys() == plan.space.keys()
    return OptunaSearch(
        {key: build_distribution(each) for key, each in plan.space.items()},
        metric=_VALUE,
        mode=_mode(plan),
        sampler=sampler,
        points_to_evaluate=[dict(plan.default)] if is_inside else None,
        evaluated_rewards=[final_value(plan.folder(0))] if is_inside else None,
    )


def _scheduler(plan: SearchPlan) -> TrialScheduler:
    options = plan.config.pruning
    if options.kind == "none":
        return FIFOScheduler()
    return ASHAScheduler(
        time_attr=_VALIDATION,
        metric=_VALUE,
        mode=_mode(plan),
        max_t=max(plan.validations, options.min_validations),
        grace_period=options.min_validations,
        reduction_factor=options.reduction_factor,
    )


def _mode(plan: SearchPlan) -> str:
    return "max" if plan.is_maximized else "min"


def _train(config: dict[str, Any], plan: SearchPlan, folder: Path) -> None:
    """Run a trial in an actor, and report its validations.

    The last is reported once the model is saved, with the best figure: then it ends anyway.

    Args:
        config: The trial's settings.
        plan: What is searched.
        folder: Where the search was started, from which the plan's relative names go.
    """
    os.chdir(folder)  # Ray has put the actor elsewhere
    output = plan.folder(int(Path(tune.get_context().get_trial_dir()).name))

    def report(number: int, value: float) -> bool:
        if number < plan.validations:
            tune.report({_VALIDATION: number, _VALUE: value})
        return True

    overrides = plan.run_overrides(plan.trial_overrides(config), output)
    train_trial(plan.config.base, overrides, may_go_on=report)
    value = final_value(output)
    if value is None:
        raise ConfigError("no validation gave a finite figure")
    tune.report({_VALIDATION: plan.validations, _VALUE: value})


def _record(plan: SearchPlan, result: tune.Result) -> TrialRecord:
    number = int(Path(result.path).name)
    folder = plan.folder(number)
    settings = {key: result.config[key] for key in plan.space}
    validations = read_validations(folder, plan.metric, plan.validations)
    best = max if plan.is_maximized else min
    seen = best((value for _, value in validations), default=None)
    value = final_value(folder)
    if result.error is not None:
        problem = str(result.error).strip().splitlines()[-1]
        state: TrialState = "failed"
    else:
        problem, state = "", "pruned" if value is None else "finished"
    return TrialRecord(
        number=number,
        state=state,
        settings=settings,
        overrides=plan.trial_overrides(settings),
        value=seen if value is None else value,
        validations=validations,
        problem=problem,
    )
