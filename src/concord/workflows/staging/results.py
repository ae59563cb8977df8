"""What a run in stages found, regime by regime, and how it is written down."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from concord.config import check_table, to_mapping
from concord.errors import ArtifactError, ConfigError
from concord.evaluation.metrics import Estimate
from concord.evaluation.metrics.continual import AccuracyMatrix
from concord.evaluation.results import write_text_atomically
from concord.workflows.comparing.results import TaskFigure, markdown_table, spread
from concord.workflows.run_summary import RunSummary
from concord.workflows.staging.plan import Curve

FIGURES_FILE: Final = "figures.json"
STAGES_FILE: Final = "stages.json"
TABLE_FILE: Final = "stages.md"

_NONE: Final = "-"
_SOURCES: Final = """\
Figures times 100 on the validation rows, each task's first metric. Average accuracy is the mean
over tasks after the last stage; backward transfer what later stages added to a task since the
stage that learned it (Lopez-Paz and Ranzato, NeurIPS 2017); forgetting its best figure before the
last stage less that after it (Chaudhry et al., ECCV 2018). Both are means over the tasks that a
stage followed. Of one seed a figure has its 95 % interval (bootstrap over rows), of several the
lowest and the highest. Examples and minutes are those of all of a regime's stages; minutes are of
training, the estimate of Fisher information left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageFigures:
    """What the model of a stage is worth, as its run's folder keeps it.

    Attributes:
        figures: By task; those of the base config that the model has.
        max_rows: Rows of each task that were measured at most; None for all.
    """

    figures: Mapping[str, TaskFigure]
    max_rows: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StageRun:
    """One stage of a regime, done.

    Attributes:
        name: The stage's.
        tasks: Those that it learned.
        rehearsed: Those of earlier stages that it learned on.
        run: Its folder, within the output; equal runs of several regimes have one.
        figures: By task, of all that its model has.
        summary: What it took.
    """

    name: str
    tasks: tuple[str, ...]
    rehearsed: tuple[str, ...]
    run: str
    figures: Mapping[str, TaskFigure]
    summary: RunSummary


@dataclass(frozen=True, slots=True, kw_only=True)
class RegimeRun:
    """All stages of a regime, with one seed."""

    seed: int
    stages: tuple[StageRun, ...]

    @property
    def matrix(self) -> AccuracyMatrix:
        """The tasks' figures after each stage."""
        return AccuracyMatrix(
            tuple(
                {name: each.figure.value for name, each in stage.figures.items()}
                for stage in self.stages
            ),
            {task: place for place, stage in enumerate(self.stages) for task in stage.tasks},
        )

    def final(self, task: str) -> Estimate | None:
        """Return a task's figure after the last stage whose model had it, with its interval."""
        found = [stage.figures[task].figure for stage in self.stages if task in stage.figures]
        return found[-1] if found else None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegimeResult:
    """A way to learn the stages, and what came of it.

    Attributes:
        name: Its name in the config.
        title: What tables call it.
        ways: What it does, in the config's words.
        runs: One for each seed that could be finished.
        problem: Why one could not; empty where all could.
        line: Which line of the curve it is a point of.
        at: Where on the curve's axis.
    """

    name: str
    title: str
    ways: tuple[str, ...]
    runs: tuple[RegimeRun, ...]
    problem: str = ""
    line: str = ""
    at: float | None = None

    def mean(self, of: Callable[[AccuracyMatrix], float | None]) -> float | None:
        """Return the mean over seeds of what a matrix gives; None where it gives none."""
        found = [of(run.matrix) for run in self.runs]
        values = [value for value in found if value is not None]
        return sum(values) / len(values) if values else None

    def cell(self, stage: int, task: str) -> float | None:
        """Return a cell of the matrix, averaged over seeds; None where the model had no such task.

        Args:
            stage: Counted from 0.
            task: The column.
        """
        return self.mean(lambda matrix: matrix.rows[stage].get(task))


@dataclass(frozen=True, slots=True, kw_only=True)
class StagesResult:
    """Regimes side by side.

    Attributes:
        title: The heading.
        metrics: Each task's metric, in the order that the stages learn them.
        regimes: In the config's order.
        curve: What is drawn against an axis; None for nothing.
    """

    title: str
    metrics: Mapping[str, str]
    regimes: tuple[RegimeResult, ...]
    curve: Curve | None = None

    @property
    def finished(self) -> list[RegimeResult]:
        """The regimes that have a run."""
        return [regime for regime in self.regimes if regime.runs]

    def lines(self) -> dict[str, list[tuple[float, RegimeResult]]]:
        """Return the curve's points by line, each where it is on the axis, in order."""
        lines: dict[str, list[tuple[float, RegimeResult]]] = {}
        for regime in self.finished:
            if regime.at is not None:
                lines.setdefault(regime.line, []).append((regime.at, regime))
        return {line: sorted(points, key=lambda point: point[0]) for line, points in lines.items()}


def save_figures(figures: StageFigures, folder: Path) -> None:
    """Keep what a stage's model is worth in its run's folder."""
    text = json.dumps(to_mapping(figures), indent=2)
    write_text_atomically(folder / FIGURES_FILE, f"{text}\n")


def load_figures(folder: Path, max_rows: int | None) -> StageFigures | None:
    """Return what was kept of a stage; None where there is nothing, or it is of other rows.

    Raises:
        ArtifactError: If the file is damaged.
    """
    path = folder / FIGURES_FILE
    try:
        found = check_table(json.loads(path.read_text("utf-8")), StageFigures, source=str(path))
    except FileNotFoundError:
        return None
    except (ValueError, ConfigError) as error:
        raise ArtifactError(
            f"{path} cannot be read ({error}); delete it, it is made anew"
        ) from error
    return found if found.max_rows == max_rows else None


def save_stages(result: StagesResult, folder: Path) -> None:
    """Write `stages.json` and `stages.md`."""
    table = to_mapping(result)
    for regime, found in zip(table["regimes"], result.regimes, strict=True):
        regime["means"] = _means(found)
    text = json.dumps(table, indent=2, ensure_ascii=False)
    write_text_atomically(folder / STAGES_FILE, f"{text}\n")
    write_text_atomically(folder / TABLE_FILE, stages_markdown(result))


def _means(regime: RegimeResult) -> dict[str, object]:
    """Return a regime's figures over its seeds, for those who read the JSON alone."""
    tasks = _followed(regime)
    return {
        "average_accuracy": regime.mean(AccuracyMatrix.average_accuracy),
        "backward_transfer": regime.mean(AccuracyMatrix.mean_backward_transfer),
        "forgetting": regime.mean(AccuracyMatrix.mean_forgetting),
        "backward_transfer_by_task": {
            task: regime.mean(_of_task(AccuracyMatrix.backward_transfer, task)) for task in tasks
        },
        "forgetting_by_task": {
            task: regime.mean(_of_task(AccuracyMatrix.forgetting, task)) for task in tasks
        },
    }


def stages_markdown(result: StagesResult) -> str:
    """Return a page: a table of the regimes, the curve's points, and the matrix of each."""
    lines = [f"# {result.title}", ""]
    lines += markdown_table(_head(result), [_row(each, result) for each in result.finished])
    lines += ["", _SOURCES]
    failed = [each for each in result.regimes if each.problem]
    if failed:
        lines += ["", "Not run:", "", *(f"- {each.title}: {each.problem}" for each in failed)]
    if result.curve is not None:
        lines += ["", *_curve_table(result, result.curve)]
    for regime in result.finished:
        lines += ["", f"## {regime.title}", "", *_matrix_table(regime, result)]
    lines += ["", "## What differs", ""]
    rows = [
        [each.title, "; ".join(f"`{way}`" for way in each.ways) or "nothing"]
        for each in result.regimes
    ]
    lines += markdown_table(["regime", "settings"], rows)
    return "\n".join(lines) + "\n"


def _head(result: StagesResult) -> list[str]:
    tasks = [f"{name}, {metric}" for name, metric in result.metrics.items()]
    sums = ["average accuracy", "backward transfer", "forgetting"]
    return ["regime", *sums, *tasks, "examples", "minutes", "seeds"]


def _row(regime: RegimeResult, result: StagesResult) -> list[str]:
    finals = {task: [run.final(task) for run in regime.runs] for task in result.metrics}
    summaries = [[stage.summary for stage in run.stages] for run in regime.runs]
    minutes = sum(each.seconds for run in summaries for each in run) / len(summaries) / 60
    return [
        regime.title,
        percent(regime.mean(AccuracyMatrix.average_accuracy)),
        percent(regime.mean(AccuracyMatrix.mean_backward_transfer)),
        percent(regime.mean(AccuracyMatrix.mean_forgetting)),
        *(
            spread([each for each in figures if each is not None]) if any(figures) else _NONE
            for figures in finals.values()
        ),
        f"{sum(each.examples for each in summaries[-1]):,}",
        f"{minutes:.1f}",
        ", ".join(str(run.seed) for run in regime.runs),
    ]


def _matrix_table(regime: RegimeResult, result: StagesResult) -> list[str]:
    """Return the matrix, a row after each stage, and below it what became of each task."""
    stages = regime.runs[-1].stages
    rows = [
        [stage.name, *(percent(regime.cell(place, task)) for task in result.metrics)]
        for place, stage in enumerate(stages)
    ]
    followed = _followed(regime)
    for name, of in (
        ("backward transfer", AccuracyMatrix.backward_transfer),
        ("forgetting", AccuracyMatrix.forgetting),
    ):
        if followed:
            rows.append(
                [
                    f"*{name}*",
                    *(
                        percent(regime.mean(_of_task(of, task)) if task in followed else None)
                        for task in result.metrics
                    ),
                ]
            )
    return markdown_table(["after", *result.metrics], rows)


def _curve_table(result: StagesResult, curve: Curve) -> list[str]:
    rows = [
        [line or regime.title, f"{at:g}", *_spread_of(regime, curve.task)]
        for line, points in result.lines().items()
        for at, regime in points
    ]
    return markdown_table(["line", curve.axis, curve.task], rows)


def _spread_of(regime: RegimeResult, task: str) -> list[str]:
    figures = [found for run in regime.runs if (found := run.final(task)) is not None]
    return [spread(figures) if figures else _NONE]


def _followed(regime: RegimeResult) -> Sequence[str]:
    return regime.runs[-1].matrix.followed if regime.runs else ()


def _of_task(
    of: Callable[[AccuracyMatrix, str], float], task: str
) -> Callable[[AccuracyMatrix], float]:
    return lambda matrix: of(matrix, task)


def percent(value: float | None) -> str:
    """Write a figure times 100; a dash where there is none."""
    return _NONE if value is None else f"{round(value * 100, 1) + 0.0:.1f}"  # no -0.0
