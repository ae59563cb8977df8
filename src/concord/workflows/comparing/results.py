"""What a comparison of ways to train found, and how it is written down."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from concord.config import check_table, to_mapping
from concord.errors import ArtifactError, ConfigError
from concord.evaluation.metrics import Estimate
from concord.evaluation.results import write_text_atomically
from concord.workflows.run_summary import RunSummary

FIGURES_FILE: Final = "figures.json"
COMPARISON_FILE: Final = "comparison.json"
TABLE_FILE: Final = "comparison.md"

_COSTS: Final = ("tokens/s", "tokens/CPU s", "peak MB", "saved MB")


@dataclass(frozen=True, slots=True)
class TaskFigure:
    """A task's first metric on its validation rows, with its 95 % interval."""

    metric: str
    figure: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodRun:
    """One run of a way to train.

    Attributes:
        seed: Its seed.
        figures: By task.
        summary: What it took.
        saved_mb: Size of the model's folder, in megabytes.
    """

    seed: int
    figures: Mapping[str, TaskFigure]
    summary: RunSummary
    saved_mb: float

    @property
    def mean(self) -> Estimate:
        """The mean over tasks.

        The rows of different tasks are different rows, so the interval's half-widths add up as
        independent errors do.
        """
        figures = [each.figure for each in self.figures.values()]
        value = sum(each.value for each in figures) / len(figures)
        low = math.sqrt(sum((each.value - each.low) ** 2 for each in figures)) / len(figures)
        high = math.sqrt(sum((each.high - each.value) ** 2 for each in figures)) / len(figures)
        return Estimate(value, value - low, value + high)


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodResult:
    """A way to train and its runs.

    Attributes:
        name: Its name in the config.
        title: What tables call it.
        overrides: What differs from the base config.
        runs: One for each seed that could be finished.
        problem: Why one could not; empty where all could.
    """

    name: str
    title: str
    overrides: tuple[str, ...]
    runs: tuple[MethodRun, ...]
    problem: str = ""

    @property
    def mean(self) -> float:
        """The mean over tasks, then over seeds; not a number without runs."""
        values = [run.mean.value for run in self.runs]
        return sum(values) / len(values) if values else math.nan

    def task_mean(self, task: str) -> float:
        """Return a task's figure, averaged over seeds."""
        values = [run.figures[task].figure.value for run in self.runs]
        return sum(values) / len(values)

    def tokens_per_second(self) -> float:
        """Return the fastest run's rate, the one least disturbed; validation included."""
        return max(run.summary.tokens / max(run.summary.seconds, 1e-9) for run in self.runs)

    def tokens_per_processor_second(self) -> float:
        """Return the fastest run's rate by processor time; validation left out."""
        summaries = [run.summary for run in self.runs]
        return max(each.tokens / max(each.processor_seconds, 1e-9) for each in summaries)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Ways to train side by side."""

    title: str
    methods: tuple[MethodResult, ...]

    @property
    def tasks(self) -> dict[str, str]:
        """Each task's metric by the task's name."""
        figures = next(run.figures for method in self.methods for run in method.runs)
        return {name: each.metric for name, each in figures.items()}

    def ranked(self) -> list[MethodResult]:
        """Return the methods that have a run, the best mean first."""
        return sorted((each for each in self.methods if each.runs), key=lambda each: -each.mean)


def save_run(run: MethodRun, folder: Path) -> None:
    """Keep what a finished run is worth in its folder."""
    text = json.dumps(to_mapping(run), indent=2)
    write_text_atomically(folder / FIGURES_FILE, f"{text}\n")


def load_run(folder: Path) -> MethodRun | None:
    """Return what was kept of a run, or None.

    Raises:
        ArtifactError: If the file is damaged.
    """
    path = folder / FIGURES_FILE
    try:
        return check_table(json.loads(path.read_text("utf-8")), MethodRun, source=str(path))
    except FileNotFoundError:
        return None
    except (ValueError, ConfigError) as error:
        raise ArtifactError(
            f"{path} cannot be read ({error}); delete it, it is made anew"
        ) from error


def save_comparison(comparison: Comparison, folder: Path) -> None:
    """Write `comparison.json` and `comparison.md`."""
    text = json.dumps(to_mapping(comparison), indent=2, ensure_ascii=False)
    write_text_atomically(folder / COMPARISON_FILE, f"{text}\n")
    write_text_atomically(folder / TABLE_FILE, comparison_markdown(comparison))


def comparison_markdown(comparison: Comparison) -> str:
    """Return a page with a table of the methods, the best mean first, and one of each run."""
    lines = [f"# {comparison.title}", ""]
    lines += markdown_table(
        _head(comparison), [_row(each, comparison) for each in comparison.ranked()]
    )
    lines += [
        "",
        "Figures times 100 on the validation rows: the mean over seeds; of one seed with its 95 % "
        "interval (bootstrap over rows), of several with the lowest and highest seed. Tokens per "
        "second are those of the fastest run, validation included; by processor time they are of "
        "training steps alone, and another program on the machine hardly changes them. Memory is "
        "the training process's peak.",
    ]
    failed = [each for each in comparison.methods if each.problem]
    if failed:
        lines += ["", "Not run:", ""]
        lines += [f"- {each.title}: {each.problem}" for each in failed]
    lines += ["", "## What differs", ""]
    rows = [
        [each.title, "; ".join(f"`{item}`" for item in each.overrides) or "nothing"]
        for each in comparison.methods
    ]
    lines += markdown_table(["method", "overrides"], rows)
    return "\n".join(lines) + "\n"


def _head(comparison: Comparison) -> list[str]:
    tasks = [f"{name}, {metric}" for name, metric in comparison.tasks.items()]
    return ["method", "mean", *tasks, "learned", *_COSTS, "seeds"]


def _row(method: MethodResult, comparison: Comparison) -> list[str]:
    runs = method.runs
    last = runs[-1]
    return [
        method.title,
        spread([run.mean for run in runs]),
        *(spread([run.figures[name].figure for run in runs]) for name in comparison.tasks),
        f"{last.summary.learned_parameters:,}",
        f"{method.tokens_per_second():,.0f}",
        f"{method.tokens_per_processor_second():,.0f}",
        f"{max(run.summary.peak_memory_mb for run in runs):,.0f}",
        f"{last.saved_mb:.1f}",
        ", ".join(str(run.seed) for run in runs),
    ]


def spread(figures: list[Estimate]) -> str:
    """Write one figure with its interval, or the mean of several with their range."""
    if len(figures) == 1:
        (figure,) = figures
        low, high = figure.low, figure.high
        value = figure.value
    else:
        values = [each.value for each in figures]
        value, low, high = sum(values) / len(values), min(values), max(values)
    return f"{value * 100:.1f} ({low * 100:.1f} to {high * 100:.1f})"


def markdown_table(head: list[str], rows: list[list[str]]) -> list[str]:
    """Return the lines of a table whose first column is text and whose others are numbers."""
    marks = ["---", *("--:" for _ in head[1:])]
    return [f"| {' | '.join(row)} |" for row in (head, marks, *rows)]
