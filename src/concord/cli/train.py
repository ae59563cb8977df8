"""`concord train`: a model from a configuration file."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import Progress

from concord.cli.console import output_console, progress_bar
from concord.cli.plot_options import plot_file_option
from concord.cli.training_view import TRAINING_PACKAGES, TrainingView, show_profile
from concord.errors import MissingExtraError

if TYPE_CHECKING:
    from concord.workflows.model_card import SourceReport

EXAMPLE = "Example:  concord train configs/concord-mini.toml data.folder=data seed=1"


def train(
    config: Annotated[Path, typer.Argument(help="TOML file that describes the run.")],
    overrides: Annotated[
        list[str] | None, typer.Argument(help="Values to change, as key.name=value.")
    ] = None,
    plot: Annotated[Path | None, plot_file_option("what it learned as it went")] = None,
) -> None:
    """Train a model as a configuration file says; started again, it goes on where it stopped."""
    try:
        from concord.workflows.learning_curve import save_learning_curve
        from concord.workflows.train import train as run_training
    except ModuleNotFoundError as error:
        if error.name not in TRAINING_PACKAGES:
            raise
        raise MissingExtraError.needing("training", error.name, "train") from error
    with progress_bar() as bar:
        outcome = run_training(
            config,
            tuple(overrides or ()),
            on_sources=partial(_show_sources, bar),
            on_step=TrainingView(bar).show_step,
        )
    console = output_console()
    console.print(f"trained; the last step's loss was {outcome.result.final_loss:.4f}")
    show_profile(console, outcome.result, outcome.model_folder.parent)
    console.print(f"wrote {outcome.model_folder}", soft_wrap=True)
    if plot is not None:
        save_learning_curve(outcome.model_folder.parent, plot)
        console.print(f"wrote {plot}", soft_wrap=True)


def _show_sources(bar: Progress, sources: "Sequence[SourceReport]") -> None:
    """Print what each data set contributes."""
    for source in sources:
        range_drawn = sorted({min(source.pairs_per_epoch), max(source.pairs_per_epoch)})
        drawn = " to ".join(f"{number:,}" for number in range_drawn)
        copies = f"and {source.copies:,} altered copies " if source.copies else ""
        bar.console.print(
            f"{source.recipe.name}: {source.report.examples:,} pairs {copies}of "
            f"{source.report.rows:,} rows ({source.report.unlabelled:,} unlabelled, "
            f"{source.shortened:,} shortened), {drawn} an epoch"
        )
