"""A picture of a run in stages: each regime's matrix and what it forgot, or a curve."""

import math
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from concord.evaluation.metrics import Estimate
from concord.evaluation.metrics.continual import AccuracyMatrix
from concord.workflows.pictures import new_figure, save_figure
from concord.workflows.staging.results import RegimeResult, StagesResult, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_COLUMNS: Final = 3
_TITLE_WIDTH: Final = 38  # characters in a line


def save_stages_plot(result: StagesResult, path: Path) -> None:
    """Draw the curve where the config names one; else a heat map of each matrix, and a bar each.

    Rows of a heat map are stages and columns tasks; the bars are mean forgetting. On the curve a
    bar is the 95 % interval of one seed, or reaches from the lowest of several to the highest.

    Args:
        result: What was found.
        path: An image file; its ending tells the format (.svg, .png, .pdf).

    Raises:
        MissingExtraError: If matplotlib is not installed.
    """
    if result.curve is not None:
        figure = new_figure(6, 4)
        _draw_curve(figure.subplots(), result)
    else:
        regimes = result.finished
        rows = math.ceil((len(regimes) + 1) / _COLUMNS)
        figure = new_figure(3.6 * _COLUMNS, 2.9 * rows)
        axes = figure.subplots(rows, _COLUMNS, squeeze=False).flatten().tolist()
        for axis, regime in zip(axes, regimes, strict=False):
            _draw_matrix(axis, regime, list(result.metrics))
        _draw_forgetting(axes[len(regimes)], regimes)
        for axis in axes[len(regimes) + 1 :]:
            axis.set_axis_off()
    save_figure(figure, path)


def _draw_matrix(axis: "Axes", regime: RegimeResult, tasks: Sequence[str]) -> None:
    stages = regime.runs[-1].stages
    values = [[regime.cell(place, task) for task in tasks] for place in range(len(stages))]
    shades = [[math.nan if value is None else 100 * value for value in row] for row in values]
    axis.imshow(shades, vmin=0, vmax=100, cmap="viridis", aspect="auto")
    for place, row in enumerate(values):
        for column, value in enumerate(row):
            if value is not None:
                color = "black" if value > 0.6 else "white"  # on yellow, or on blue
                axis.text(
                    column, place, percent(value), ha="center", va="center", color=color, size=8
                )
    axis.set_xticks(range(len(tasks)), tasks, rotation=30, ha="right", size=8)
    axis.set_yticks(range(len(stages)), [stage.name for stage in stages], size=8)
    axis.set_title(_wrapped(regime.title), size=9)


def _draw_forgetting(axis: "Axes", regimes: Sequence[RegimeResult]) -> None:
    forgot = [
        (regime.title, value)
        for regime in regimes
        if (value := regime.mean(AccuracyMatrix.mean_forgetting)) is not None
    ]
    places = range(len(forgot))
    axis.barh(places, [100 * value for _, value in forgot], color="C1")
    axis.set_yticks(places, [_wrapped(title) for title, _ in forgot], size=8)
    axis.invert_yaxis()
    axis.axvline(0, color="black", linewidth=0.8)
    axis.set_title("forgetting, times 100", size=9)
    axis.spines[["top", "right"]].set_visible(False)


def _draw_curve(axis: "Axes", result: StagesResult) -> None:
    curve = result.curve
    assert curve is not None  # noqa: S101  # the caller looked
    for line, points in result.lines().items():
        known = [(at, _finals(regime, curve.task)) for at, regime in points]
        known = [(at, figures) for at, figures in known if figures]
        values = [sum(each.value for each in figures) / len(figures) for _, figures in known]
        lows, highs = [], []
        for (_, figures), value in zip(known, values, strict=True):
            ends = figures[0] if len(figures) == 1 else None
            lows.append(value - (ends.low if ends else min(each.value for each in figures)))
            highs.append((ends.high if ends else max(each.value for each in figures)) - value)
        axis.errorbar(
            [at for at, _ in known],
            [100 * value for value in values],
            yerr=[[100 * low for low in lows], [100 * high for high in highs]],
            marker="o",
            capsize=3,
            label=line or None,
        )
    if curve.is_logarithmic:
        axis.set_xscale("log")
    axis.set_xlabel(curve.axis)
    axis.set_ylabel(f"{curve.task}, {result.metrics.get(curve.task, '')}, times 100")
    axis.grid(alpha=0.3)
    if any(result.lines()):
        axis.legend()
    axis.spines[["top", "right"]].set_visible(False)


def _finals(regime: RegimeResult, task: str) -> list[Estimate]:
    """Return a task's figure at the end of each of a regime's runs that have it."""
    return [found for run in regime.runs if (found := run.final(task)) is not None]


def _wrapped(title: str) -> str:
    return textwrap.fill(title, _TITLE_WIDTH)
