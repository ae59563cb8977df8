"""`concord tune`: a search for better settings of a config of `concord finetune`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from concord.cli.console import error_console, output_console
from concord.cli.plot_options import check_drawing
from concord.cli.training_view import TRAINING_PACKAGES
from concord.errors import MissingExtraError

if TYPE_CHECKING:
    from concord.workflows.search.results import SearchResult

EXAMPLE = "Example:  concord tune search.toml data_dir=data num_trials=30 --plot plots"
_SHOWN = 10


def tune(
    config: Annotated[
        Path,
        typer.Argument(help="TOML file that names a config of `concord finetune` and a space."),
    ],
    overrides: Annotated[
        list[str] | None, typer.Argument(help="Values to change, as key.name=value.")
    ] = None,
    ray: Annotated[
        bool, typer.Option("--ray", help="Run trials under Ray Tune, `workers` at a time.")
    ] = False,
    plot: Annotated[
        Path | None,
        typer.Option(
            help="Draw the trials and what mattered into this folder.", callback=check_drawing
        ),
    ] = None,
) -> None:
    """Search for better settings of a fine-tuning config; what does badly is ended early.

    Started again, it goes on where it stopped.
    """
    try:
        from concord.workflows.search.plan import load_search
        from concord.workflows.tune import tune as run_search
    except ModuleNotFoundError as error:
        if error.name not in TRAINING_PACKAGES:
            raise
        raise MissingExtraError.needing("training", error.name, "train") from error
    plan = load_search(config, tuple(overrides or ()))
    errors = error_console()
    result = run_search(
        plan, told=lambda text: errors.print(text, soft_wrap=True), is_under_ray=ray
    )
    _show(result, plan.config.output)
    if plot is not None:
        from concord.workflows.search.plots import save_search_plots

        for path in save_search_plots(result, plot):
            output_console().print(f"wrote {path}", soft_wrap=True)


def _show(result: "SearchResult", output: Path) -> None:
    from concord.workflows.search.results import describe_verdict

    console = output_console()
    console.print(_table(result))
    console.print(describe_verdict(result), soft_wrap=True)
    console.print(f"train so:  {result.command}", soft_wrap=True, markup=False)
    if result.confirmation:
        console.print(f"on other seeds:  {result.confirmation}", soft_wrap=True, markup=False)
    console.print(f"{output} holds tune.json and tune.md", soft_wrap=True)


def _table(result: "SearchResult") -> Table:
    """Return the best trials, and the default wherever it stands."""
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    for name in ("trial", "state", result.metric):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("settings", overflow="ellipsis", no_wrap=True)
    ranked = result.ranked()
    shown = [each for place, each in enumerate(ranked) if place < _SHOWN or each.number == 0]
    for each in shown:
        table.add_row(
            str(each.number),
            each.state,
            "" if each.value is None else f"{each.value:.4f}",
            " ".join(each.overrides) or "the default",
        )
    return table
