"""From a system's answers to a set to its figure, its curves and its worst rows."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from concord.alignment import ALIGNED, Head
from concord.data.recipe import Metric
from concord.evaluation import metrics
from concord.evaluation.board import SetResult
from concord.evaluation.calibration.score_maps import expected_calibration_error
from concord.evaluation.leaderboard.curves import count_confusion, reliability_bins, roc_points
from concord.evaluation.leaderboard.predictions import Predictions
from concord.evaluation.leaderboard.set_reading import ANSWER_F1, AskedSet, metric_name, metric_of
from concord.evaluation.leaderboard.worst_rows import worst_rows
from concord.evaluation.metrics import Estimate, Vector, choose_threshold
from concord.evaluation.metrics.weighted import WeightedFigure, mean_figure, weighted_figure
from concord.evaluation.suites.suite import Judging

SHIPPED: Final = "shipped"


@dataclass(frozen=True, slots=True)
class Cut:
    """The score from which a claim counts as aligned, and where it comes from."""

    threshold: float
    source: str


def needs_threshold(asked: AskedSet) -> bool:
    """Tell whether the set's decisions are made by a threshold rather than by the head's rule."""
    is_no_answer = asked.declared.judging is Judging.NO_ANSWER
    return asked.recipe.head is Head.BINARY and (is_no_answer or metric_of(asked) is Metric.AUC)


def choose_cut(asked: AskedSet, validation: Predictions | None, shipped: float) -> Cut:
    """Return the threshold chosen on validation rows, or the shipped one where there are none.

    The best for balanced accuracy, as SummaC chooses it (Laban et al., TACL 2022), or for SQuAD's
    F1 where questions may have no answer (Rajpurkar et al., ACL 2018).
    """
    if validation is None or len(np.unique(validation.targets)) < 2:
        return Cut(shipped, SHIPPED)
    source = f"chosen on {asked.declared.title} validation"
    if asked.declared.judging is Judging.NO_ANSWER:
        return Cut(choose_answer_threshold(validation.degrees, validation.targets), source)
    return Cut(choose_threshold(validation.degrees, validation.targets).value, source)


def choose_answer_threshold(degrees: Vector, targets: Vector) -> float:
    """Return the score from which to give a candidate answer, for the best F1 as SQuAD counts it.

    A right candidate that is given earns 1, and so does a question without an answer that gets
    none; everything else earns 0. Of equally good thresholds the lowest is taken.

    Args:
        degrees: 1 less the probability of "no answer", shape ``(N,)``.
        targets: 1 where the candidate is right, 0 where there is no answer, shape ``(N,)``.
    """
    order = np.argsort(degrees, kind="stable")
    ordered, is_right = degrees[order], targets[order] == 1
    cuts = np.concatenate(([0], np.flatnonzero(np.diff(ordered)) + 1, [len(ordered)]))
    right_below = np.concatenate(([0], np.cumsum(is_right)))[cuts]
    earned = (is_right.sum() - right_below) + (cuts - right_below)
    cut = int(cuts[np.argmax(earned)])
    if cut == len(ordered):
        return float(np.nextafter(ordered[-1], np.inf))
    return float(ordered[0] if cut == 0 else (ordered[cut - 1] + ordered[cut]) / 2)


def figure_of(asked: AskedSet, answers: Predictions, cut: Cut | None) -> WeightedFigure:
    """Return the set's figure of a system's answers, ready to be resampled."""
    name = metric_name(asked.declared, asked.recipe)
    return figure_named(name, answers, None if cut is None else cut.threshold)


def figure_named(metric: str, answers: Predictions, threshold: float | None) -> WeightedFigure:
    """Return a figure of answers by what results call it, ready to be resampled.

    Args:
        metric: A recipe's metric, or "answer_f1".
        answers: Of one system.
        threshold: The score from which an answer is given, for "answer_f1".
    """
    if metric == ANSWER_F1:
        given = answers.degrees >= (0.5 if threshold is None else threshold)
        return mean_figure((given == answers.targets).astype(np.float64))
    return weighted_figure(
        Metric(metric), answers.degrees, answers.decisions, answers.targets, answers.question_names
    )


def decisions_of(answers: Predictions, cut: Cut | None) -> Vector:
    """Return the answers as targets have them, by the threshold where there is one."""
    if cut is None:
        return answers.decisions
    decisions: Vector = (answers.degrees >= cut.threshold).astype(np.float64)
    return decisions


def secondary_figures(asked: AskedSet, answers: Predictions, cut: Cut | None) -> dict[str, float]:
    """Return further figures by name, without intervals."""
    from scipy.stats import kendalltau

    degrees, targets, decisions = answers.degrees, answers.targets, decisions_of(answers, cut)
    if asked.recipe.head is Head.REGRESSION:
        varies = len(np.unique(degrees)) > 1 and len(np.unique(targets)) > 1
        figures = {
            "pearson": metrics.pearson(degrees, targets),
            "spearman": metrics.spearman(degrees, targets),
            "kendall": float(kendalltau(degrees, targets).statistic) if varies else float("nan"),
        }
    else:
        figures = {
            "accuracy": metrics.accuracy(decisions, targets),
            "balanced_accuracy": metrics.balanced_accuracy(decisions, targets),
            "mcc": _matthews(decisions, targets),
        }
    if asked.recipe.head is Head.BINARY:
        figures["f1"] = metrics.f1(decisions, targets)
        figures["auc"] = metrics.auc(degrees, targets)
    if asked.declared.judging is Judging.NO_ANSWER:
        figures["no_answer_f1"] = metrics.f1(1 - decisions, 1 - targets)
    return {name: value for name, value in figures.items() if name != metric_of(asked)}


def _matthews(decisions: Vector, targets: Vector) -> float:
    """Return the correlation of classes (Gorodkin, 2004); 0 where only one class occurs."""
    from sklearn.metrics import matthews_corrcoef

    classes = np.unique(np.concatenate([decisions, targets]))
    return 0.0 if len(classes) < 2 else float(matthews_corrcoef(targets, decisions))


def judge(
    asked: AskedSet,
    answers: Predictions,
    cut: Cut | None,
    *,
    system: str,
    suite: str,
    figure: Estimate,
    path: str = "",
) -> SetResult:
    """Return all that is said of a system's answers to a set.

    Args:
        asked: The set.
        answers: To its rows, or to some of them.
        cut: The threshold, where the set needs one.
        system: The system's name.
        suite: The suite's name.
        figure: The set's figure with its interval.
        path: Where the answers are kept, within the run's folder.
    """
    card = asked.card()
    return SetResult(
        system=system,
        suite=suite,
        set=card.name,
        metric=card.metric,
        figure=figure,
        secondary=secondary_figures(asked, answers, cut),
        examples=len(answers.rows),
        truncated=answers.header.truncated,
        seconds=answers.header.seconds,
        threshold=None if cut is None else cut.threshold,
        threshold_source="" if cut is None else cut.source,
        worst=worst_rows(asked, answers, None if cut is None else cut.threshold),
        predictions=path,
        **_curves(asked, answers, cut),
    )


def _curves(asked: AskedSet, answers: Predictions, cut: Cut | None) -> dict[str, Any]:
    """Return reliability, ROC and confusion of answers to a set with classes."""
    head = asked.recipe.head
    if head is Head.REGRESSION:
        return {}
    aligned = ALIGNED if head is Head.THREE_WAY else 1
    is_aligned = (answers.targets == aligned).astype(np.float64)
    return {
        "reliability": reliability_bins(answers.degrees, is_aligned),
        "ece": expected_calibration_error(answers.degrees, is_aligned),
        "roc": roc_points(answers.degrees, is_aligned),
        "confusion": count_confusion(head.label_names, decisions_of(answers, cut), answers.targets),
    }
