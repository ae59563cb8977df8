"""What calibrating was worth, as it looks on a terminal."""

from math import isnan

from rich.console import Group, RenderableType
from rich.table import Table

from concord.cli.console import printable
from concord.workflows.calibrate import CalibrationFigures, CalibrationReport

FEW_ROWS = 100
_COLUMNS = ("rows", "supp.", "ECE", "bal. acc.", "threshold (95 %)", "prec.", "recall")
_NAME_CHARS = 14  # with the rest of the table no more than 80


def render_calibration(report: CalibrationReport) -> RenderableType:
    """Return a table with one line per domain, at most 80 columns wide, and how to read it."""
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("", no_wrap=True, max_width=_NAME_CHARS)
    for name in _COLUMNS:
        table.add_column(name, justify="right", no_wrap=True)
    for figures in report.figures:
        table.add_row(*_cells(figures))
    pooled, *_ = report.figures
    notes = ["In percent; ECE, bal. acc., prec. and recall on rows held out of the fit."]
    if pooled.rows < FEW_ROWS:
        notes.append(f"{pooled.rows} rows are few: see how wide the threshold's interval is.")
    return Group(table, *notes)


def _cells(figures: CalibrationFigures) -> tuple[str, ...]:
    low, high = figures.interval
    return (
        "all rows" if figures.domain is None else printable(figures.domain),
        f"{figures.rows:,}",
        f"{100 * figures.supported:.0f}",
        " -> ".join(f"{100 * value:.1f}" for value in figures.ece),
        " -> ".join(f"{100 * value:.1f}" for value in figures.balanced_accuracy),
        f"{figures.threshold:.2f} ({low:.2f}-{high:.2f})",
        _percent(figures.precision),
        _percent(figures.recall),
    )


def _percent(share: float) -> str:
    return "-" if isnan(share) else f"{100 * share:.1f}"
