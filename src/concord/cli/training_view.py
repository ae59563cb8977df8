"""What a training run shows on the way: a bar, and a line for each validation."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from rich.progress import Progress, TaskID

if TYPE_CHECKING:
    from concord.training import StepReport

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
