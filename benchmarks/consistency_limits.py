"""Two questions to a run of the suite of factual consistency: long documents, and the threshold.

    concord evaluate MODEL --suite consistency --baseline unsplit --data-dir DATA -o RUN
    python benchmarks/consistency_limits.py RUN --data-dir DATA [--system concord-mini]

Of pairs that are longer than the window: each set's figure with splitting and without (the area
under the ROC curve, a rank correlation where targets are degrees), with the paired 95 % interval of
their difference (1,000 resamples of each set's rows). Of all pairs whose target is yes or no: the
balanced accuracy of the shipped threshold, of the one threshold that would be best for the mean of
the sets, and of the best for each set, which nobody knows beforehand.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from machine import describe_machine

from concord import Aligner
from concord.alignment import Head
from concord.evaluation.leaderboard.predictions import (
    Predictions,
    load_predictions,
    predictions_path,
)
from concord.evaluation.leaderboard.set_reading import (
    AskedSet,
    metric_of,
    read_set,
    split_to_report,
)
from concord.evaluation.metrics import Vector, balanced_accuracy, choose_threshold
from concord.evaluation.metrics.significance import Resampled, average, compare, resample
from concord.evaluation.metrics.weighted import weighted_figure
from concord.evaluation.suites.consistency import SUITE

_FEWEST: Final = 40  # long pairs, for a figure of a set
_UNSPLIT: Final = " (no splitting)"
_GRID: Final = np.linspace(0.01, 0.99, 99)


@dataclass(frozen=True, slots=True)
class Answered:
    """A set with a system's answers, split and unsplit, and the places of its long pairs."""

    asked: AskedSet
    split: Predictions
    unsplit: Predictions
    long: frozenset[int]

    @property
    def name(self) -> str:
        """What results call the set."""
        return self.asked.declared.title


def main() -> None:
    options = _parse_arguments()
    aligner = Aligner.from_pretrained(options.model)
    sets = [_read(asked, options, aligner) for asked in _asked_sets(options.data_dir)]
    print(describe_machine())
    _report_long([each for each in sets if len(each.long) >= _FEWEST], options.seed)
    shipped = aligner.settings.thresholds[Head.THREE_WAY.value]
    _report_threshold([each for each in sets if set(each.split.targets) == {0.0, 1.0}], shipped)


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("run", type=Path, help="folder that `concord evaluate --suite` wrote")
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument(
        "--model", default=None, help="for its window; the bundled one unless given"
    )
    parser.add_argument("--system", default="concord-mini", help="the system's name in the run")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def _asked_sets(data_dir: Path) -> Iterator[AskedSet]:
    for declared in SUITE.sets:
        split = split_to_report(declared, data_dir)
        if split is not None:
            yield read_set(declared, data_dir, split)


def _read(asked: AskedSet, options: argparse.Namespace, aligner: Aligner) -> Answered:
    name = asked.declared.title
    split, unsplit = (
        load_predictions(predictions_path(options.run, system, name))
        for system in (options.system, options.system + _UNSPLIT)
    )
    if not split.header.rows_hash == unsplit.header.rows_hash == asked.rows_hash:
        raise SystemExit(f"{name}: the run's answers are to other rows; evaluate anew")
    contexts = aligner.tokenizer.token_ids([each.context for each in asked.examples])
    claims = aligner.tokenizer.token_ids([each.claim for each in asked.examples])
    room = aligner.settings.max_tokens - aligner.tokenizer.template.num_special_tokens
    long = {
        row
        for row, context, claim in zip(asked.rows, contexts, claims, strict=True)
        if len(context) + len(claim) > room
    }
    return Answered(asked, split, unsplit, frozenset(long))


def _report_long(sets: list[Answered], seed: int) -> None:
    print(f"\n{'longer than the window':<24}{'rows':>6}{'split':>8}{'unsplit':>9}  difference")
    figures: list[list[Resampled]] = []
    for each in sets:
        kept = [answers.of_rows(each.long) for answers in (each.split, each.unsplit)]
        weighted = [
            weighted_figure(
                metric_of(each.asked), one.degrees, one.decisions, one.targets, one.question_names
            )
            for one in kept
        ]
        figures.append(resample(weighted, name=each.name, seed=seed))
        _print_long(each.name, len(each.long), *figures[-1])
    _print_long(
        "mean", sum(len(each.long) for each in sets), *map(average, zip(*figures, strict=True))
    )


def _print_long(name: str, rows: int, split: Resampled, unsplit: Resampled) -> None:
    found = compare(split, unsplit).estimate
    low, high = 100 * found.low, 100 * found.high
    print(
        f"{name:<24}{rows:>6,}{100 * split.value:>8.1f}{100 * unsplit.value:>9.1f}"
        f"  {100 * found.value:+.1f} ({low:+.1f} to {high:+.1f})"
    )


def _report_threshold(sets: list[Answered], shipped: float) -> None:
    def mean_at(threshold: float) -> float:
        return float(np.mean([_balanced(each.split, threshold) for each in sets]))

    best = float(_GRID[np.argmax([mean_at(threshold) for threshold in _GRID])])
    print(f"\n{'balanced accuracy':<24}{'rows':>6}{shipped:>9.2f}{best:>9.2f}{'own':>8}")
    own = []
    for each in sets:
        answers = each.split
        own.append(choose_threshold(answers.degrees, answers.targets).balanced_accuracy)
        cells = [_balanced(answers, shipped), _balanced(answers, best), own[-1]]
        _print_cells(each.name, len(answers.rows), cells)
    rows = sum(len(each.split.rows) for each in sets)
    _print_cells("mean", rows, [mean_at(shipped), mean_at(best), float(np.mean(own))])


def _balanced(answers: Predictions, threshold: float) -> float:
    decisions: Vector = (answers.degrees >= threshold).astype(np.float64)
    return balanced_accuracy(decisions, answers.targets)


def _print_cells(name: str, rows: int, cells: list[float]) -> None:
    print(f"{name:<24}{rows:>6,}" + "".join(f"{100 * cell:>9.1f}" for cell in cells))


if __name__ == "__main__":
    main()
