"""Training: losses over mixed batches, and a loop that survives a kill."""

from concord.training.objective import BatchPlan, EpochBatches, Objective
from concord.training.options import TrainerOptions
from concord.training.reports import StepReport, TrainingResult
from concord.training.trainer import Trainer

__all__ = [
    "BatchPlan",
    "EpochBatches",
    "Objective",
    "StepReport",
    "Trainer",
    "TrainerOptions",
    "TrainingResult",
]
