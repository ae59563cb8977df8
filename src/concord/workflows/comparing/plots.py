"""A picture of a comparison: how good each way to train is against how much of it learns."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from concord.workflows.comparing.results import Comparison, MethodResult
from concord.workflows.pictures import new_figure, save_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LABEL_HEIGHT: Final = 0.015  # of the axis: nearer points have their numbers side by side
_LABEL_WIDTH: Final = 11  # points


def save_comparison_plot(comparison: Comparison, path: Path) -> None:
    """Draw each method's mean against the parameters that learned, on a logarithmic axis.

    A bar is the 95 % interval of one seed; of several seeds each is a dot.

    Args:
        comparison: What was found.
        path: An image file; its ending tells the format (.svg, .png, .pdf).

    Raises:
        MissingExtraError: If matplotlib is not installed.
    """
    ranked = comparison.ranked()
    figure = new_figure(9, 0.3 * len(ranked) + 1.6)
    listed, spread = figure.subplots(1, 2)
    for number, method in enumerate(ranked, start=1):
        for run in method.runs:
            mean = run.mean
            value = mean.value * 100
            if len(method.runs) == 1:
                ends = [[value - mean.low * 100], [mean.high * 100 - value]]
                listed.errorbar(value, number, xerr=ends, fmt="none", color="C0", linewidth=1)
            listed.plot(value, number, "o", color="C0", markersize=4)
    titles = [f"{each.title}  {number}" for number, each in enumerate(ranked, start=1)]
    listed.set_yticks(range(1, len(ranked) + 1), titles)
    listed.invert_yaxis()
    listed.set_xlabel("mean over tasks, times 100")
    listed.grid(axis="x", alpha=0.3)
    _draw_spread(spread, ranked)
    for axis in (listed, spread):
        axis.spines[["top", "right"]].set_visible(False)
    save_figure(figure, path)


def _draw_spread(axis: "Axes", ranked: Sequence[MethodResult]) -> None:
    """Draw means against parameters, each point with its number in the list beside it."""
    learned = [method.runs[-1].summary.learned_parameters for method in ranked]
    means = [method.mean * 100 for method in ranked]
    axis.plot(learned, means, "o", color="C0", markersize=4)
    axis.set_xscale("log")
    axis.margins(x=0.15)
    height = max(max(means) - min(means), 1e-9) * _LABEL_HEIGHT
    labelled: dict[int, tuple[float, int]] = {}
    for number, (parameters, mean) in enumerate(zip(learned, means, strict=True), start=1):
        above, place = labelled.get(parameters, (math.inf, 0))
        place = place + 1 if above - mean < height else 0
        labelled[parameters] = (mean if place == 0 else above, place)
        axis.annotate(
            str(number),
            (parameters, mean),
            xytext=(-4 - _LABEL_WIDTH * place, 0),
            textcoords="offset points",
            ha="right",
            va="center",
            fontsize=7,
        )
    axis.set_xlabel("parameters that learn")
    axis.set_ylabel("mean over tasks, times 100")
    axis.grid(alpha=0.3)
