"""Runs a model over one split of a data set and compares it with the gold answers."""

import logging
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, Protocol, TypeAlias

import numpy as np

from concord.alignment import AlignmentExample, AlignmentScores, Head
from concord.data.examples import DatasetReport, has_split, read_examples
from concord.data.recipe import Metric, Recipe, Split
from concord.errors import DataError
from concord.evaluation import metrics
from concord.evaluation.baselines import (
    OverlapClassifier,
    compute_overlaps,
    majority_accuracy,
    majority_option_accuracy,
)
from concord.evaluation.metrics import Estimate, Vector, estimate, estimate_mean, option_hits
from concord.evaluation.results import EvaluationResult, WrongExample

Progress: TypeAlias = Callable[[int, int], None]
logger = logging.getLogger(__name__)

_NUM_BASELINE_EXAMPLES: Final = 5_000  # training rows that the overlap baseline learns from
_SECONDARY: Final[dict[Head, dict[str, Callable[[Vector, Vector], float]]]] = {
    Head.BINARY: {"balanced_accuracy": metrics.balanced_accuracy, "f1": metrics.f1},
    Head.THREE_WAY: {"balanced_accuracy": metrics.balanced_accuracy},
    Head.REGRESSION: {"spearman": metrics.spearman},
}


class Predictor(Protocol):
    """What evaluation needs of an aligner."""

    def predict(
        self,
        contexts: Sequence[str],
        claims: Sequence[str],
        *,
        progress: Progress | None = None,
    ) -> AlignmentScores:
        """Score each pair as it is, without splitting."""
        ...


def decide(scores: AlignmentScores, head: Head) -> Vector:
    """Return each pair's answer, in the form of the examples' targets, shape ``(N,)``.

    Three-way: the most probable class, also where a set uses only two of them. Binary: aligned
    above 0.5. Regression: the degree itself.
    """
    match head:
        case Head.THREE_WAY:
            classes: Vector = np.argmax(scores.three_way, axis=1).astype(np.float64)
            return classes
        case Head.BINARY:
            return (scores.binary > 0.5).astype(np.float64)
        case Head.REGRESSION:
            return scores.regression.astype(np.float64)


def evaluate_recipe(
    aligner: Predictor,
    recipe: Recipe,
    data_dir: Path,
    *,
    split: Split = Split.VALIDATION,
    max_rows: int | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> EvaluationResult:
    """Compare a model, and the baselines, with the gold answers of one split.

    Args:
        aligner: The model.
        recipe: The data set.
        data_dir: The folder that holds the data sets' folders.
        split: The part of the data set to read.
        max_rows: Read only so many rows, for a dry run.
        seed: Seed of the bootstrap.
        progress: Called with the pairs done and the pairs in all.

    Raises:
        DataError: If the split holds no labelled example.
    """
    report = DatasetReport()
    examples = list(read_examples(recipe, data_dir, split, max_rows=max_rows, report=report))
    if not examples:
        raise DataError(f"{recipe.name} has no labelled {split} example under {data_dir}")
    started = time.perf_counter()
    scores = aligner.predict(
        [each.context for each in examples], [each.claim for each in examples], progress=progress
    )
    seconds = time.perf_counter() - started
    predictions = decide(scores, recipe.head)
    return EvaluationResult(
        recipe=recipe.name,
        split=split.value,
        head=recipe.head.value,
        metric=recipe.metric.value,
        data_files=tuple(report.files),
        figure=_primary_figure(recipe, examples, scores, seed),
        secondary=_secondary_figures(recipe.head, examples, scores, predictions),
        baselines=_baselines(recipe, data_dir, examples),
        rows=report.rows,
        examples=len(examples),
        unlabelled=report.unlabelled,
        truncated=getattr(aligner, "num_truncated", 0),
        seconds=seconds,
        seed=seed,
        wrong=tuple(_wrong_examples(recipe.head, examples, scores, predictions)),
    )


def _targets(examples: Sequence[AlignmentExample]) -> Vector:
    return np.array([each.target for each in examples], dtype=np.float64)


def _groups(examples: Sequence[AlignmentExample]) -> list[str]:
    return [each.group or f"alone-{row}" for row, each in enumerate(examples)]


def compute_metric(
    recipe: Recipe, examples: Sequence[AlignmentExample], scores: AlignmentScores
) -> float:
    """Return the recipe's own metric, without an interval."""
    if recipe.metric is Metric.PEARSON:
        return metrics.pearson(decide(scores, recipe.head), _targets(examples))
    return float(np.mean(_credits(recipe, examples, scores)))


def _primary_figure(
    recipe: Recipe, examples: Sequence[AlignmentExample], scores: AlignmentScores, seed: int
) -> Estimate:
    if recipe.metric is Metric.PEARSON:
        predictions = decide(scores, recipe.head)
        return estimate(metrics.pearson, predictions, _targets(examples), seed=seed)
    return estimate_mean(_credits(recipe, examples, scores), seed=seed)


def _credits(
    recipe: Recipe, examples: Sequence[AlignmentExample], scores: AlignmentScores
) -> Vector:
    """Return what each example, or question with options, earns towards the accuracy."""
    targets = _targets(examples)
    if recipe.metric is Metric.OPTION_ACCURACY:
        aligned = scores.aligned(recipe.head).astype(np.float64)
        return option_hits(aligned, targets, _groups(examples))
    hits: Vector = (decide(scores, recipe.head) == targets).astype(np.float64)
    return hits


def _secondary_figures(
    head: Head,
    examples: Sequence[AlignmentExample],
    scores: AlignmentScores,
    predictions: Vector,
) -> dict[str, float]:
    targets = _targets(examples)
    figures = {name: compute(predictions, targets) for name, compute in _SECONDARY[head].items()}
    if head is Head.BINARY:
        figures["accuracy"] = metrics.accuracy(predictions, targets)
        figures["auc"] = metrics.auc(scores.binary.astype(np.float64), targets)
    return figures


def _baselines(
    recipe: Recipe, data_dir: Path, examples: Sequence[AlignmentExample]
) -> dict[str, float]:
    """Return the recipe's own metric for answers given without a model."""
    targets, groups = _targets(examples), _groups(examples)
    overlaps, bigrams = compute_overlaps(examples), compute_overlaps(examples, order=2)
    match recipe.metric:
        case Metric.PEARSON:
            return {
                "lexical_overlap": metrics.pearson(overlaps, targets),
                "bigram_overlap": metrics.pearson(bigrams, targets),
            }
        case Metric.OPTION_ACCURACY:
            return {
                "majority": majority_option_accuracy(targets, groups),
                "lexical_overlap": estimate_mean(option_hits(overlaps, targets, groups)).value,
                "bigram_overlap": estimate_mean(option_hits(bigrams, targets, groups)).value,
            }
        case Metric.ACCURACY:
            baselines = {"majority": majority_accuracy(targets)}
            classifier = _fit_overlap_classifier(recipe, data_dir)
            if classifier is not None:
                guesses = classifier.predict(overlaps)
                baselines["lexical_overlap"] = metrics.accuracy(guesses, targets)
            return baselines


def _fit_overlap_classifier(recipe: Recipe, data_dir: Path) -> OverlapClassifier | None:
    """Learn the overlap baseline from the train split, or not at all where there is none."""
    if not has_split(recipe, data_dir, Split.TRAIN):
        logger.warning("%s has no train split, so no lexical overlap baseline", recipe.name)
        return None
    examples = list(read_examples(recipe, data_dir, Split.TRAIN, max_rows=_NUM_BASELINE_EXAMPLES))
    if not examples:
        return None
    return OverlapClassifier.fit(compute_overlaps(examples), _targets(examples))


def _wrong_examples(
    head: Head,
    examples: Sequence[AlignmentExample],
    scores: AlignmentScores,
    predictions: Vector,
) -> list[WrongExample]:
    """Return what a classification head got wrong, in the order of the data."""
    if head is Head.REGRESSION:
        return []
    aligned = scores.aligned(head)
    return [
        WrongExample(
            context=each.context,
            claim=each.claim,
            label=head.label_names[int(each.target)],
            prediction=head.label_names[int(predictions[row])],
            score=float(aligned[row]),
        )
        for row, each in enumerate(examples)
        if predictions[row] != each.target
    ]
