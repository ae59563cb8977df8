"""A search as its config file describes it, checked against the config that it starts from."""

import os
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Literal

from concord.adaptation import build_adaptation
from concord.config import load_config, load_table, to_mapping
from concord.data.sources import Split
from concord.data.task_rows import has_split
from concord.errors import ConfigError
from concord.tasks import AnyTask
from concord.workflows.finetuning.config import FinetuneConfig, load_finetune_config
from concord.workflows.search.space import Dimension, Setting, read_space, to_override

_FIXED_KEYS: Final = (
    "output",
    "data_dir",
    "cache_folder",
    "validation_rows",
    "trainer.best_metric",
    "trainer.direction",
    "trainer.validations",
)
"""What all trials must share to be compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PruningOptions:
    """When a trial that does badly is ended early; what counts are its validations.

    Attributes:
        kind: "median" ends a trial whose best validation so far is worse than the median of the
            finished trials at the same one. "halving" lets the best of 1 / `reduction_factor` go
            on past validation `min_validations`, past `reduction_factor` times as many, and so on
            (asynchronous successive halving; Li et al., 2020). "none" ends none.
        min_validations: Validations that each trial has.
        startup_trials: Finished trials before the median ends any.
        reduction_factor: How sharply halving selects.
    """

    kind: Literal["none", "median", "halving"] = "median"
    min_validations: int = 1
    startup_trials: int = 5
    reduction_factor: int = 3

    def __post_init__(self) -> None:
        for name, least in (("min_validations", 1), ("startup_trials", 0), ("reduction_factor", 2)):
            if getattr(self, name) < least:
                raise ConfigError(
                    f"pruning.{name} must be at least {least}, got {getattr(self, name)}"
                )


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchConfig:
    """What a search changes, and by what it judges.

    Attributes:
        base: A config of `concord finetune`; relative to this file.
        output: The folder of the study, of the trials and of what is written.
        space: Ranges and choices by the key of the base config.
        num_trials: Settings that are tried, besides those of the base config (trial 0); more may
            be asked of a search that is done (but not under Ray).
        title: The heading of what is written.
        overrides: What differs from the base config in every trial.
        data_dir: What the base config's relative file names start from; its own folder unless
            given.
        metric: The validation figure that is sought; `trainer.best_metric` of the base config
            unless given.
        direction: Whether more or less of it is better; `trainer.direction` unless given.
        sampler: "tpe" draws where earlier trials did well (Bergstra et al., 2011), "random"
            anywhere.
        startup_trials: Trials drawn at random before "tpe" looks at the earlier ones.
        seed: Decides the draws; the trials' own seed is that of the base config.
        pruning: When a trial ends early.
        workers: Trials at a time (Ray, which takes "median" for "halving").
    """

    base: Path
    output: Path
    space: Mapping[str, Any]
    num_trials: int = 30
    title: str = "A search"
    overrides: tuple[str, ...] = ()
    data_dir: Path | None = None
    metric: str | None = None
    direction: Literal["max", "min"] | None = None
    sampler: Literal["tpe", "random"] = "tpe"
    startup_trials: int = 10
    seed: int = 0
    pruning: PruningOptions = field(default_factory=PruningOptions)
    workers: int = 2

    def __post_init__(self) -> None:
        for name in ("num_trials", "startup_trials", "workers"):
            if getattr(self, name) < 1:
                raise ConfigError(f"{name} must be at least 1, got {getattr(self, name)}")
        if self.seed < 0:
            raise ConfigError(f"seed must be at least 0, got {self.seed}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchIdentity:
    """What must stay for a search to go on in its folder; under Ray, `num_trials` too."""

    base: Mapping[str, Any]
    data_dir: Path | None
    space: Mapping[str, Dimension]
    is_under_ray: bool
    num_trials_under_ray: int
    sampler: str
    startup_trials: int
    seed: int
    pruning: PruningOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPlan:
    """A search that can run.

    Attributes:
        config: As it was read.
        space: The dimensions by their keys.
        common: The overrides of every trial.
        default: The base config's own settings, where they lie in the space.
        metric: The validation figure that is sought.
        is_maximized: Whether more of it is better.
        validations: How many a whole trial has.
        seed: Of every trial.
    """

    config: SearchConfig
    space: Mapping[str, Dimension]
    common: tuple[str, ...]
    default: Mapping[str, Setting]
    metric: str
    is_maximized: bool
    validations: int
    seed: int

    def folder(self, number: int) -> Path:
        """Return where a trial is kept."""
        return self.config.output / "trials" / f"{number:04d}"

    def trial_overrides(self, settings: Mapping[str, Setting]) -> tuple[str, ...]:
        """Return what a trial changes, in the order of the space."""
        return tuple(to_override(key, settings[key]) for key in self.space if key in settings)

    def run_overrides(self, changes: Sequence[str], folder: Path) -> list[str]:
        """Return all overrides of the run of a trial."""
        own = [f"output={folder.resolve()}"]
        if self.config.data_dir is not None:
            own.append(f"data_dir={self.config.data_dir.resolve()}")
        if "cache_folder" not in load_table(self.config.base, self.common):
            own.append(f"cache_folder={(self.config.output / 'encoded').resolve()}")
        return [*self.common, *changes, *own]

    def command(self, changes: Sequence[str]) -> str:
        """Return the command that trains with some settings."""
        data = self.config.data_dir
        words = ["concord", "finetune", str(self.config.base), *self.common, *changes]
        return shlex.join(words if data is None else [*words, f"data_dir={data}"])

    def identity(self, *, is_under_ray: bool) -> SearchIdentity:
        """Return what tells this search from others."""
        config = self.config
        return SearchIdentity(
            base=load_table(config.base, self.common),
            data_dir=config.data_dir and config.data_dir.resolve(),
            space=self.space,
            is_under_ray=is_under_ray,
            num_trials_under_ray=config.num_trials if is_under_ray else 0,
            sampler=config.sampler,
            startup_trials=config.startup_trials,
            seed=config.seed,
            pruning=config.pruning,
        )


def load_search(path: Path, overrides: Sequence[str] = ()) -> SearchPlan:
    """Read a config file of a search, and check it against its base config.

    Raises:
        ConfigError: With a sentence for each thing wrong.
    """
    config = load_config(path, SearchConfig, overrides)
    base = Path(os.path.normpath(path.parent / config.base))  # where it is absolute, itself
    if not base.is_file():
        raise ConfigError(f"{path}: there is no base config {base}")
    config = replace(config, base=base)
    space = read_space(config.space, source=str(path))
    common = _common_overrides(config)
    default, tasks = load_finetune_config(base, common)
    trainer = default.trainer
    names = [
        f"{name}/{metric}"
        for name, task in tasks.items()
        if has_split(task, Split.VALIDATION)
        for metric in task.metrics
    ]
    if not names or trainer.validations == 0:
        lack = "no task has validation data" if not names else "trainer.validations is 0"
        raise ConfigError(f"{base}: {lack}, and a search is judged by validations; give some")
    if trainer.best_metric not in (*names, "mean"):
        raise ConfigError(
            f"{path}: metric {trainer.best_metric!r} will not be computed; choose one of "
            f"{', '.join((*names, 'mean'))}"
        )
    for key, dimension in space.items():
        _check_dimension(key, dimension, path, base, common)
    table = _full_table(default, tasks)
    found = {key: each.setting(_value_of(table, key)) for key, each in space.items()}
    return SearchPlan(
        config=config,
        space=space,
        common=common,
        default={key: setting for key, setting in found.items() if setting is not None},
        metric=trainer.best_metric,
        is_maximized=trainer.direction == "max",
        validations=trainer.validations,
        seed=default.seed,
    )


def _common_overrides(config: SearchConfig) -> tuple[str, ...]:
    own = []
    if config.metric is not None:
        own.append(f"trainer.best_metric={config.metric}")
    if config.direction is not None:
        own.append(f"trainer.direction={config.direction}")
    return (*config.overrides, *own)


def _check_dimension(
    key: str, dimension: Dimension, path: Path, base: Path, common: Sequence[str]
) -> None:
    """Make sure that the base config takes both ends of a range, and each choice."""
    if key in _FIXED_KEYS:
        raise ConfigError(
            f"{path}: space.{key} must be the same in all trials; leave it out of the space"
        )
    for setting in dimension.ends:
        try:
            load_finetune_config(base, [*common, to_override(key, setting)])
        except ConfigError as error:
            raise ConfigError(f"{path}: space.{key}: {str(error).splitlines()[0]}") from None


def _full_table(config: FinetuneConfig, tasks: Mapping[str, AnyTask]) -> dict[str, Any]:
    """Return a config as a table that also has what its tasks and adaptation leave unsaid."""
    adaptation = build_adaptation(config.adaptation)
    return {
        **to_mapping(config),
        "tasks": {name: {**to_mapping(task), **config.tasks[name]} for name, task in tasks.items()},
        "adaptation": {**to_mapping(adaptation), **config.adaptation},
    }


def _value_of(table: Any, key: str) -> Any:
    """Return what stands in a config at a dotted key; None where nothing does."""
    for part in key.split("."):
        if isinstance(table, list) and part.isdigit() and int(part) < len(table):
            table = table[int(part)]
        elif isinstance(table, Mapping):
            table = table.get(part)
        else:
            return None
    return table
