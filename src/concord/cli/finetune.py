"""`concord finetune`: several tasks on one encoder, from a configuration file."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from concord.cli.console import output_console, progress_bar
from concord.cli.memory_view import compared_memory, described_memory
from concord.cli.plot_options import plot_file_option
from concord.cli.training_view import TRAINING_PACKAGES, TrainingView, show_profile
from concord.errors import MissingExtraError

if TYPE_CHECKING:
    from concord.model import ParameterCounts
    from concord.training.memory_estimate import MemoryEstimate
    from concord.workflows.task_card import TaskReport

EXAMPLE = "Example:  concord finetune tasks.toml seed=1     (concord new FILES... writes one)"


def finetune(
    config: Annotated[Path, typer.Argument(help="TOML file that names tasks and their data.")],
    overrides: Annotated[
        list[str] | None, typer.Argument(help="Values to change, as key.name=value.")
    ] = None,
    plot: Annotated[Path | None, plot_file_option("what each task receives")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what it would learn and take, and stop.")
    ] = False,
    ray_workers: Annotated[
        int | None, typer.Option(help="Train with so many processes of a Ray cluster.")
    ] = None,
) -> None:
    """Train several tasks on one encoder; started again, it goes on where it stopped."""
    try:
        from concord.workflows.finetune import estimate_finetuning, run_finetuning
        from concord.workflows.finetuning.config import load_finetune_config
    except ModuleNotFoundError as error:
        if error.name not in TRAINING_PACKAGES:
            raise
        raise MissingExtraError.needing("training", error.name, "train") from error
    console = output_console()
    if ray_workers is not None and not dry_run:
        from concord.workflows.ray_training import finetune_on_ray

        folder = finetune_on_ray(config, tuple(overrides or ()), workers=ray_workers)
        console.print(f"wrote {folder}", soft_wrap=True)
        return
    settings, tasks = load_finetune_config(config, tuple(overrides or ()))
    show_tasks = partial(_show_tasks, console, plot)

    def show_parameters(counts: "ParameterCounts") -> None:
        console.print(f"learning: {counts}", soft_wrap=True)

    def show_memory(estimate: "MemoryEstimate") -> None:
        console.print(described_memory(estimate), soft_wrap=True)

    if dry_run:
        show_memory(
            estimate_finetuning(settings, tasks, on_tasks=show_tasks, on_parameters=show_parameters)
        )
        return
    with progress_bar() as bar:
        outcome = run_finetuning(
            settings,
            tasks,
            on_tasks=show_tasks,
            on_parameters=show_parameters,
            on_memory=show_memory,
            on_step=TrainingView(bar).show_step,
        )
    console.print(f"trained; the last step's loss was {outcome.result.final_loss:.4f}")
    console.print(compared_memory(outcome.memory, outcome.measured_memory_mb), soft_wrap=True)
    show_profile(console, outcome.result, outcome.model_folder.parent)
    console.print(f"wrote {outcome.model_folder}", soft_wrap=True)
    console.print(f"measure it:  concord tasks evaluate {config} {outcome.model_folder}")


def _show_tasks(console: Console, plot: Path | None, reports: "Sequence[TaskReport]") -> None:
    """Print, and draw where that is asked for, what each task receives."""
    console.print(_task_table(reports))
    if plot is not None:
        from concord.workflows.mixture_plot import save_mixture_plot

        save_mixture_plot(reports, plot)
        console.print(f"wrote {plot}", soft_wrap=True)


def _task_table(reports: "Sequence[TaskReport]") -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    for name in ("task", "kind"):
        table.add_column(name, no_wrap=True)
    for name in ("rows", "no label", "examples", "cut", "drawn", "times", "tokens"):
        table.add_column(name, justify="right")
    for report in reports:
        table.add_row(
            report.name,
            report.task.kind,
            f"{report.rows:,}",
            f"{report.unlabelled:,}",
            f"{report.examples:,}",
            f"{report.shortened:,}",
            f"{sum(each.examples for each in report.drawn):,}",
            f"{sum(each.repeats for each in report.drawn):.2g}",
            f"{sum(each.tokens for each in report.drawn):,}",
        )
    return table
