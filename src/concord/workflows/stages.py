"""`concord stages`: tasks learned one after the other, in several ways, and what is forgotten.

Each stage is a run of `concord finetune` in a process of its own that starts from the model of the
stage before. A run's folder is named by a digest of its config, so regimes that begin alike share
their first stages, and what is finished is not run again.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeAlias

from concord.errors import ConfigError, MissingExtraError
from concord.evaluation.results import write_text_atomically
from concord.scoring.task_predictor import TaskPredictor
from concord.workflows.comparing.results import TaskFigure
from concord.workflows.evaluate_tasks import (
    TaskEvaluationOptions,
    evaluate_tasks,
    load_task_sources,
)
from concord.workflows.run_summary import load_summary
from concord.workflows.staging.plan import (
    Finished,
    PlannedStage,
    Regime,
    StagesConfig,
    build_stage_table,
    planned_stages,
)
from concord.workflows.staging.results import (
    RegimeResult,
    RegimeRun,
    StageFigures,
    StageRun,
    StagesResult,
    load_figures,
    save_figures,
    save_stages,
)
from concord.workflows.training_process import MODEL, is_trained, train_in_process

Told: TypeAlias = Callable[[str], None]
"""Called with what a run says of itself: its name, its progress, why it failed."""
Train: TypeAlias = Callable[[Path, Sequence[str], Path], str | None]
"""Trains a config with overrides to the end, into a folder; returns why that failed, or None."""

CONFIG_FILE: Final = "stage.json"
"""A stage's config of `concord finetune`, in its run's folder."""
_RUNS: Final = "runs"


@dataclass(slots=True)
class _Stages:
    """Runs stages, each once.

    Attributes:
        config: Which.
        tell: Told how it goes.
        train: Trains one.
        failures: Why a run could not be finished, by its folder.
    """

    config: StagesConfig
    tell: Told
    train: Train
    failures: dict[Path, str] = field(default_factory=dict)

    def run(self, name: str, regime: Regime, seed: int) -> RegimeRun | str:
        """Learn a regime's stages; return what came of it, or why one could not be finished."""
        title = f"{regime.title or name}, seed {seed}"
        before: Finished | None = None
        done = []
        planned = planned_stages(self.config, regime)
        for place, each in enumerate(planned):
            start = before if each.is_continued else None
            table = build_stage_table(self.config, regime, each, start, seed)
            folder = self._folder(each, table)
            problem = self._train(f"{title}, {each.stage.title}", folder, table)
            if problem is not None:
                return problem
            figures = self._measured(f"{title}, {each.stage.title}", folder, table)
            if regime.order == "single":  # what its start knew of other tasks is not its own
                figures = {task: figures[task] for task in each.stage.tasks}
            done.append(self._stage_run(each, folder, figures))
            fisher = None
            if place + 1 < len(planned):
                fisher = self._fisher(title, regime, each, folder, start)
            before = Finished(folder / MODEL, fisher)
        return RegimeRun(seed=seed, stages=tuple(done))

    def _folder(self, planned: PlannedStage, table: Mapping[str, Any]) -> Path:
        text = json.dumps(table, sort_keys=True)
        digest = hashlib.blake2b(text.encode(), digest_size=5).hexdigest()
        return self.config.output / _RUNS / f"{planned.stage.title}-{digest}"

    def _train(self, title: str, folder: Path, table: Mapping[str, Any]) -> str | None:
        if folder in self.failures:
            return self.failures[folder]
        if is_trained(folder):
            return None
        self.tell(f"{title}: training")
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps({**table, "output": str(folder.resolve())}, indent=2, ensure_ascii=False)
        write_text_atomically(folder / CONFIG_FILE, f"{text}\n")
        problem = self.train(folder / CONFIG_FILE, (), folder)
        if problem is not None:
            self.failures[folder] = problem
        return problem

    def _measured(
        self, title: str, folder: Path, table: Mapping[str, Any]
    ) -> Mapping[str, TaskFigure]:
        """Return what a finished stage is worth, from its folder where it was measured before."""
        kept = load_figures(folder, self.config.evaluation_rows)
        if kept is not None:
            return kept.figures
        self.tell(f"{title}: measuring")
        tasks = load_task_sources(self.config.base, self.config.overrides).tasks
        predictor = TaskPredictor.from_pretrained(folder / MODEL)
        results = evaluate_tasks(
            predictor,
            tasks,
            TaskEvaluationOptions(
                data_dir=Path(table["data_dir"]),
                names=tuple(name for name in tasks if name in predictor.tasks),
                max_rows=self.config.evaluation_rows,
                first_metric=True,
            ),
        )
        figures = {}
        for result in results:
            metric = tasks[result.name].metrics[0]
            figures[result.name] = TaskFigure(metric, result.figures[metric])
        save_figures(StageFigures(figures=figures, max_rows=self.config.evaluation_rows), folder)
        return figures

    def _stage_run(
        self, planned: PlannedStage, folder: Path, figures: Mapping[str, TaskFigure]
    ) -> StageRun:
        summary = load_summary(folder)
        assert summary is not None  # noqa: S101  # the run is finished
        return StageRun(
            name=planned.stage.title,
            tasks=planned.stage.tasks,
            rehearsed=planned.rehearsed,
            run=str(folder.relative_to(self.config.output)),
            figures=figures,
            summary=summary,
        )

    def _fisher(
        self,
        title: str,
        regime: Regime,
        planned: PlannedStage,
        folder: Path,
        before: Finished | None,
    ) -> Path | None:
        """Return the Fisher information up to a stage, where the next one asks for it."""
        holding = regime.holding
        if holding is None or holding.kind != "ewc":
            return None
        path = folder / f"fisher-{holding.rows}-{holding.decay:g}.safetensors"
        if path.is_file():
            return path
        self.tell(f"{title}, {planned.stage.title}: Fisher information")
        try:
            from concord.workflows.staging.fisher import save_fisher
        except ModuleNotFoundError as error:
            raise MissingExtraError.needing("training", str(error.name), "train") from error
        save_fisher(
            folder / CONFIG_FILE,
            folder / MODEL,
            path,
            names=planned.stage.tasks,
            rows=holding.rows,
            decay=holding.decay,
            prior=None if before is None else before.fisher,
        )
        return path


def run_stages(
    config: StagesConfig, *, told: Told | None = None, train: Train = train_in_process
) -> StagesResult:
    """Learn the stages in each way that is not done, and write it up.

    Args:
        config: Which stages, and which ways.
        told: Told how it goes.
        train: Trains one stage, by default in a process of its own.

    Raises:
        ConfigError: If the base config cannot work, or no regime could be finished.
    """
    tell = told or (lambda _: None)
    stages = _Stages(config, tell, train)
    runs: dict[str, list[RegimeRun]] = {name: [] for name in config.regimes}
    problems: dict[str, str] = {}
    for name, seed in _turns(config):
        found = stages.run(name, config.regimes[name], seed)
        if isinstance(found, RegimeRun):
            runs[name].append(found)
        else:
            problems.setdefault(name, found)
            tell(f"{name}, seed {seed}: {found}")
    if not any(runs.values()):
        raise ConfigError(f"no regime could be finished: {next(iter(problems.values()))}")
    result = StagesResult(
        title=config.title,
        metrics=_metrics(config, [run for each in runs.values() for run in each]),
        regimes=tuple(
            RegimeResult(
                name=name,
                title=regime.title or name,
                ways=_ways(regime),
                runs=tuple(runs[name]),
                problem=problems.get(name, ""),
                line=regime.line,
                at=regime.at,
            )
            for name, regime in config.regimes.items()
        ),
        curve=config.curve,
    )
    save_stages(result, config.output)
    return result


def _turns(config: StagesConfig) -> list[tuple[str, int]]:
    """Return all regimes and seeds, one seed of every regime before the next seed of any."""
    seeds = {name: regime.seeds or config.seeds for name, regime in config.regimes.items()}
    return [
        (name, own[turn])
        for turn in range(max(map(len, seeds.values())))
        for name, own in seeds.items()
        if turn < len(own)
    ]


def _metrics(config: StagesConfig, runs: Sequence[RegimeRun]) -> dict[str, str]:
    """Return the metric of each task that some run measured, in the order of the stages."""
    found = {
        task: each.metric
        for run in runs
        for stage in run.stages
        for task, each in stage.figures.items()
    }
    ordered = dict.fromkeys(task for stage in config.stages for task in stage.tasks)
    return {task: found[task] for task in ordered if task in found}


def _ways(regime: Regime) -> tuple[str, ...]:
    """Return what a regime does, in the words of its config."""
    ways = [] if regime.order == "sequential" else [f"order = {regime.order}"]
    if regime.stages:
        ways.append(f"stages = {', '.join(regime.stages)}")
    for name in ("rehearsal", "holding", "distilling"):
        options = getattr(regime, name)
        if options is not None:
            given = {key: getattr(options, key) for key in options.__slots__}
            said = (f"{key} = {value}" for key, value in given.items() if value is not None)
            ways.append(f"{name}: {', '.join(said)}")
    return (*ways, *regime.overrides)
