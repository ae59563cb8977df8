"""What perturbations do to answers, before and after."""

import json
from pathlib import Path

import numpy as np
import pytest
from tests.word_system import WordSystem

from concord.alignment import ALIGNED, NEUTRAL, AlignmentExample, Head
from concord.data.perturbations import get_perturbation
from concord.data.recipes import get_recipe
from concord.evaluation.functional.pairs import ask
from concord.evaluation.suites import get_suite
from concord.evaluation.suites.robustness import compare_perturbed, perturb_all
from concord.evaluation.suites.suite import FindingContext

ROWS = [
    ("The old bridge was opened in spring.", "The bridge was opened in spring.", "entailment"),
    ("The old bridge was opened in spring.", "The bridge was old.", "entailment"),
    ("A yellow boat lies there.", "A boat sinks.", "neutral"),
]
EXAMPLES = [
    AlignmentExample(
        context=context,
        claim=claim,
        head=Head.THREE_WAY,
        target=ALIGNED if label == "entailment" else NEUTRAL,
    )
    for context, claim, label in ROWS
]


def test_a_change_that_keeps_the_label_fails_where_the_answer_turns() -> None:
    made = perturb_all(get_perturbation("lower_case"), EXAMPLES)
    assert list(made) == [0, 1, 2]
    contexts, claims = [e.context for e in EXAMPLES], [e.claim for e in EXAMPLES]
    recipe = get_recipe("snli")
    finding = compare_perturbed(
        "words",
        "snli",
        get_perturbation("lower_case"),
        EXAMPLES,
        list(made.values()),
        ask(WordSystem(), recipe, contexts, claims),
        ask(WordSystem(), recipe, contexts, [each.claim for each in made.values()]),
    )
    # all right before; "the" is not in a context that has "The", so both aligned rows turn
    assert (finding.cases, finding.failures) == (3, 2)
    assert finding.rate.value == pytest.approx(2 / 3)
    assert finding.figures["before"] == 1.0
    assert finding.figures["after"] == pytest.approx(1 / 3)
    assert finding.change is not None
    assert finding.change.value == pytest.approx(-2 / 3)
    # scores 0.9, 0.9, 0.1 before, and 0.1 three times after
    assert finding.figures["mean_score_before"] == pytest.approx(1.9 / 3)
    assert finding.figures["mean_score_after"] == pytest.approx(0.1)
    assert [(each.expected, each.got) for each in finding.examples] == [
        ("aligned (0.90)", "neutral (0.10)")
    ] * 2


def test_a_change_that_breaks_the_label_fails_where_the_claim_is_still_called_aligned() -> None:
    perturbation = get_perturbation("negation")
    context = "The bridge was not old and was opened."
    examples = [
        AlignmentExample(context=context, claim=claim, head=Head.BINARY, target=1)
        for claim in ("The bridge was opened.", "The bridge was wide.")
    ]
    made = perturb_all(perturbation, examples)
    assert [each.claim for each in made.values()] == [
        "The bridge was not opened.",
        "The bridge was not wide.",
    ]
    recipe = get_recipe("paws")
    before, after = (
        ask(WordSystem(), recipe, [context] * 2, [each.claim for each in given])
        for given in (examples, list(made.values()))
    )
    finding = compare_perturbed(
        "words", "paws", perturbation, examples, list(made.values()), before, after
    )
    # the context has "not" and "opened", so the first stays aligned; "wide" was never there
    assert (finding.cases, finding.failures) == (2, 1)
    assert finding.figures["before"] == 0.5
    assert finding.figures["after"] == 0.5
    assert finding.figures["still_aligned"] == 1.0  # of the one that was called aligned
    (example,) = finding.examples
    assert example.expected == "not aligned"
    assert example.claim == "The bridge was not opened. [negation: was -> was not]"


def test_perturbed_rows_do_not_depend_on_what_stands_beside_them() -> None:
    typos = get_perturbation("typos")
    together = perturb_all(typos, EXAMPLES, seed=3)
    assert sorted(together) == [0, 1, 2]
    assert perturb_all(typos, EXAMPLES[1:], seed=3) == {0: together[1], 1: together[2]}


def test_the_suite_runs_over_rows_of_a_data_folder(tmp_path: Path) -> None:
    (tmp_path / "snli").mkdir()
    lines = [
        json.dumps({"id": str(row), "text_a": context, "text_b": claim, "label": label})
        for row, (context, claim, label) in enumerate(ROWS)
    ]
    (tmp_path / "snli" / "test.jsonl").write_text("\n".join(lines), encoding="utf-8")
    (source,) = [each for each in get_suite("robustness").findings if each.name == "snli"]
    findings = list(source.run(WordSystem(), tmp_path, FindingContext(suite="robustness")))
    assert [finding.name for finding in findings] == [
        "snli: typos",
        "snli: lower_case",
        "snli: upper_case",
        "snli: distractor_before",
        "snli: distractor_after",
        "snli: negation",
    ]
    by_name = {finding.name: finding for finding in findings}
    assert by_name["snli: distractor_after"].failures == 0
    assert by_name["snli: upper_case"].failures == 2
    assert by_name["snli: negation"].cases == 2  # the aligned rows
    assert np.isfinite(by_name["snli: typos"].rate.value)
