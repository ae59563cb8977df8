"""`concord train`: a model from a configuration file."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import Progress, TaskID

from concord.cli.console import output_console, progress_bar
from concord.errors import MissingExtraError

if TYPE_CHECKING:
    from concord.training import StepReport
    from concord.workflows.model_card import SourceReport

EXAMPLE = "Example:  concord train configs/concord-mini-v0-first.toml data.folder=data seed=1"
_EXTRA_PACKAGES = frozenset({"torch", "transformers", "accelerate", "safetensors", "tensorboard"})


def train(
    config: Annotated[Path, typer.Argument(help="TOML file that describes the run.")],
    overrides: Annotated[
        list[str] | None, typer.Argument(help="Values to change, as key.name=value.")
    ] = None,
) -> None:
    """Train a model as a configuration file says; started again, it goes on where it stopped."""
    try:
        from concord.workflows.train import train as run_training
    except ModuleNotFoundError as error:
        if error.name not in _EXTRA_PACKAGES:
            raise
        raise MissingExtraError.needing("training", error.name, "train") from error
    with progress_bar() as bar:
        shown = _TrainingView(bar)
        outcome = run_training(
            config,
            tuple(overrides or ()),
            on_sources=shown.show_sources,
            on_step=shown.show_step,
        )
    console = output_console()
    console.print(f"trained; the last step's loss was {outcome.result.final_loss:.4f}")
    console.print(f"wrote {outcome.model_folder}", soft_wrap=True)


class _TrainingView:
    """What a run shows on the way: a bar, and a line for each validation."""

    def __init__(self, bar: Progress) -> None:
        self._bar = bar
        self._task: TaskID | None = None

    def show_sources(self, sources: "Sequence[SourceReport]") -> None:
        """Print what each data set contributes."""
        for source in sources:
            range_drawn = sorted({min(source.pairs_per_epoch), max(source.pairs_per_epoch)})
            drawn = " to ".join(f"{number:,}" for number in range_drawn)
            self._bar.console.print(
                f"{source.recipe.name}: {source.report.examples:,} pairs of "
                f"{source.report.rows:,} rows ({source.report.unlabelled:,} unlabelled, "
                f"{source.shortened:,} shortened), {drawn} an epoch"
            )

    def show_step(self, report: "StepReport") -> None:
        """Move the bar on; a resumed run's bar starts where it went on."""
        if self._task is None:
            self._task = self._bar.add_task(
                "training", total=report.max_steps, completed=report.step
            )
        self._bar.update(
            self._task, completed=report.step, description=f"training, loss {report.loss:.3f}"
        )
        if report.metrics is not None:
            self._bar.console.print(f"step {report.step}: {_listed(report.metrics)}")


def _listed(metrics: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {value:.3f}" for name, value in metrics.items())
