"""Training: losses over mixed batches, and a loop that survives a kill."""

from concord.training.options import TrainerOptions
from concord.training.trainer import StepReport, Trainer, TrainingResult

__all__ = ["StepReport", "Trainer", "TrainerOptions", "TrainingResult"]
