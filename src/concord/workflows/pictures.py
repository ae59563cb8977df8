"""Figures of matplotlib, begun and saved in one way by all that draws."""

from pathlib import Path
from typing import TYPE_CHECKING

from concord.errors import MissingExtraError

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def new_figure(width: float, height: float) -> "Figure":
    """Return an empty figure of so many inches.

    Raises:
        MissingExtraError: If matplotlib is not installed.
    """
    try:
        from matplotlib.figure import Figure
    except ModuleNotFoundError as error:
        raise MissingExtraError.needing("drawing", str(error.name), "plot") from error
    return Figure(figsize=(width, height), layout="constrained")


def save_figure(figure: "Figure", path: Path) -> None:
    """Write a figure, whole or not at all.

    Args:
        figure: What was drawn.
        path: An image file; its ending tells the format (.svg, .png, .pdf).
    """
    temporary = path.with_name(f".{path.stem}.partial{path.suffix}")
    figure.savefig(temporary)
    temporary.rename(path)
