"""How well the model classifies, chooses, verifies and ranks without training for it.

Accuracy on validation rows drawn by a seed, with 95 % bootstrap intervals; beside it the share of
the commonest answer and, among options or passages, that of a guess. Labels and templates are
those in this file, chosen without looking at these rows; heads are the functions' own. The bundled
model was trained on none of these sets, nor on any questions. Needs the development environment
and a folder of data sets.
"""

import argparse
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
from machine import describe_machine

from concord import Aligner, choose_options, classify, rank_for_queries, verify_answers
from concord.data.readers import read_rows
from concord.evaluation.metrics import (
    Estimate,
    Vector,
    auc,
    balanced_accuracy,
    estimate,
    estimate_mean,
)

Rows: TypeAlias = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class LabelSet:
    """A set of texts, and what its gold labels are called.

    Attributes:
        path: Its file.
        text: The column of the texts.
        gold: The column of the gold labels.
        labels: What stands in the claim, by gold label.
        template: The claim.
    """

    path: str
    text: str
    gold: str
    labels: Mapping[str, str]
    template: str = "This text is about {}."


CLASSIFICATION: Final = (
    LabelSet("sst2/dev", "text", "label", {"0": "negative", "1": "positive"}, "This text is {}."),
    LabelSet(
        "bbc_news/dev",
        "document",
        "topic",
        {
            "business": "business",
            "entertainment": "entertainment",
            "politics": "politics",
            "sport": "sport",
            "tech": "technology",
        },
    ),
    LabelSet(
        "stormfront_hate/test",
        "text",
        "label",
        {"noHate": "not hateful", "hate": "hateful"},
        "This text is {}.",
    ),
    LabelSet(
        "hate_offensive/dev",
        "text",
        "label",
        {"0": "hate speech", "1": "offensive language", "2": "neither hateful nor offensive"},
        "This text is {}.",
    ),
)
CHOICE: Final = (
    "race/dev",
    "mctest/dev",
    "dream/dev",
    "quartz/validation",
    "cosmosqa/dev",
    "arc_easy/validation",
)
VERIFICATION: Final = ("sciq/validation", "multirc/dev", "gap/validation")
RANKING: Final = "trecqa/dev"


def main() -> None:
    options = _parse_arguments()
    aligner = Aligner.from_pretrained(options.model, threads=options.threads)
    print(f"{describe_machine()}; {aligner!r}; up to {options.rows} rows a set")
    for label_set in CLASSIFICATION:
        _run(label_set.path, options, partial(_classified, label_set, aligner=aligner))
    for path in CHOICE:
        _run(path, options, partial(_chosen, aligner=aligner))
    for path in VERIFICATION:
        _run(path, options, partial(_verified, aligner=aligner))
    _run(RANKING, options, partial(_ranked, aligner=aligner), by="text_b")


Figures: TypeAlias = Iterator[tuple[str, Callable[[int], Estimate], str]]
"""Each figure's name, the figure from the bootstrap's seed, and what to compare it with."""


def _run(
    path: str, options: argparse.Namespace, measure: Callable[[Rows], Figures], by: str = ""
) -> None:
    if options.only and path not in options.only:
        return
    rows = _read(options.data_dir / f"{path}.jsonl.gz", options, by)
    started = time.perf_counter()
    for name, figure, beside in measure(rows):
        found = figure(options.seed)
        print(
            f"{path:22} {len(rows):5} rows  {name:18} {100 * found.value:5.1f} "
            f"({100 * found.low:.1f} to {100 * found.high:.1f}); {beside}",
            flush=True,
        )
    print(f"{'':22} {time.perf_counter() - started:.0f} s", flush=True)


def _classified(label_set: LabelSet, rows: Rows, aligner: Aligner) -> Figures:
    names = {words: gold for gold, words in label_set.labels.items()}
    found = classify(
        [row[label_set.text] for row in rows],
        list(names),
        template=label_set.template,
        aligner=aligner,
    )
    places = {gold: place for place, gold in enumerate(label_set.labels)}
    predicted = np.array([places[names[each.label]] for each in found], dtype=np.float64)
    gold = np.array([places[row[label_set.gold]] for row in rows], dtype=np.float64)
    yield "accuracy", _mean_of(predicted == gold), _majority(gold)
    beside = f"chance {100 / len(places):.1f}"
    yield "balanced accuracy", _estimate_of(balanced_accuracy, predicted, gold), beside


def _chosen(rows: Rows, aligner: Aligner) -> Figures:
    found = choose_options(
        [row["question"] for row in rows],
        [row["choices"] for row in rows],
        [row["context"] for row in rows],
        aligner=aligner,
    )
    hits = [each.index == row["label"] for each, row in zip(found, rows, strict=True)]
    chance = np.mean([1 / len(row["choices"]) for row in rows])
    gold = np.array([row["label"] for row in rows], dtype=np.float64)
    yield "accuracy", _mean_of(np.array(hits)), f"chance {100 * chance:.1f}, {_majority(gold)}"


def _verified(rows: Rows, aligner: Aligner) -> Figures:
    found = verify_answers(
        [row["question"] for row in rows],
        [row["answer"] for row in rows],
        [row["context"] for row in rows],
        aligner=aligner,
    )
    gold = np.array([row["label"] == "True" for row in rows], dtype=np.float64)
    decided = np.array([each.is_supported for each in found], dtype=np.float64)
    yield "accuracy", _mean_of(decided == gold), _majority(gold)
    scores = np.array([each.score for each in found])
    yield "AUC", _estimate_of(auc, scores, gold), "chance 50.0"


def _ranked(rows: Rows, aligner: Aligner) -> Figures:
    """Yield figures over questions that have both right and wrong sentences."""
    by_question: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        by_question.setdefault(row["text_b"], []).append(row)
    mixed = {
        question: found
        for question, found in by_question.items()
        if len({row["label"] for row in found}) == 2
    }
    ranked = rank_for_queries(
        list(mixed), [[row["text_a"] for row in found] for found in mixed.values()], aligner=aligner
    )
    right = [
        [found[each.index]["label"] == "1" for each in order]
        for found, order in zip(mixed.values(), ranked, strict=True)
    ]
    chance = np.mean([np.mean(each) for each in right])
    firsts = np.array([each[0] for each in right])
    yield "precision at 1", _mean_of(firsts), f"chance {100 * chance:.1f}, {len(mixed)} questions"
    reciprocal = np.array([1 / (each.index(True) + 1) for each in right])
    yield "mean reciprocal rank", _mean_of(reciprocal), f"{len(mixed)} questions"


def _mean_of(values: Any) -> Callable[[int], Estimate]:
    return lambda seed: estimate_mean(values.astype(np.float64), seed=seed)


def _estimate_of(
    figure: Callable[[Vector, Vector], float], values: Vector, gold: Vector
) -> Callable[[int], Estimate]:
    return lambda seed: estimate(figure, values, gold, seed=seed)


def _majority(gold: Vector) -> str:
    ((_, count),) = Counter(gold.tolist()).most_common(1)
    return f"majority {100 * count / len(gold):.1f}"


def _read(path: Path, options: argparse.Namespace, by: str) -> Rows:
    """Return rows drawn by the seed; with `by`, all rows of some of that column's values."""
    rows = [row.fields for row in read_rows(path)]
    order = np.random.default_rng(options.seed).permutation(len(rows))
    if not by:
        return [rows[place] for place in order[: options.rows]]
    kept: dict[Any, int] = Counter(row[by] for row in rows)
    taken, total = set(), 0
    for value in dict.fromkeys(rows[place][by] for place in order):
        if total + kept[value] <= options.rows:
            taken.add(value)
            total += kept[value]
    return [row for row in rows if row[by] in taken]


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--model", default=None, help="a model folder; the bundled one by default")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rows", type=int, default=300, help="of each set")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", nargs="*", help="sets by their path, such as sst2/dev")
    return parser.parse_args()


if __name__ == "__main__":
    main()
