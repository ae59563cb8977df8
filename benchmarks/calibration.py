"""How sure scores are and how well they part claims, before and after calibration.

A calibration is fitted on openly licensed sets and applied to sets that it never saw; beside it
stands one fitted on 200 labelled rows of the set itself, measured on the rest (the mean of twenty
draws). Rules of aggregation are compared by AUC on the same scores, and a learned one (a logistic
regression on the sentence scores' distribution) is fitted on all other sets each time. Nothing
chosen here is reported on the rows that chose it. Needs the development environment and a folder
of data sets.
"""

import argparse
import os
import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from concord import Aggregation, Aligner, Head
from concord.alignment import ALIGNED, CONTRADICTED, AlignmentExample
from concord.alignment.scores import FloatArray
from concord.data.examples import read_examples
from concord.data.recipe import Split
from concord.data.recipes import get_recipe
from concord.errors import InputError
from concord.evaluation.calibration.operating_points import (
    Want,
    compute_operating_points,
)
from concord.evaluation.calibration.score_maps import (
    Method,
    expected_calibration_error,
    fit_score_map,
)
from concord.evaluation.metrics import Vector, auc
from concord.scoring.aggregation import join_chunks
from concord.scoring.calibration import IsotonicMap, LogisticMap, logits_of
from concord.scoring.long_inputs import Splitting
from concord.scoring.pair_scorer import PairScorer, ScoredPair
from concord.scoring.score_rules import ScoreRule

FITTED: Final = (
    ("faithdial_audit", Split.TRAIN),
    ("vitaminc", Split.VALIDATION),
    ("fever", Split.VALIDATION),
)
UNSEEN: Final = (
    ("begin", Split.VALIDATION),
    ("q2", Split.TEST),
    ("qags_cnndm", Split.TEST),
    ("qags_xsum", Split.TEST),
    ("cliff", Split.TEST),
    ("summedits", Split.TEST),
    ("dialsummeval", Split.TEST),
    ("storysumm", Split.TEST),
    ("wice", Split.VALIDATION),
    ("factcg", Split.TRAIN),
    ("foolmetwice", Split.VALIDATION),
    ("covidfact", Split.VALIDATION),
)
SUPPORTED_GRADE: Final = 0.75  # 4 of 5, of sets with grades in place of labels
RULES: Final[Mapping[str, ScoreRule]] = {
    **{rule.value: ScoreRule(aggregation=rule) for rule in Aggregation},
    "mean, 2 chunks": ScoreRule(top_chunks=2),
    "mean, contr.": ScoreRule(count_contradictions=True),
    "min, contr.": ScoreRule(aggregation=Aggregation.MIN, count_contradictions=True),
}
OWN_DRAWS: Final = 20
RESAMPLES: Final = 500


@dataclass(frozen=True)
class ScoredSet:
    """A set's scores by rule, its features for the learned rule, and what is right."""

    scores: Mapping[str, Vector]
    features: Vector
    targets: Vector


def main() -> None:
    options = _parse_arguments()
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    aligner = Aligner.from_pretrained(
        options.model, precision=options.precision, threads=options.threads
    )
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores; {aligner!r}")
    seen: set[str] = set()
    fitted = {name: _score_set(aligner, name, split, seen, options) for name, split in FITTED}
    known = frozenset(seen)
    unseen = {
        name: _score_set(aligner, name, split, seen, options, leave_out=known)
        for name, split in UNSEEN
    }
    _print_rules({**fitted, **unseen})
    for rule in ("min", "mean"):
        _print_calibration(rule, fitted, unseen, aligner.settings.thresholds[Head.THREE_WAY])


def _score_set(
    aligner: Aligner,
    name: str,
    split: Split,
    seen: set[str],
    options: argparse.Namespace,
    leave_out: frozenset[str] = frozenset(),
) -> ScoredSet:
    examples = list(read_examples(get_recipe(name), options.data_dir, split))
    order = np.random.default_rng(options.seed).permutation(len(examples))[: options.rows]
    drawn = [examples[index] for index in np.sort(order)]
    kept = [each for each in drawn if each.context not in leave_out]
    seen.update(each.context for each in kept)
    scorer = PairScorer(aligner.backend, aligner.tokenizer, aligner.settings, max_batch_tokens=2048)
    contexts, claims = [each.context for each in kept], [each.claim for each in kept]
    pairs = list(scorer.score(contexts, claims, Splitting.PACKED))
    return ScoredSet(
        scores={key: np.array([rule.score(pair) for pair in pairs]) for key, rule in RULES.items()},
        features=np.array([_features(pair) for pair in pairs]),
        targets=np.array([_is_supported(each) for each in kept], dtype=np.float64),
    )


def _is_supported(example: AlignmentExample) -> bool:
    if example.head is Head.REGRESSION:
        return example.target >= SUPPORTED_GRADE
    return example.target == (ALIGNED if example.head is Head.THREE_WAY else 1)


def _features(pair: ScoredPair) -> Vector:
    """Mean, lowest and second lowest sentence, the likeliest contradiction, and the counts."""
    probs = pair.three_way
    best = np.sort(join_chunks(probs[:, :, ALIGNED]))
    against = probs[:, :, CONTRADICTED].max()
    numbers = np.array([best.mean(), best[0], best[min(1, len(best) - 1)], against])
    return np.concatenate([logits_of(numbers), np.log(pair.plan.shape)])


def _print_rules(sets: Mapping[str, ScoredSet]) -> None:
    print(f"\n{'AUC in percent':20}" + "".join(f"{rule:>15}" for rule in (*RULES, "learned")))
    figures = []
    for name, each in sets.items():
        ruled = [auc(each.scores[rule], each.targets) for rule in RULES]
        learned = auc(
            _learned_scores(each, [o for o in sets.values() if o is not each]), each.targets
        )
        figures.append([*ruled, learned])
        print(f"{name:20}" + "".join(f"{100 * value:15.1f}" for value in figures[-1]))
    print(f"{'mean':20}" + "".join(f"{100 * value:15.2f}" for value in np.mean(figures, axis=0)))


def _learned_scores(target: ScoredSet, others: Sequence[ScoredSet]) -> Vector:
    """Score a set by what all others teach, each of which weighs the same."""
    model = make_pipeline(StandardScaler(), LogisticRegression())
    model.fit(
        np.concatenate([each.features for each in others]),
        np.concatenate([each.targets for each in others]),
        logisticregression__sample_weight=_equal_weights(others),
    )
    scores: Vector = model.predict_proba(target.features)[:, 1]
    return scores


def _equal_weights(sets: Sequence[ScoredSet]) -> Vector:
    rows = sum(len(each.targets) for each in sets)
    shares = [np.full(len(each.targets), rows / len(sets) / len(each.targets)) for each in sets]
    return np.concatenate(shares)


def _print_calibration(
    rule: str, fitted: Mapping[str, ScoredSet], unseen: Mapping[str, ScoredSet], threshold: float
) -> None:
    learnt = list(fitted.values())
    scores = np.concatenate([each.scores[rule] for each in learnt])
    targets = np.concatenate([each.targets for each in learnt])
    weights = _equal_weights(learnt)
    maps = {kind: fit_score_map(scores, targets, kind, weights=weights) for kind in Method}
    chosen = Want().choose(compute_operating_points(scores, targets, weights=weights))
    print(f"\n{rule}: fitted on {', '.join(fitted)}; threshold {threshold:.2f} -> {chosen:.2f}")
    print(f"ECE: as is, {', '.join(Method)}, own rows (95 % of platt less as is)")
    print("balanced accuracy: as is, fitted, own rows (95 % of fitted less as is)")
    print(f"{'':14}{'rows':>5}{'supp.':>6}")
    for name, each in unseen.items():
        _print_line(name, each.scores[rule], each.targets, maps, (threshold, chosen))
    all_scores = np.concatenate([each.scores[rule] for each in unseen.values()])
    all_targets = np.concatenate([each.targets for each in unseen.values()])
    _print_line("pooled", all_scores, all_targets, maps, (threshold, chosen))


def _print_line(
    name: str,
    scores: Vector,
    targets: Vector,
    maps: Mapping[Method, LogisticMap | IsotonicMap],
    thresholds: tuple[float, float],
) -> None:
    before, after = ((scores >= threshold).astype(np.float64) for threshold in thresholds)
    probs = {kind: _probabilities(fitted, scores) for kind, fitted in maps.items()}
    errors = [expected_calibration_error(each, targets) for each in (scores, *probs.values())]
    gain = _interval(expected_calibration_error, probs[Method.PLATT], scores, targets)
    accuracies = [_balanced_accuracy(each, targets) for each in (before, after)]
    balanced_gain = _interval(_balanced_accuracy, after, before, targets)
    own = _own_figures(scores, targets)
    print(
        f"{name:14}{len(targets):5}{100 * targets.mean():6.0f} | "
        + " ".join(f"{100 * value:5.1f}" for value in (*errors, own[0]))
        + f" ({gain}) | "
        + " ".join(f"{100 * value:5.1f}" for value in (*accuracies, own[1]))
        + f" ({balanced_gain})"
    )


def _own_figures(scores: Vector, targets: Vector, *, rows: int = 200) -> tuple[float, float]:
    """Calibrate on some rows of the set, at most half of them, and measure on the others."""
    rng, figures = np.random.default_rng(0), []
    for _ in range(OWN_DRAWS):
        order = rng.permutation(len(targets))
        labelled, rest = np.split(order, [min(rows, len(order) // 2)])
        try:
            fitted = fit_score_map(scores[labelled], targets[labelled], Method.PLATT)
        except (InputError, ValueError):  # labels of one kind, or scores upside down
            continue
        points = compute_operating_points(scores[labelled], targets[labelled])
        decisions = (scores[rest] >= Want().choose(points)).astype(np.float64)
        error = expected_calibration_error(_probabilities(fitted, scores[rest]), targets[rest])
        figures.append((error, _balanced_accuracy(decisions, targets[rest])))
    error, accuracy = np.mean(figures, axis=0) if figures else (np.nan, np.nan)
    return float(error), float(accuracy)


def _balanced_accuracy(decisions: Vector, targets: Vector) -> float:
    """Return the mean of both classes' recalls, as fast as a bootstrap wants it."""
    return float(decisions[targets == 1].mean() + 1 - decisions[targets == 0].mean()) / 2


def _probabilities(fitted: LogisticMap | IsotonicMap, scores: Vector) -> Vector:
    as_scored: FloatArray = scores.astype(np.float32)
    return fitted.probabilities(as_scored).astype(np.float64)


def _interval(
    compute: Callable[[Vector, Vector], float], after: Vector, before: Vector, targets: Vector
) -> str:
    """Return the 95 % bootstrap interval of the difference, with the rows drawn together."""
    rng, differences = np.random.default_rng(0), []
    for _ in range(RESAMPLES):
        rows = rng.integers(len(targets), size=len(targets))
        figures = [compute(each[rows], targets[rows]) for each in (after, before)]
        differences.append(100 * (figures[0] - figures[1]))
    low, high = np.percentile(differences, (2.5, 97.5))
    return f"{low:+.1f} to {high:+.1f}"


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--model", default=None, help="a model folder; the bundled one by default")
    parser.add_argument("--rows", type=int, default=400, help="of each set, drawn by the seed")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--precision", default="auto")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


if __name__ == "__main__":
    main()
