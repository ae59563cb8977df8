"""`concord compare`: ways to train, on one mixture and on equal terms, to one table and plot.

Each run is a process of its own, so that its memory is its own, and so that one that cannot run
leaves the others alone. What is finished is not run again.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeAlias

from concord.config import load_config, load_table
from concord.errors import ConfigError
from concord.workflows.comparing.results import (
    Comparison,
    MethodResult,
    MethodRun,
    load_run,
    save_comparison,
)
from concord.workflows.evaluate_tasks import load_task_sources
from concord.workflows.measured_run import measure_run
from concord.workflows.training_process import is_trained, train_in_process

Told: TypeAlias = Callable[[str], None]
"""Called with what a run says of itself: its name, its progress, why it failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """A way to train.

    Attributes:
        title: What tables call it; its name unless given.
        overrides: What differs from the base config, as `key.sub=value`.
        seeds: Its seeds; those of the comparison unless given.
    """

    title: str = ""
    overrides: tuple[str, ...] = ()
    seeds: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareConfig:
    """Which ways to train are compared, and on what.

    Attributes:
        base: A config of `concord finetune`; relative to this file.
        output: The folder of the runs and of what is written.
        methods: By name.
        title: The heading of what is written.
        overrides: What differs from the base config in every run.
        data_dir: What the base config's relative file names start from; its own folder unless
            given.
        seeds: A run each, for methods that name none of their own.
    """

    base: Path
    output: Path
    methods: Mapping[str, Method]
    title: str = "Ways to train, compared"
    overrides: tuple[str, ...] = ()
    data_dir: Path | None = None
    seeds: tuple[int, ...] = (0,)

    def __post_init__(self) -> None:
        if not self.methods:
            raise ConfigError("methods names none; add a table such as [methods.lora]")
        if not self.seeds:
            raise ConfigError("seeds is empty; give at least one, such as [0]")
        for name in self.methods:
            if not name.replace("-", "").replace("_", "").isalnum():
                raise ConfigError(
                    f"methods.{name}: a name has letters, digits, '-' and '_'; it names a folder"
                )


@dataclass(frozen=True, slots=True)
class _Planned:
    """One run that a comparison needs."""

    method: str
    seed: int
    folder: Path
    overrides: tuple[str, ...] = field(default=())

    @property
    def title(self) -> str:
        return f"{self.method}, seed {self.seed}"


def load_compare_config(path: Path, overrides: Sequence[str] = ()) -> CompareConfig:
    """Read a config file of a comparison.

    Raises:
        ConfigError: With a sentence for each thing wrong.
    """
    config = load_config(path, CompareConfig, overrides)
    base = config.base if config.base.is_absolute() else path.parent / config.base
    if not base.is_file():
        raise ConfigError(f"{path}: there is no base config {base}")
    return replace(config, base=base)


def compare_methods(config: CompareConfig, *, told: Told | None = None) -> Comparison:
    """Train in each way that is not done, measure all on the validation rows, and write it up.

    Args:
        config: Which ways, and on what.
        told: Told how it goes.

    Raises:
        ConfigError: If the base config cannot work, or no run could be finished.
    """
    tell = told or (lambda _: None)
    by_method: dict[str, list[MethodRun]] = {name: [] for name in config.methods}
    failures: dict[str, str] = {}
    for planned in _planned(config):
        problem = _train(planned, config, tell)
        if problem is None:
            by_method[planned.method].append(_measured(planned, config, tell))
        else:
            failures.setdefault(planned.method, problem)
            tell(f"{planned.title}: {problem}")
    if not any(by_method.values()):
        raise ConfigError(f"no run could be finished: {next(iter(failures.values()))}")
    comparison = Comparison(
        title=config.title,
        methods=tuple(
            MethodResult(
                name=name,
                title=method.title or name,
                overrides=method.overrides,
                runs=tuple(by_method[name]),
                problem=failures.get(name, ""),
            )
            for name, method in config.methods.items()
        ),
    )
    save_comparison(comparison, config.output)
    return comparison


def _planned(config: CompareConfig) -> Iterator[_Planned]:
    """Yield all runs, one seed of every method before the next seed of any."""
    seeds = {name: method.seeds or config.seeds for name, method in config.methods.items()}
    for turn in range(max(map(len, seeds.values()))):
        for name, method in config.methods.items():
            if turn < len(seeds[name]):
                seed = seeds[name][turn]
                folder = config.output / name / f"seed-{seed}"
                yield _Planned(name, seed, folder, (*config.overrides, *method.overrides))


def _overrides(planned: _Planned, config: CompareConfig) -> list[str]:
    own = [f"output={planned.folder.resolve()}", f"seed={planned.seed}"]
    if config.data_dir is not None:
        own.append(f"data_dir={config.data_dir.resolve()}")
    if "cache_folder" not in load_table(config.base, planned.overrides):
        own.append(f"cache_folder={(config.output / 'encoded').resolve()}")
    return [*planned.overrides, *own]


def _train(planned: _Planned, config: CompareConfig, tell: Told) -> str | None:
    """Run a process that trains, unless that is done; return why it failed, or None."""
    if is_trained(planned.folder):
        return None
    tell(f"{planned.title}: training")
    return train_in_process(config.base, _overrides(planned, config), planned.folder)


def _measured(planned: _Planned, config: CompareConfig, tell: Told) -> MethodRun:
    """Return what a finished run is worth, from its folder where it was measured before."""
    kept = load_run(planned.folder)
    if kept is not None:
        return kept
    tell(f"{planned.title}: measuring")
    sources = load_task_sources(config.base, _overrides(planned, config))
    return measure_run(planned.folder, sources, seed=planned.seed)
