"""Figures of tasks, and the rows that they got wrong."""

import json
from pathlib import Path

import pytest

from concord.evaluation.metrics.tasks import compute_task_metrics, estimate_task_metric
from concord.evaluation.task_results import judge_task, save_results, save_wrong_rows
from concord.tasks.classification import Classification, LabelAnswer
from concord.tasks.single_inputs import TextInput

TASK = Classification(labels=("a", "b"))
GOLDS = [("a",), ("a",), ("b",), ("a",)]
ANSWERS = [LabelAnswer((label,), {"a": 0.6, "b": 0.4}) for label in ("a", "b", "b", "a")]
INPUTS = [TextInput(f"text {number}") for number in range(4)]


def test_metrics_are_those_worked_out_by_hand() -> None:
    figures = compute_task_metrics(TASK, GOLDS, ANSWERS)
    assert figures["accuracy"] == 0.75
    assert figures["macro_f1"] == pytest.approx((0.8 + 2 / 3) / 2)  # a: 2*2/(2*2+1), b: 2/(2+1)
    # (TP*TN - FP*FN) / sqrt(...) of b: (1*2 - 1*0) / sqrt(2*1*3*2)
    assert figures["mcc"] == pytest.approx(2 / 12**0.5)


def test_an_interval_holds_the_figure() -> None:
    estimate = estimate_task_metric(TASK, "accuracy", GOLDS, ANSWERS, num_resamples=200)
    assert estimate.low <= estimate.value == 0.75 <= estimate.high
    assert estimate.low < estimate.high


def test_a_result_names_the_wrong_rows_and_the_trivial_figure(tmp_path: Path) -> None:
    result = judge_task("mood", TASK, INPUTS, GOLDS, ANSWERS, split="validation")
    assert [row.place for row in result.wrong] == [1]
    assert result.trivial["accuracy"] == 0.75  # three of four are "a"
    save_results([result], tmp_path / "figures.json")
    save_wrong_rows([result], tmp_path / "wrong.jsonl")
    (figures,) = json.loads((tmp_path / "figures.json").read_text(encoding="utf-8"))
    assert (figures["rows"], figures["wrong"]) == (4, 1)
    row = json.loads((tmp_path / "wrong.jsonl").read_text(encoding="utf-8"))
    assert row["input"] == {"text": "text 1"}
    assert (row["gold"], row["answer"]["labels"]) == (["a"], ["b"])
