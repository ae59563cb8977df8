"""Configs of `concord stages`: which stages a run has, and how each keeps what was learned before.

A regime says how a list of stages is learned. From a regime and a seed follow the configs of
`concord finetune` of its stages, each starting from the model of the one before.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from concord.config import load_config, load_table
from concord.errors import ConfigError
from concord.workflows.evaluate_tasks import load_task_sources


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One part of a run.

    Attributes:
        tasks: Those of the base config that it learns.
        name: What tables call it; its tasks' names unless given.
        overrides: What differs from the base config in it, such as `trainer.epochs=1`.
    """

    tasks: tuple[str, ...]
    name: str = ""
    overrides: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.tasks:
            raise ConfigError("a stage names no tasks; write tasks = ['...']")
        _check_name(f"stages.{self.title}", self.title)

    @property
    def title(self) -> str:
        """What tables call it."""
        return self.name or "-".join(self.tasks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """A buffer of each earlier task's examples that later stages learn again.

    Attributes:
        share: The share of those that the base config learns, drawn at random by the seed; every
            stage has the same ones.
        weight: The share of an epoch's examples that comes from all buffers together, repeated as
            need be; as many as there are of them unless given. The epoch stays as long.
        loss_weight: What the loss of each rehearsed task counts for beside that of a new one. By
            itself it counts as much, however few its examples are.
    """

    share: float
    weight: float | None = None
    loss_weight: float = 1.0

    def __post_init__(self) -> None:
        if not 0 < self.share <= 1:
            raise ConfigError(f"rehearsal.share lies in (0, 1], got {self.share}")
        if self.weight is not None and not 0 < self.weight < 1:
            raise ConfigError(f"rehearsal.weight lies between 0 and 1, got {self.weight}")
        if self.loss_weight <= 0:
            raise ConfigError(f"rehearsal.loss_weight lies above 0, got {self.loss_weight}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """A penalty on leaving the encoder that a stage starts from.

    Attributes:
        kind: "l2" counts all weights alike; "ewc" counts each by the Fisher information of the
            tasks learned before.
        weight: What the penalty counts for beside the loss.
        rows: Training examples of each task from which the information is estimated (ewc).
        decay: What earlier stages' information counts for when a stage's own is added (ewc); 1
            forgets none of it.
    """

    kind: Literal["ewc", "l2"]
    weight: float = 1.0
    rows: int = 1000
    decay: float = 1.0

    def __post_init__(self) -> None:
        if self.weight <= 0:
            raise ConfigError(f"holding.weight must be above 0, got {self.weight}")
        if self.rows < 1:
            raise ConfigError(f"holding.rows must be at least 1, got {self.rows}")
        if not 0 < self.decay <= 1:
            raise ConfigError(f"holding.decay lies in (0, 1], got {self.decay}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Distilling:
    """Rehearsed examples are learned from what the model before the stage says of them.

    Attributes:
        weight: What its answers count for; the labels count for the rest.
        temperature: Softens both sides' probabilities.
    """

    weight: float = 0.5
    temperature: float = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Regime:
    """A way to learn the stages.

    Attributes:
        title: What tables call it; its name unless given.
        order: "sequential" goes on from the model of the stage before; "joint" learns the tasks
            of all stages in one; "single" starts every stage anew.
        stages: Names of those that it has, in this order; all of the config's unless given.
        rehearsal: Whether earlier tasks are learned on (sequential).
        holding: Whether the encoder is held to where it was (sequential).
        distilling: Whether the model before teaches what is rehearsed (sequential).
        overrides: What differs from the base config in all of its stages.
        seeds: Its seeds; those of the config unless given.
        line: Which line of the curve it is a point of.
        at: Where on the curve's axis.
    """

    title: str = ""
    order: Literal["sequential", "joint", "single"] = "sequential"
    stages: tuple[str, ...] = ()
    rehearsal: Rehearsal | None = None
    holding: Holding | None = None
    distilling: Distilling | None = None
    overrides: tuple[str, ...] = ()
    seeds: tuple[int, ...] = ()
    line: str = ""
    at: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A task's figure at the end of each regime that says where it is on an axis.

    Attributes:
        task: Whose figure.
        axis: What the axis counts.
        is_logarithmic: Whether the axis is.
    """

    task: str
    axis: str
    is_logarithmic: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StagesConfig:
    """Which stages are learned, and in which ways.

    Attributes:
        base: A config of `concord finetune`; relative to this file.
        output: The folder of the runs and of what is written.
        stages: In their order.
        regimes: By name.
        title: The heading of what is written.
        overrides: What differs from the base config in every run.
        data_dir: What the base config's relative file names start from; its own folder unless
            given.
        seeds: A run each, for regimes that name none of their own.
        evaluation_rows: Validation rows of each task that are measured, at most so many, evenly
            from all; all of them unless given.
        curve: Draw a curve beside the table.
    """

    base: Path
    output: Path
    stages: tuple[Stage, ...]
    regimes: Mapping[str, Regime]
    title: str = "Stages"
    overrides: tuple[str, ...] = ()
    data_dir: Path | None = None
    seeds: tuple[int, ...] = (0,)
    evaluation_rows: int | None = None
    curve: Curve | None = None

    def __post_init__(self) -> None:
        names = [stage.title for stage in self.stages]
        if not names:
            raise ConfigError("stages is empty; add one, such as [[stages]] with tasks = ['...']")
        for name in names:
            if names.count(name) > 1:
                raise ConfigError(f"stages: two are called {name!r}; give each a name of its own")
        if not self.regimes:
            raise ConfigError("regimes names none; add a table such as [regimes.naive]")
        if not self.seeds:
            raise ConfigError("seeds is empty; give at least one, such as [0]")
        if self.evaluation_rows is not None and self.evaluation_rows < 1:
            raise ConfigError(f"evaluation_rows must be at least 1, got {self.evaluation_rows}")
        for name, regime in self.regimes.items():
            _check_name(f"regimes.{name}", name)
            _check_regime(name, regime, names)

    def stages_of(self, regime: Regime) -> tuple[Stage, ...]:
        """Return a regime's stages, those of a joint one put together."""
        by_name = {stage.title: stage for stage in self.stages}
        stages = tuple(by_name[name] for name in regime.stages) or self.stages
        if regime.order == "joint":
            tasks = dict.fromkeys(task for stage in stages for task in stage.tasks)
            return (Stage(name="joint", tasks=tuple(tasks)),)
        return stages


def _check_name(place: str, name: str) -> None:
    if not name.replace("-", "").replace("_", "").isalnum():
        raise ConfigError(f"{place}: a name has letters, digits, '-' and '_'; it names a folder")


def _check_regime(name: str, regime: Regime, stages: Sequence[str]) -> None:
    unknown = [each for each in regime.stages if each not in stages]
    if unknown:
        raise ConfigError(
            f"regimes.{name}.stages names {unknown[0]!r}; the stages are {', '.join(stages)}"
        )
    ways = [way for way in ("rehearsal", "holding", "distilling") if getattr(regime, way)]
    if ways and regime.order != "sequential":
        raise ConfigError(
            f"regimes.{name}.{ways[0]} keeps what earlier stages learned, and order is "
            f"{regime.order!r}, which has none; leave one of them out"
        )
    if regime.distilling is not None and regime.rehearsal is None:
        raise ConfigError(
            f"regimes.{name}.distilling teaches what is rehearsed; add "
            f"regimes.{name}.rehearsal.share, such as 0.05"
        )


def load_stages_config(path: Path, overrides: Sequence[str] = ()) -> StagesConfig:
    """Read a config file of stages.

    Raises:
        ConfigError: With a sentence for each thing wrong.
    """
    config = load_config(path, StagesConfig, overrides)
    base = config.base if config.base.is_absolute() else path.parent / config.base
    if not base.is_file():
        raise ConfigError(f"{path}: there is no base config {base}")
    known = load_task_sources(base, config.overrides).tasks
    named = [(f"stages.{stage.title}", task) for stage in config.stages for task in stage.tasks]
    if config.curve is not None:
        named.append(("curve", config.curve.task))
    for place, task in named:
        if task not in known:
            raise ConfigError(f"{path}: {place} names task {task!r}; {base} has {', '.join(known)}")
    return replace(config, base=base)


@dataclass(frozen=True, slots=True)
class Finished:
    """What a stage goes on from: the model of the one before, and what it tells of its weights."""

    model: Path
    fisher: Path | None = None


@dataclass(frozen=True, slots=True)
class PlannedStage:
    """A stage of one regime.

    Attributes:
        stage: What it learns.
        rehearsed: Tasks of earlier stages that it learns on.
        is_continued: Whether it goes on from the stage before.
    """

    stage: Stage
    rehearsed: tuple[str, ...] = field(default=())
    is_continued: bool = False


def planned_stages(config: StagesConfig, regime: Regime) -> list[PlannedStage]:
    """Return the stages that a regime learns, in their order."""
    planned: list[PlannedStage] = []
    seen: dict[str, None] = {}
    for stage in config.stages_of(regime):
        earlier = tuple(task for task in seen if task not in stage.tasks)
        is_continued = bool(planned) and regime.order == "sequential"
        rehearsed = earlier if is_continued and regime.rehearsal is not None else ()
        planned.append(PlannedStage(stage, rehearsed, is_continued))
        seen |= dict.fromkeys(stage.tasks)
    return planned


def build_stage_table(
    config: StagesConfig, regime: Regime, planned: PlannedStage, before: Finished | None, seed: int
) -> dict[str, Any]:
    """Return a stage's config of `concord finetune`, all but its `output`.

    Args:
        config: Names the base config.
        regime: How the stage is learned.
        planned: The stage.
        before: What it goes on from; None where it starts anew.
        seed: The run's.
    """
    stage = planned.stage
    overrides = (*config.overrides, *regime.overrides, *stage.overrides)
    table = load_table(config.base, overrides)
    tasks = (*stage.tasks, *planned.rehearsed)
    data_dir = config.data_dir or table.get("data_dir") or config.base.parent
    cache = table.get("cache_folder") or config.output / "encoded"
    table["tasks"] = {name: table["tasks"][name] for name in tasks}
    table |= {
        "seed": seed,
        "data_dir": str(Path(data_dir).resolve()),
        "cache_folder": str(Path(cache).resolve()),
    }
    table.pop("output", None)
    _restrict_sampling(table, planned, regime.rehearsal)
    if regime.rehearsal is not None and regime.rehearsal.loss_weight != 1:
        for name in planned.rehearsed:
            own = table["tasks"][name].get("loss_weight", 1.0)
            counts = own * regime.rehearsal.loss_weight
            table["tasks"][name] = {**table["tasks"][name], "loss_weight": counts}
    if before is not None:
        table["initial_model"] = str(before.model.resolve())
        _keep(table, regime, planned, before)
    return dict(json.loads(json.dumps(table, default=str)))


def _restrict_sampling(
    table: dict[str, Any], planned: PlannedStage, rehearsal: Rehearsal | None
) -> None:
    """Leave in the sampling the stage's own tasks alone, and give rehearsed ones their share."""
    sampling = dict(table.get("sampling", {}))
    tasks = table["tasks"]
    for option in ("weights", "max_examples", "shares"):
        if option in sampling:
            sampling[option] = {
                name: value for name, value in sampling[option].items() if name in tasks
            }
    if planned.rehearsed and rehearsal is not None:
        shares = sampling.get("shares", {})
        buffers = {name: rehearsal.share * shares.get(name, 1.0) for name in planned.rehearsed}
        sampling["shares"] = {**shares, **buffers}
        if rehearsal.weight is not None:
            own = dict.fromkeys(planned.stage.tasks, 1.0)
            own |= {
                name: weight for name, weight in sampling.get("weights", {}).items() if name in own
            }
            left = (1 - rehearsal.weight) / sum(own.values())
            each = rehearsal.weight / len(planned.rehearsed)
            sampling["strategy"] = "explicit"
            sampling["weights"] = {name: weight * left for name, weight in own.items()}
            sampling["weights"] |= dict.fromkeys(planned.rehearsed, each)
    if sampling:
        table["sampling"] = sampling


def _keep(table: dict[str, Any], regime: Regime, planned: PlannedStage, before: Finished) -> None:
    """Add what keeps a stage from forgetting."""
    if regime.holding is not None:
        anchor: dict[str, Any] = {"weight": regime.holding.weight}
        if before.fisher is not None:
            anchor["fisher"] = str(before.fisher.resolve())
        table["trainer"] = {**table.get("trainer", {}), "anchor": anchor}
    if regime.distilling is not None and planned.rehearsed:
        table["distillation"] = {
            "teachers": [str(before.model.resolve())],
            "tasks": list(planned.rehearsed),
            "weight": regime.distilling.weight,
            "temperature": regime.distilling.temperature,
        }
