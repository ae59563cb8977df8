"""Training: losses over mixed batches, and a loop that survives a kill."""

from concord.training.trainer import StepReport, Trainer, TrainerOptions, TrainingResult

__all__ = ["StepReport", "Trainer", "TrainerOptions", "TrainingResult"]
