"""`concord compare`: ways to train on one mixture, to one table and plot."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.table import Table

from concord.cli.console import error_console, output_console
from concord.cli.plot_options import plot_file_option

if TYPE_CHECKING:
    from concord.workflows.comparing.results import Comparison, MethodResult

_NAME_WIDTH: Final = 8  # characters that a name keeps in any terminal
EXAMPLE = "Example:  concord compare methods.toml data_dir=data seeds=[0,1,2] --plot methods.svg"


def compare(
    config: Annotated[
        Path,
        typer.Argument(help="TOML file that names a config of `concord finetune` and methods."),
    ],
    overrides: Annotated[
        list[str] | None, typer.Argument(help="Values to change, as key.name=value.")
    ] = None,
    plot: Annotated[Path | None, plot_file_option("accuracy against what learns")] = None,
) -> None:
    """Train in several ways on the same data, and tell accuracy, speed, memory and size apart.

    Started again, it goes on where it stopped; a method that cannot run is said so and left out.
    """
    from concord.workflows.compare import compare_methods, load_compare_config

    settings = load_compare_config(config, tuple(overrides or ()))
    errors = error_console()
    comparison = compare_methods(settings, told=lambda text: errors.print(text, soft_wrap=True))
    console = output_console()
    console.print(_table(comparison, console.width))
    console.print(f"{settings.output} holds comparison.json and comparison.md", soft_wrap=True)
    if plot is not None:
        from concord.workflows.comparing.plots import save_comparison_plot

        save_comparison_plot(comparison, plot)
        console.print(f"wrote {plot}", soft_wrap=True)


def _table(comparison: "Comparison", width: int) -> Table:
    """Return a table whose figures are whole in a terminal of some width; names may be cut."""
    names = ("mean", *comparison.tasks, "learned", "tokens/s", "MB", "saved")
    titles = [method.title for method in comparison.ranked()]
    rows = [_row(method, comparison.tasks) for method in comparison.ranked()]
    widths = [
        max(min(len(name), _NAME_WIDTH), *map(len, cells))
        for name, cells in zip(names, zip(*rows, strict=True), strict=True)
    ]
    left = max(width - sum(widths) - len(widths), _NAME_WIDTH)
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("method", overflow="ellipsis", max_width=left, no_wrap=True)
    for name, own in zip(names, widths, strict=True):
        table.add_column(name, justify="right", overflow="ellipsis", width=own, no_wrap=True)
    for title, row in zip(titles, rows, strict=True):
        table.add_row(title, *row)
    return table


def _row(method: "MethodResult", tasks: Iterable[str]) -> list[str]:
    last = method.runs[-1]
    return [
        f"{method.mean * 100:.1f}",
        *(f"{method.task_mean(name) * 100:.1f}" for name in tasks),
        _short(last.summary.learned_parameters),
        f"{method.tokens_per_second():,.0f}",
        f"{max(run.summary.peak_memory_mb for run in method.runs):,.0f}",
        f"{last.saved_mb:.1f}",
    ]


def _short(number: int) -> str:
    """Return a number of parameters in thousands or millions."""
    return f"{number / 1e6:.1f} M" if number >= 1_000_000 else f"{number / 1e3:.0f} k"
