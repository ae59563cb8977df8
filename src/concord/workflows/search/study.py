"""The study of a search: which settings come next, and which trials end early (Optuna).

A draw is a function of the search's seed, the trial's number and the trials before it, made on a
copy of the study and then noted in one write. Whether a trial ends early follows in the same way
from the validations that are noted. So a study that was cut off goes on with the very trials of an
unbroken one.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Self

import numpy as np
import optuna
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)
from optuna.importance import PedAnovaImportanceEvaluator, get_param_importances
from optuna.pruners import BasePruner, MedianPruner, NopPruner, SuccessiveHalvingPruner
from optuna.samplers import BaseSampler, RandomSampler, TPESampler
from optuna.storages import RDBStorage
from optuna.trial import FrozenTrial, Trial, TrialState, create_trial

from concord.workflows.search.plan import PruningOptions, SearchConfig, SearchPlan
from concord.workflows.search.results import TrialRecord
from concord.workflows.search.space import Dimension, Setting

STUDY_FILE: Final = "study.db"
_NAME: Final = "concord"
_PROBLEM: Final = "problem"
_STATES: Final = {
    TrialState.COMPLETE: "finished",
    TrialState.PRUNED: "pruned",
    TrialState.FAIL: "failed",
}


class SearchStudy:
    """A study in SQLite, in the folder of its search.

    Args:
        plan: What is searched.
    """

    def __init__(self, plan: SearchPlan) -> None:
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        self._plan = plan
        path = plan.config.output.resolve() / STUDY_FILE
        self._storage = RDBStorage(f"sqlite:///{path}")
        self._study = optuna.create_study(
            storage=self._storage,
            study_name=_NAME,
            direction=_direction(is_maximized=plan.is_maximized),
            load_if_exists=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._storage.remove_session()
        self._storage.engine.dispose()

    @property
    def records(self) -> tuple[TrialRecord, ...]:
        """The trials that are over."""
        trials = self._study.get_trials(deepcopy=False)
        return tuple(self._record(trial) for trial in trials if trial.state.is_finished())

    def open_trial(self) -> tuple[int, Mapping[str, Setting]]:
        """Return the number and settings of the trial that was cut off, or else of a new one."""
        trials = self._study.get_trials(deepcopy=False)
        cut_off = [each for each in trials if each.state == TrialState.RUNNING]
        if cut_off:
            return cut_off[0].number, cut_off[0].params
        number = len(trials)
        settings = self._plan.default if number == 0 else self._draw(number, trials)
        distributions = {key: build_distribution(self._plan.space[key]) for key in settings}
        self._study.add_trial(
            create_trial(
                state=TrialState.RUNNING, params=dict(settings), distributions=distributions
            )
        )
        return number, settings

    def may_go_on(self, number: int, validation: int, value: float) -> bool:
        """Note a validation of a running trial; tell whether others leave it a chance.

        One that is to end is noted as pruned at once, so that a kill cannot bring it back. That of
        the base config always goes on, and so does one after its last validation.
        """
        trial = self._trial(number)
        known = self._study.get_trials(deepcopy=False)[number].intermediate_values
        if validation not in known:
            trial.report(value, validation)
        is_bound_to_end = number == 0 or validation >= self._plan.validations
        if is_bound_to_end or not self._is_hopeless(number):
            return True
        self._study.tell(trial, state=TrialState.PRUNED)
        return False

    def is_open(self, number: int) -> bool:
        """Tell whether a trial is not over."""
        return not self._study.get_trials(deepcopy=False)[number].state.is_finished()

    def finish(self, number: int, value: float) -> None:
        """Note the figure of a trial that is done."""
        self._study.tell(self._trial(number), value)

    def fail(self, number: int, problem: str) -> None:
        """Note why a trial failed."""
        trial = self._trial(number)
        trial.set_user_attr(_PROBLEM, problem)
        self._study.tell(trial, state=TrialState.FAIL)

    def _trial(self, number: int) -> Trial:
        return Trial(self._study, self._study.get_trials(deepcopy=False)[number]._trial_id)

    def _is_hopeless(self, number: int) -> bool:
        """Ask the pruner about a trial's last validation.

        A pruner keeps notes of what it said, and a kill could part them from what came of it.
        Hence they are made anew each time, on a copy in which all is told again in its order.
        """
        copy = optuna.create_study(
            direction=_direction(is_maximized=self._plan.is_maximized),
            sampler=RandomSampler(),  # draws nothing: the copy's trials have no settings
            pruner=build_pruner(self._plan.config.pruning),
        )
        is_hopeless = False
        for told in self._study.get_trials(deepcopy=False)[: number + 1]:
            trial = copy.ask()
            for validation, value in sorted(told.intermediate_values.items()):
                trial.report(value, validation)
                is_hopeless = trial.should_prune()
            if told.state.is_finished():
                is_done = told.state == TrialState.COMPLETE
                copy.tell(trial, told.value if is_done else None, state=told.state)
        return is_hopeless

    def _draw(self, number: int, trials: Sequence[FrozenTrial]) -> Mapping[str, Setting]:
        """Return a trial's settings; earlier ones that lie outside the space teach nothing."""
        space = self._plan.space
        distributions = {key: build_distribution(each) for key, each in space.items()}
        copy = optuna.create_study(
            direction=_direction(is_maximized=self._plan.is_maximized),
            sampler=build_sampler(self._plan.config, number),
        )
        copy.add_trials(
            [each for each in trials if each.number < number and each.params.keys() == space.keys()]
        )
        settings: dict[str, Any] = copy.ask(distributions).params
        return settings

    def _record(self, trial: FrozenTrial) -> TrialRecord:
        values = sorted(trial.intermediate_values.items())
        best = max if self._plan.is_maximized else min
        seen = best((value for _, value in values), default=None)
        is_finished = trial.state == TrialState.COMPLETE
        return TrialRecord(
            number=trial.number,
            state=_STATES[trial.state],  # type: ignore[arg-type]  # the three there are
            settings=trial.params,
            overrides=() if trial.number == 0 else self._plan.trial_overrides(trial.params),
            value=trial.value if is_finished else seen,
            validations=tuple(values),
            problem=trial.user_attrs.get(_PROBLEM, ""),
        )


def build_distribution(dimension: Dimension) -> BaseDistribution:
    """Return a dimension in Optuna's terms; choices are their TOML texts."""
    if dimension.choices is not None:
        return CategoricalDistribution(dimension.texts)
    low, high = dimension.ends
    if dimension.integer:
        return IntDistribution(int(low), int(high), log=dimension.log)
    return FloatDistribution(float(low), float(high), log=dimension.log)


def build_sampler(config: SearchConfig, number: int) -> BaseSampler:
    """Return what draws the settings of one trial."""
    seed = int(np.random.SeedSequence([config.seed, number]).generate_state(1)[0])
    if config.sampler == "random":
        return RandomSampler(seed=seed)
    return TPESampler(seed=seed, n_startup_trials=config.startup_trials)


def build_pruner(options: PruningOptions) -> BasePruner:
    """Return what ends trials early."""
    match options.kind:
        case "median":
            return MedianPruner(
                n_startup_trials=options.startup_trials, n_warmup_steps=options.min_validations
            )
        case "halving":
            return SuccessiveHalvingPruner(
                min_resource=options.min_validations, reduction_factor=options.reduction_factor
            )
        case "none":
            return NopPruner()


def compute_importance(
    trials: Sequence[TrialRecord], space: Mapping[str, Dimension], *, is_maximized: bool
) -> dict[str, float]:
    """Return each key's share in what tells the better half of finished trials from the rest.

    PED-ANOVA (Watanabe et al., 2023); the most important key comes first. Empty where fewer than
    four trials are finished in the space, or their figures are all the same.
    """
    distributions = {key: build_distribution(each) for key, each in space.items()}
    inside = [
        create_trial(value=each.value, params=dict(each.settings), distributions=distributions)
        for each in trials
        if each.state == "finished" and each.settings.keys() == space.keys()
    ]
    if len(inside) < 4 or len({each.value for each in inside}) == 1:
        return {}
    study = optuna.create_study(direction=_direction(is_maximized=is_maximized))
    study.add_trials(inside)
    importance = get_param_importances(study, evaluator=PedAnovaImportanceEvaluator())
    return dict(importance)


def _direction(*, is_maximized: bool) -> str:
    return "maximize" if is_maximized else "minimize"
