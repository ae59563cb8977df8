"""From cases of functional tests to findings."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from tests.word_system import WordSystem

from concord.evaluation.functional.answering import Answerers
from concord.evaluation.functional.cases import Case, Label, TestKind
from concord.evaluation.functional.checklist import judge_duplicates, judge_sentiment
from concord.evaluation.functional.checklist_answers import judge_answers
from concord.evaluation.functional.hatecheck import judge_hate
from concord.evaluation.metrics import Vector
from concord.evaluation.suites import get_suite
from concord.evaluation.suites.suite import FindingContext


class FixedClassifier:
    """Gives each text the probabilities that it stands for."""

    def __init__(self, by_text: dict[str, list[float]]) -> None:
        self._by_text = by_text

    def probabilities(self, texts: Sequence[str]) -> Vector:
        """Return each label's probability."""
        return np.array([self._by_text[text] for text in texts])


class FirstWords:
    """Answers every question with the first word of the passage."""

    def answers(self, contexts: Sequence[str], questions: Sequence[str]) -> list[str]:
        """Return the words."""
        assert len(contexts) == len(questions)
        return [context.split()[0] for context in contexts]


def case(
    group: str,
    variant: int = 0,
    *,
    kind: TestKind = TestKind.MFT,
    label: Label = None,
    functionality: str = "f",
    **texts: str,
) -> Case:
    return Case(
        row=1,
        functionality=functionality,
        capability="c",
        kind=kind,
        group=group,
        variant=variant,
        label=label,
        texts=texts,
    )


def words(**answerers: object) -> Answerers:
    return Answerers(name="words", scorer=WordSystem(), **answerers)  # type: ignore[arg-type]


def test_each_text_of_hatecheck_counts_and_templates_are_drawn_together() -> None:
    classifier = FixedClassifier({"a": [0.2, 0.8], "b": [0.9, 0.1], "c": [0.6, 0.4]})
    cases = [
        case(group, label="hateful", text=text) for group, text in zip("112", "abc", strict=True)
    ]
    (finding,) = judge_hate(words(hate=classifier), cases, 0)
    assert (finding.name, finding.kind, finding.cases, finding.failures) == (
        "hatecheck: f",
        "MFT",
        3,
        2,
    )
    assert finding.rate.value == pytest.approx(2 / 3)
    assert finding.figures["mean_probability_of_hate"] == pytest.approx(1.3 / 3)
    # resamples have template 1 twice (1 of 2 wrong), both (2 of 3) or template 2 twice (all)
    assert (finding.rate.low, finding.rate.high) == (0.5, 1.0)
    assert [(each.context, each.got) for each in finding.examples] == [
        ("b", "non-hateful (0.10)"),
        ("c", "non-hateful (0.40)"),
    ]


def test_sentiment_is_judged_by_groups() -> None:
    classifier = FixedClassifier(
        {"good": [0.1, 0.1, 0.8], "so good": [0.1, 0.8, 0.1], "bad": [0.8, 0.1, 0.1]}
    )
    cases = [
        case("g1", 0, kind=TestKind.INV, text="good"),
        case("g1", 1, kind=TestKind.INV, text="so good"),
        case("g1", 2, kind=TestKind.INV, text="good"),
        case("g2", 0, kind=TestKind.INV, text="bad"),
        case("g2", 1, kind=TestKind.INV, text="bad"),
    ]
    (finding,) = judge_sentiment(words(sentiment=classifier), cases, 0)
    assert (finding.cases, finding.failures) == (2, 1)
    assert finding.figures["inputs_failed"] == pytest.approx(1 / 3)  # of 3 variants
    (example,) = finding.examples
    assert (example.context, example.got) == ("so good", "neutral (0.80)")
    assert example.expected == "beside positive (0.80) before the change"


def test_duplicates_are_judged_both_ways_except_where_symmetry_is_the_test() -> None:
    symmetry = "Symmetry: f(a, b) = f(b, a)"
    cases = [
        case("g1", label=1, text_a="a b", text_b="b a"),
        case("g2", label=0, text_a="a b c", text_b="a"),  # 0.9 and 0.1: 0.5, a tie
        case("g3", 0, kind=TestKind.INV, functionality=symmetry, text_a="a b", text_b="a"),
        case("g3", 1, kind=TestKind.INV, functionality=symmetry, text_a="a", text_b="a b"),
    ]
    labels, both_ways = judge_duplicates(words(), cases, 0)
    assert (labels.cases, labels.failures) == (2, 0)  # of a tie the first label is taken
    assert (both_ways.cases, both_ways.failures) == (1, 1)  # 0.9 one way, 0.1 the other
    assert both_ways.examples[0].got == "no duplicate (0.90)"


def test_a_right_answer_must_be_verified_and_score_above_another() -> None:
    passage = "Who left? Ida left. Eva stayed."
    cases = [
        case("g1", 0, label="Ida", context=passage, question="Who left?"),
        case("g1", 1, label="Eva", context=passage, question="Who left?"),
        case("g2", 0, label="Ida", context="Ida left. Who left?", question="Who left?"),
        case("g3", 0, label="Ida", context="Ida went.", question="Who left?"),
    ]
    (finding,) = judge_answers(words(), cases, 0)
    # g1: both answers score 0.9, so neither is above the other; g2 has no other answer at hand;
    # g3 is not verified
    assert (finding.cases, finding.failures) == (3, 2)
    assert finding.figures["right_verified"] == 0.75
    assert finding.figures["other_verified"] == 1.0
    assert finding.figures["right_above_other"] == 0.0
    assert finding.examples[0].got == "Ida 0.90, Eva 0.90"


def test_with_a_head_for_questions_its_own_answers_are_judged() -> None:
    changed = "Change name everywhere"
    cases = [
        case("g1", label="The Ida", context="Ida left.", question="Who?"),
        case("g2", label="Eva", context="Ida left.", question="Who?"),
        case("g3", 0, kind=TestKind.INV, context="Ida left.", question="Who?"),
        case("g3", 1, kind=TestKind.INV, context="Then Ida left.", question="Who?"),
        case("g4", 0, kind=TestKind.INV, functionality=changed, context="Ida left.", question="?"),
        case("g4", 1, kind=TestKind.INV, functionality=changed, context="Eva left.", question="?"),
    ]
    by_kind = [[each for each in cases if each.group in groups] for groups in ("g1 g2", "g3 g4")]
    (right,) = judge_answers(words(questions=FirstWords()), by_kind[0], 0)
    assert (right.cases, right.failures) == (2, 1)  # articles do not count
    (same,) = judge_answers(words(questions=FirstWords()), by_kind[1], 0)
    # of g4 the answer changed with the name, so it is not judged
    assert (same.name, same.cases, same.failures) == ("checklist_squad: f", 1, 1)
    assert judge_answers(words(), by_kind[1], 0) == []


def test_the_suite_reads_a_data_folder(tmp_path: Path) -> None:
    (tmp_path / "hatecheck").mkdir()
    (tmp_path / "hatecheck" / "test.jsonl").write_text(
        '{"text": "Tulips are red.", "label": "non-hateful", "functionality": "target_obj_nh"}\n',
        encoding="utf-8",
    )
    source = get_suite("behaviour").findings[0]
    (finding,) = source.run(WordSystem(), tmp_path, FindingContext(suite="behaviour"))
    assert (finding.suite, finding.cases, finding.failures) == ("behaviour", 1, 0)
