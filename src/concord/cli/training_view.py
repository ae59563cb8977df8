"""What a training run shows: a bar, a line for each validation, and where its time went."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.progress import Progress, TaskID

if TYPE_CHECKING:
    from concord.training import StepReport, TrainingResult

TRAINING_PACKAGES: Final = frozenset(
    {"torch", "transformers", "accelerate", "safetensors", "tensorboard"}
)
"""What the extra `train` brings; without one of them there is no training."""


class TrainingView:
    """Shows a run's steps on a progress bar.

    Args:
        bar: Where.
    """

    def __init__(self, bar: Progress) -> None:
        self._bar = bar
        self._task: TaskID | None = None

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


def show_profile(console: Console, result: "TrainingResult", run: Path) -> None:
    """Print where the time of the recorded steps went, if any were recorded."""
    if result.profile is not None:
        console.print(str(result.profile), soft_wrap=True, markup=False, highlight=False)
        console.print(f"wrote {run / 'profile'} (tensorboard --logdir {run})", soft_wrap=True)
