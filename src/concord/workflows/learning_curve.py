"""A picture of a training run: what it reached, and its losses, against the examples seen."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

import numpy as np

from concord.errors import ConfigError
from concord.training.run_state import LOG_FILE
from concord.workflows.pictures import new_figure, save_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    Line = tuple[Sequence[float], Sequence[float]]

_NUM_MEANS: Final = 60
"""Points of a loss's line; each is the mean of as many steps as fall between it and the last."""


@dataclass(frozen=True, slots=True)
class LearningCurve:
    """What the log of a run tells.

    Attributes:
        metrics: By metric, the examples seen at each validation and its value there.
        losses: By head or task, the examples seen and the mean loss of the steps up to there since
            the point before; without those that are not learned, whose loss is 0 throughout.
    """

    metrics: "Mapping[str, Line]"
    losses: "Mapping[str, Line]"

    @classmethod
    def read(cls, log: Path) -> Self:
        """Read a run's `log.jsonl`.

        Raises:
            ConfigError: If there is none, or it has no step.
        """
        metrics: dict[str, list[tuple[float, float]]] = defaultdict(list)
        losses: dict[str, list[tuple[float, float]]] = defaultdict(list)
        text = log.read_text(encoding="utf-8") if log.is_file() else ""
        for step in map(json.loads, text.splitlines()):
            for name, value in (step["metrics"] or {}).items():
                metrics[name].append((step["pairs"], value))
            for name, value in step["losses"].items():
                losses[name].append((step["pairs"], value))
        if not losses:
            raise ConfigError(f"{log} has no step; a curve needs a run that has begun to learn")
        return cls(
            {name: _columns(points) for name, points in metrics.items()},
            {name: _means(points) for name, points in losses.items() if any(y for _, y in points)},
        )


def save_learning_curve(run: Path, path: Path) -> None:
    """Draw the validation figures and the losses of a run against the examples it had seen.

    Args:
        run: The run's folder, finished or not.
        path: An image file; its ending tells the format (.svg, .png, .pdf).

    Raises:
        ConfigError: If the run has not begun to learn.
        MissingExtraError: If matplotlib is not installed.
    """
    curve = LearningCurve.read(run / LOG_FILE)
    panels = [("validation", curve.metrics), ("loss in training", curve.losses)]
    panels = [(title, lines) for title, lines in panels if lines]
    figure = new_figure(4.6 * len(panels), 3.6)
    axes = figure.subplots(1, len(panels), squeeze=False).flatten().tolist()
    for axis, (title, lines) in zip(axes, panels, strict=True):
        _draw(axis, title, lines)
    save_figure(figure, path)


def _draw(axis: "Axes", title: str, lines: "Mapping[str, Line]") -> None:
    for name, (seen, values) in lines.items():
        marker = "o" if len(seen) < _NUM_MEANS // 2 else None
        axis.plot(seen, values, marker=marker, markersize=3, linewidth=1.2, label=name)
    axis.set_title(title, size=10)
    axis.set_xlabel("examples seen")
    axis.set_xlim(left=0)
    axis.locator_params(axis="x", nbins=5)
    axis.xaxis.set_major_formatter("{x:,.0f}")
    axis.grid(alpha=0.3)
    axis.spines[["top", "right"]].set_visible(False)
    axis.legend(frameon=False, fontsize=8)


def _columns(points: Sequence[tuple[float, float]]) -> "Line":
    seen, values = zip(*points, strict=True)
    return seen, values


def _means(points: Sequence[tuple[float, float]]) -> "Line":
    parts = np.array_split(np.array(points), min(_NUM_MEANS, len(points)))
    return [float(part[-1, 0]) for part in parts], [float(part[:, 1].mean()) for part in parts]
