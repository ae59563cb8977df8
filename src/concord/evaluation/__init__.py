"""How good a model is: metrics with intervals, baselines, and runs over data sets."""

from concord.evaluation.metrics import Estimate, Threshold, choose_threshold
from concord.evaluation.results import EvaluationReport, EvaluationResult, save_report
from concord.evaluation.runner import decide, evaluate_recipe

__all__ = [
    "Estimate",
    "EvaluationReport",
    "EvaluationResult",
    "Threshold",
    "choose_threshold",
    "decide",
    "evaluate_recipe",
    "save_report",
]
