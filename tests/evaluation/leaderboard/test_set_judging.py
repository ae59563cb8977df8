"""Thresholds, figures and worst rows of answers, on rows made up here."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score

from concord.data.recipe import Metric, Split
from concord.evaluation.leaderboard.predictions import Header, Predictions
from concord.evaluation.leaderboard.set_judging import (
    Cut,
    choose_answer_threshold,
    choose_cut,
    figure_of,
    judge,
    needs_threshold,
)
from concord.evaluation.leaderboard.set_reading import AskedSet, read_set
from concord.evaluation.leaderboard.worst_rows import best_passage
from concord.evaluation.metrics import Estimate, Vector, choose_threshold
from concord.evaluation.metrics.answers import fit_no_answer_threshold
from concord.evaluation.suites.suite import Judging, TestSet
from concord.tasks.question_answering import AnswerSpan, SpanAnswer


def _asked(tmp_path: Path, recipe: str, rows: list[dict[str, object]], **how: object) -> AskedSet:
    folder = tmp_path / recipe
    folder.mkdir()
    (folder / "test.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return read_set(TestSet(recipe=recipe, **how), tmp_path, Split.TEST)  # type: ignore[arg-type]


def _answers(asked: AskedSet, degrees: list[float], decisions: list[float]) -> Predictions:
    header = Header(
        system="s",
        set=asked.declared.title,
        data_hash="",
        model="",
        seed=0,
        head=asked.head.value,
        split="test",
        rows_hash="",
        examples=len(degrees),
    )
    return Predictions(
        header=header,
        rows=asked.rows,
        groups=tuple(each.group for each in asked.examples),
        targets=np.array([each.target for each in asked.examples]),
        degrees=np.array(degrees),
        decisions=np.array(decisions),
    )


def _pairs(*labels: object) -> list[dict[str, object]]:
    return [
        {"text_a": f"context {row}", "text_b": f"claim {row}", "label": label}
        for row, label in enumerate(labels)
    ]


@pytest.mark.parametrize("seed", range(5))
def test_the_threshold_is_that_of_the_summac_search(seed: int) -> None:
    # SummaC tries thresholds and keeps the best balanced accuracy on validation rows; here every
    # one that parts the scores differently is tried
    rng = np.random.default_rng(seed)
    targets = (rng.random(80) < 0.6).astype(np.float64)
    scores = np.round(0.2 * targets + 0.8 * rng.random(80), 2)
    tried = [balanced_accuracy_score(targets, scores >= cut) for cut in np.arange(0, 1.01, 0.005)]
    chosen = choose_threshold(scores, targets)
    assert chosen.balanced_accuracy == pytest.approx(max(tried))
    assert balanced_accuracy_score(targets, scores >= chosen.value) == pytest.approx(max(tried))


@pytest.mark.parametrize("seed", range(5))
def test_the_answer_threshold_is_that_of_squads_search(seed: int) -> None:
    rng = np.random.default_rng(seed)
    targets = (rng.random(60) < 0.5).astype(np.float64)
    degrees = np.clip(0.3 * targets + 0.7 * rng.random(60), 0.01, 0.99).round(2)
    threshold = choose_answer_threshold(degrees, targets)
    tried = [np.mean((degrees >= cut) == targets) for cut in np.arange(0, 1.01, 0.005)]
    assert np.mean((degrees >= threshold) == targets) == pytest.approx(max(tried))
    # the rule for span answers, given the gold answer as candidate, earns as much
    golds = [[AnswerSpan("right", 0)] if target else [] for target in targets]
    spans = [_span(1 - degree) for degree in degrees]
    margin = fit_no_answer_threshold(golds, spans)
    kept = np.log(1 - degrees) - np.log(degrees) < margin
    assert np.mean(kept == targets) == pytest.approx(max(tried))


def _span(no_answer: Vector) -> SpanAnswer:
    return SpanAnswer("right", 0, 5, 1.0, float(no_answer))


def test_nothing_is_answered_where_that_is_best() -> None:
    threshold = choose_answer_threshold(np.array([0.2, 0.9]), np.array([0.0, 0.0]))
    assert threshold > 0.9


def test_a_set_of_auc_is_cut_where_validation_rows_say(tmp_path: Path) -> None:
    asked = _asked(tmp_path, "summedits", _pairs("1", "0", "1", "0"))
    assert needs_threshold(asked)
    answers = _answers(asked, [0.9, 0.4, 0.7, 0.6], [1, 0, 1, 1])
    validation = _answers(asked, [0.8, 0.2, 0.5, 0.3], [1, 0, 0, 0])
    cut = choose_cut(asked, validation, shipped=0.5)
    # of the validation scores, 0.5 and more are aligned, 0.3 and less are not
    assert cut == Cut(0.4, "chosen on summedits validation")
    result = judge(asked, answers, cut, system="s", suite="c", figure=Estimate(1, 1, 1))
    assert figure_of(asked, answers, cut).value() == 1.0  # 0.9 and 0.7 above 0.6 and 0.4
    # all four are called aligned: recalls 1 and 0
    assert result.secondary["balanced_accuracy"] == 0.5
    assert result.secondary["mcc"] == 0
    assert result.confusion is not None
    assert result.confusion.counts == ((0, 2), (0, 2))
    # the wrong ones are 0.6 and 0.4; the surer is worse
    assert [(row.row, row.label, row.prediction) for row in result.worst] == [
        (3, "not_aligned", "aligned"),
        (1, "not_aligned", "aligned"),
    ]
    assert (result.threshold, result.metric) == (0.4, "auc")


def test_without_validation_rows_the_shipped_threshold_decides(tmp_path: Path) -> None:
    asked = _asked(tmp_path, "q2", _pairs("1", "0"))
    assert choose_cut(asked, None, shipped=0.42) == Cut(0.42, "shipped")


def test_a_candidate_is_withheld_below_the_threshold(tmp_path: Path) -> None:
    asked = _asked(
        tmp_path,
        "iirc_answerability",
        _pairs("answerable", "unanswerable", "answerable", "unanswerable"),
        judging=Judging.NO_ANSWER,
    )
    answers = _answers(asked, [0.9, 0.6, 0.3, 0.1], [1, 1, 0, 0])
    # from 0.5 on: right, given in vain, withheld in vain, rightly withheld
    assert figure_of(asked, answers, Cut(0.5, "shipped")).value() == 0.5
    assert asked.card().metric == "answer_f1"
    result = judge(
        asked, answers, Cut(0.5, "shipped"), system="s", suite="v", figure=Estimate(1, 1, 1)
    )
    # no answer: 1 found of 2 given and 2 wanted
    assert result.secondary["no_answer_f1"] == 0.5


def test_of_options_the_highest_counts_as_race_and_gap_have_it(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [
        {"id": "1", "context": "c", "question": "q1", "choices": ["a", "b", "c"], "label": 2},
        {"id": "2", "context": "c", "question": "q2", "choices": ["a", "b"], "label": 0},
    ]
    asked = _asked(tmp_path, "race", rows)
    # right in the first although below one half; in the second, "b" outdoes the right "a" by 0.25
    answers = _answers(asked, [0.1, 0.2, 0.4, 0.5, 0.75], [0, 0, 0, 0, 1])
    assert not needs_threshold(asked)
    assert figure_of(asked, answers, None).value() == 0.5
    result = judge(asked, answers, None, system="s", suite="a", figure=Estimate(1, 1, 1))
    (worst,) = result.worst
    assert (worst.row, worst.score, worst.prediction) == (4, 0.75, "aligned")


def test_grades_have_no_classes_but_three_correlations(tmp_path: Path) -> None:
    asked = _asked(tmp_path, "sts13", _pairs(0, 5, 2.5), metric=Metric.PEARSON)
    answers = _answers(asked, [0.0, 1.0, 0.9], [0.0, 1.0, 0.9])
    result = judge(asked, answers, None, system="s", suite="u", figure=Estimate(1, 1, 1))
    assert result.confusion is None
    assert (result.roc, result.reliability, result.ece) == ((), (), None)
    assert result.secondary == pytest.approx({"spearman": 1.0, "kendall": 1.0})
    # 0.9 for 0.5 is the worst, and the only wrong one
    assert [(row.label, row.prediction) for row in result.worst] == [("0.50", "0.90")]


def test_no_more_rows_than_wanted_come_evenly_from_the_whole_set(tmp_path: Path) -> None:
    asked = _asked(tmp_path, "q2", _pairs(*("1" for _ in range(10)), *("0" for _ in range(10))))
    some = asked.at_most(5)
    assert some.rows == (0, 5, 10, 14, 19)
    assert some.num_examples == 5
    assert some.rows_hash != asked.rows_hash
    assert asked.at_most(100) is asked


def test_claims_of_a_recased_set_are_cleaned(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [
        {"text_a": "We saw Ann in Rome.", "text_b": "ann was in rome.", "label": "1"}
    ]
    asked = _asked(tmp_path, "q2", rows, is_recased=True)
    assert asked.examples[0].claim == "Ann was in Rome."
    plain = replace(asked.declared, is_recased=False)
    assert read_set(plain, tmp_path, Split.TEST).rows_hash != asked.rows_hash


def test_of_a_long_context_the_passage_with_the_claims_words_is_shown() -> None:
    context = "nothing here " * 100 + "The ferry leaves at nine. " + "more of it " * 100
    shown = best_passage(context, "the ferry leaves")
    assert len(shown) <= 400
    assert "The ferry leaves" in shown
    assert shown.startswith("…")
    assert shown.endswith("…")
    assert best_passage("short", "claim") == "short"
