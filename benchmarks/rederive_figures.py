"""Derives every figure of a run of suites anew from its kept predictions, and says what differs.

    python benchmarks/rederive_figures.py RUN [--tolerance 1e-6]

It shares no code with concord: what `concord evaluate --suite all` wrote is held against a few
lines on scikit-learn and scipy.
"""

import argparse
import gzip
import json
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import numpy as np
from scipy import stats
from sklearn import metrics


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("run", type=Path)
    parser.add_argument("--tolerance", type=float, default=1e-6)
    options = parser.parse_args()
    board = json.loads((options.run / "results.json").read_text(encoding="utf-8"))
    checked, differing = 0, []
    for result in board["results"]:
        rows = read_rows(options.run / result["predictions"])
        known = {result["metric"]: result["figure"]["value"], **result["secondary"]}
        if "gold" in rows[0]:
            found = {result["metric"]: task_figure(result["metric"], rows)}
            known = {result["metric"]: known[result["metric"]]}
        else:
            found = {name: pair_figure(name, rows, result["threshold"]) for name in known}
        for name, value in known.items():
            checked += 1
            if not same(value, found[name], options.tolerance):
                place = f"{result['system']} on {result['set']}, {name}"
                differing.append(f"{place}: {value} in the results, {found[name]} here")
    checked_averages, wrong = check_averages(board, options.tolerance)
    print("\n".join([*differing, *wrong]) or "No figure differs.")
    print(f"{checked} figures and {checked_averages} averages derived from kept predictions.")
    sys.exit(1 if differing or wrong else 0)


def read_rows(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file][1:]  # the first is the header


def pair_figure(name: str, rows: list[dict[str, Any]], threshold: float | None) -> float:
    target = np.array([row["target"] for row in rows])
    degree = np.array([row["degree"] for row in rows])
    decision = np.array([row["decision"] for row in rows])
    if threshold is not None:
        decision = (degree >= threshold).astype(float)
    constant = len(set(target)) < 2 or len(set(degree)) < 2
    if name in ("accuracy", "answer_f1"):
        return float(np.mean(decision == target))
    if name == "option_accuracy":
        return option_accuracy(rows)
    if name == "f1":
        return float(metrics.f1_score(target, decision, zero_division=0.0))
    if name == "no_answer_f1":
        return float(metrics.f1_score(1 - target, 1 - decision, zero_division=0.0))
    if name == "balanced_accuracy":
        recalls = [np.mean(decision[target == each] == each) for each in set(target)]
        return float(np.mean(recalls))
    if name == "mcc":
        one_class = len({*target, *decision}) < 2
        return 0.0 if one_class else float(metrics.matthews_corrcoef(target, decision))
    if name == "auc":
        return (
            float("nan") if len(set(target)) < 2 else float(metrics.roc_auc_score(target, degree))
        )
    correlations = {
        "pearson": stats.pearsonr,
        "spearman": stats.spearmanr,
        "kendall": stats.kendalltau,
    }
    return float("nan") if constant else float(correlations[name](degree, target).statistic)


def option_accuracy(rows: list[dict[str, Any]]) -> float:
    questions = defaultdict(list)
    for row in rows:
        questions[row["group"] or f"alone-{row['row']}"].append(row)
    credits = []
    for options in questions.values():
        if sum(row["target"] == 1 for row in options) == 1:
            best = max(row["degree"] for row in options)
            chosen = [row for row in options if row["degree"] == best]
            credits.append(np.mean([row["target"] == 1 for row in chosen]))
    return float(np.mean(credits)) if credits else float("nan")


def task_figure(name: str, rows: list[dict[str, Any]]) -> float:
    golds, found = [row["gold"] for row in rows], [row["answer"] for row in rows]
    if name == "accuracy":
        pairs = zip(golds, found, strict=True)
        return float(np.mean([set(gold) == set(each) for gold, each in pairs]))
    if name == "entity_f1":
        pairs = zip(golds, found, strict=True)
        right = sum(len(set(map(tuple, gold)) & set(map(tuple, each))) for gold, each in pairs)
        given, wanted = sum(map(len, found)), sum(map(len, golds))
        return 2 * right / (given + wanted) if given + wanted else float("nan")
    if name == "answer_f1":
        pairs = zip(golds, found, strict=True)
        return float(np.mean([squad_f1(gold, each) for gold, each in pairs]))
    raise SystemExit(f"there is no rule for {name}")


def squad_f1(golds: list[Any], found: list[Any]) -> float:
    given = words(found[0][0]) if found else []
    texts = [words(text) for text, _ in golds]
    texts = [each for each in texts if each] or [[]]
    return max(overlap(each, given) for each in texts)


def overlap(gold: list[str], given: list[str]) -> float:
    if not gold or not given:
        return float(gold == given)
    common = sum((Counter(gold) & Counter(given)).values())
    return 2 * common / (len(gold) + len(given))


def words(text: str) -> list[str]:
    kept = "".join(char for char in text.lower() if char.isascii() is False or char not in MARKS)
    return [word for word in kept.split() if word not in ("a", "an", "the")]


MARKS = set("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")


def check_averages(board: dict[str, Any], tolerance: float) -> tuple[int, list[str]]:
    figures = defaultdict(list)
    for result in board["results"]:
        value = result["figure"]["value"]
        figures[result["system"], result["suite"]].append(0.0 if value is None else value)
    wrong = []
    for each in board["averages"]:
        mean = float(np.mean(figures[each["system"], each["suite"]]))
        if not same(each["figure"]["value"], mean, tolerance):
            wrong.append(f"{each['system']}, average of {each['suite']}: {mean} here")
    return len(board["averages"]), wrong


def same(known: float | None, found: float, tolerance: float) -> bool:
    if known is None:
        return bool(np.isnan(found))
    return abs(known - found) <= tolerance


if __name__ == "__main__":
    main()
