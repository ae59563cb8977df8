"""What a training run tells of itself: after each step, and at its end."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from concord.training.profiling import ProfileSummary
from concord.training.run_state import RunState


@dataclass(frozen=True, slots=True)
class StepReport:
    """What a progress bar shows after a step; `metrics` are those of a validation just made.

    `pairs` are the examples seen, whatever an example is.
    """

    step: int
    max_steps: int
    loss: float
    losses: Mapping[str, float]
    learning_rate: float
    pairs: int
    tokens: int
    seconds: float
    metrics: Mapping[str, float] | None = None


@dataclass(frozen=True, slots=True)
class TrainingResult:
    """How a run ended.

    `model_folder` is the best model, or None where nothing was validated; `profile` is where the
    time of the recorded steps went, if any were recorded.
    """

    state: RunState
    final_loss: float
    model_folder: Path | None
    profile: ProfileSummary | None = None
