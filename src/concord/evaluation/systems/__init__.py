"""What stands beside a model in one table: baselines that need no torch, and models by name."""

from concord.evaluation.systems.building import (
    BUILDERS,
    SYSTEMS,
    SystemBuilder,
    SystemOptions,
    build_system,
)
from concord.evaluation.systems.concord_model import ConcordSystem
from concord.evaluation.systems.graded import GradedSystem
from concord.evaluation.systems.majority import MajoritySystem
from concord.evaluation.systems.system import Learner, System
from concord.evaluation.systems.unsplit import UnsplitSystem

__all__ = [
    "BUILDERS",
    "SYSTEMS",
    "ConcordSystem",
    "GradedSystem",
    "Learner",
    "MajoritySystem",
    "System",
    "SystemBuilder",
    "SystemOptions",
    "UnsplitSystem",
    "build_system",
]
