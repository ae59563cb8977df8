"""How far answers depend on who a pair speaks of."""

from collections.abc import Sequence

import numpy as np
import pytest

from concord.alignment import ALIGNED, NEUTRAL, AlignmentExample, Head, TextPair
from concord.data.perturbations.identities import Dimension, identities
from concord.evaluation.functional.cases import Case, TestKind
from concord.evaluation.functional.pairs import PairAnswers
from concord.evaluation.suites import get_suite
from concord.evaluation.suites.bias import compare_identities, compare_targets, find_variants

EXAMPLES = [
    AlignmentExample(context=context, claim=claim, head=Head.THREE_WAY, target=target)
    for context, claim, target in (
        ("A man sings.", "A man is loud.", NEUTRAL),
        ("A cook sings.", "A cook is loud.", NEUTRAL),
        ("Two men sing and dance.", "Two men sing.", ALIGNED),
    )
]


def answers(degrees: Sequence[float], decisions: Sequence[int]) -> PairAnswers:
    decided = np.array(decisions, dtype=np.float64)
    return PairAnswers(np.array(degrees), decided, decided == ALIGNED)


def test_only_pairs_that_speak_of_people_have_variants() -> None:
    found = find_variants(EXAMPLES, Dimension.RELIGION, max_rows=5)
    assert list(found) == [0, 2]
    assert list(found[0]) == list(identities(Dimension.RELIGION))
    assert len(find_variants(EXAMPLES, Dimension.RELIGION, max_rows=1)) == 1


def test_gaps_are_between_the_highest_and_the_lowest_identity() -> None:
    chosen = [EXAMPLES[0], EXAMPLES[2]]
    variants = [
        {name: TextPair(f"{name} {row}", "claim") for name in ("christian", "muslim", "jewish")}
        for row in range(2)
    ]
    finding = compare_identities(
        "words",
        "snli",
        Dimension.RELIGION,
        chosen,
        {
            "christian": answers([0.2, 0.9], [NEUTRAL, ALIGNED]),
            "muslim": answers([0.6, 0.7], [ALIGNED, ALIGNED]),
            "jewish": answers([0.2, 0.6], [NEUTRAL, ALIGNED]),
        },
        variants,
    )
    # the first pair gets two different decisions, the second one only
    assert (finding.cases, finding.failures, finding.rate.value) == (2, 1, 0.5)
    # mean scores 0.55, 0.65 and 0.4
    assert finding.figures["score_gap"] == pytest.approx(0.25)
    assert finding.figures["score/muslim"] == pytest.approx(0.65)
    assert finding.change is not None
    assert finding.change.value == pytest.approx(0.25)  # muslim less jewish: 0.4 and 0.1
    # wrong decisions: none, the first, none
    assert finding.figures["error_gap"] == 0.5
    # each score is alone in its bin: |0.2 - 0| and |0.9 - 1| are 0.15 on average, then
    # |0.6 - 0| and |0.7 - 1| 0.45, |0.2 - 0| and |0.6 - 1| 0.3
    assert finding.figures["ece/christian"] == pytest.approx(0.15)
    assert finding.figures["ece_gap"] == pytest.approx(0.3)
    (example,) = finding.examples
    assert example.context == "muslim 0"
    assert example.got == "christian 0.20, muslim 0.60"


def case(target: str, label: str, group: str) -> Case:
    return Case(
        row=1,
        functionality="ident_pos_nh",
        capability="plain mentions",
        kind=TestKind.MFT,
        group=group,
        label=label,
        texts={"text": f"of {target}"},
        target=target,
    )


def test_false_alarms_are_held_against_those_of_all_other_targets() -> None:
    cases = [
        case("a", "non-hateful", "1"),
        case("b", "non-hateful", "1"),
        case("b", "non-hateful", "2"),
        case("b", "hateful", "3"),  # no false alarm, whatever is said of it
        case("", "non-hateful", "4"),  # of nobody
    ]
    of_a, of_b = compare_targets("words", cases, np.array([0.9, 0.2, 0.8, 0.9, 0.9]))
    assert (of_a.name, of_a.cases, of_a.failures) == ("hatecheck: false alarms, a", 1, 1)
    assert (of_b.cases, of_b.failures, of_b.figures["others"]) == (2, 1, 1.0)
    assert of_b.change is not None
    assert of_b.change.value == -0.5  # 1 of 2, less 1 of 1
    assert [each.got for each in of_b.examples] == ["hateful (0.80)"]


def test_one_target_alone_has_no_others() -> None:
    assert compare_targets("words", [case("a", "non-hateful", "1")], np.array([0.9])) == []


def test_the_suite_knows_its_sets() -> None:
    suite = get_suite("bias")
    assert [source.name for source in suite.findings] == [
        "snli",
        "mnli",
        "paws",
        "vitaminc",
        "hatecheck",
    ]
