"""A picture of what each task of a run receives, epoch by epoch."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from concord.workflows.pictures import new_figure, save_figure
from concord.workflows.task_card import TaskReport


def save_mixture_plot(reports: Sequence[TaskReport], path: Path) -> None:
    """Draw each task's examples and tokens in each epoch as stacked bars.

    Args:
        reports: What each task receives.
        path: An image file; its ending tells the format (.svg, .png, .pdf).

    Raises:
        MissingExtraError: If matplotlib is not installed.
    """
    figure = new_figure(8, 3.2)
    axes = figure.subplots(1, 2)
    for axis, unit in zip(axes, ("examples", "tokens"), strict=True):
        epochs = np.arange(1, len(reports[0].drawn) + 1)
        bottom = np.zeros(len(epochs))
        for report in reports:
            heights = np.array([getattr(drawn, unit) for drawn in report.drawn], dtype=float)
            axis.bar(epochs, heights, bottom=bottom, label=report.name, width=0.7)
            bottom += heights
        axis.set_xlabel("epoch")
        axis.set_ylabel(unit)
        axis.set_xticks(epochs)
        axis.yaxis.set_major_formatter("{x:,.0f}")
        axis.spines[["top", "right"]].set_visible(False)
    handles, names = axes[0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside upper left", ncols=4, frameon=False)
    save_figure(figure, path)
