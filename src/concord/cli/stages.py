"""`concord stages`: tasks learned one after the other, in several ways, to one table and plot."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from concord.cli.console import error_console, output_console
from concord.cli.plot_options import plot_file_option

if TYPE_CHECKING:
    from concord.workflows.staging.results import StagesResult

EXAMPLE = "Example:  concord stages continual.toml data_dir=data seeds=[0,1,2] --plot matrix.svg"


def stages(
    config: Annotated[
        Path,
        typer.Argument(
            help="TOML file that names a config of `concord finetune`, stages and regimes."
        ),
    ],
    overrides: Annotated[
        list[str] | None, typer.Argument(help="Values to change, as key.name=value.")
    ] = None,
    plot: Annotated[Path | None, plot_file_option("the matrices, or the curve,")] = None,
) -> None:
    """Train on tasks one after the other, and tell what each way of it learns and forgets.

    Started again, it goes on where it stopped; a regime that cannot run is said so and left out.
    """
    from concord.workflows.stages import run_stages
    from concord.workflows.staging.plan import load_stages_config

    settings = load_stages_config(config, tuple(overrides or ()))
    errors = error_console()
    result = run_stages(settings, told=lambda text: errors.print(text, soft_wrap=True))
    console = output_console()
    console.print(_table(result))
    console.print(f"{settings.output} holds stages.json and stages.md", soft_wrap=True)
    if plot is not None:
        from concord.workflows.staging.plots import save_stages_plot

        save_stages_plot(result, plot)
        console.print(f"wrote {plot}", soft_wrap=True)


def _table(result: "StagesResult") -> Table:
    from concord.evaluation.metrics.continual import AccuracyMatrix
    from concord.workflows.staging.results import percent

    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("regime", overflow="ellipsis", max_width=24, no_wrap=True)
    for name in ("average", "backward", "forgetting", *result.metrics):
        table.add_column(name, justify="right", overflow="ellipsis", max_width=12, no_wrap=True)
    for regime in result.finished:
        finals = {task: [run.final(task) for run in regime.runs] for task in result.metrics}
        table.add_row(
            regime.title,
            percent(regime.mean(AccuracyMatrix.average_accuracy)),
            percent(regime.mean(AccuracyMatrix.mean_backward_transfer)),
            percent(regime.mean(AccuracyMatrix.mean_forgetting)),
            *(percent(_mean([each.value for each in found if each])) for found in finals.values()),
        )
    return table


def _mean(values: list[float]) -> float | None:
    return sum(values) / len(values) if values else None
