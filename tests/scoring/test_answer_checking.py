import numpy as np
import pytest

from concord.errors import ConfigError, InputError
from concord.scoring.aligner import Aligner
from concord.scoring.answer_checking import build_answer_claim, choose_options, verify_answers

HIGH = 1 / (1 + np.exp(-4))  # the binary head where the context has the claim's last word: 0.982


@pytest.fixture
def reader(claim_words_aligner: Aligner) -> Aligner:
    """An aligner that finds a claim supported if the context has its last word."""
    return claim_words_aligner


def test_question_and_option_make_the_claim_that_recipes_make() -> None:
    assert build_answer_claim("Who came?", " Ann \n Lee ") == "Who came? Ann Lee"
    assert build_answer_claim("_ came.", "Ann.") == "Ann. came."


def test_the_option_that_the_context_supports_is_chosen(reader: Aligner) -> None:
    first, second = choose_options(
        ["c?", "c?"], [["d", "b"], ["a", "d", "no"]], ["a b", "a"], aligner=reader
    )
    # odds of exp(4) beside even ones, so exp(4) / (exp(4) + 1), and 1 / (exp(4) + 2) for each other
    assert (first.index, first.text) == (1, "b")
    assert first.probabilities == pytest.approx((1 - HIGH, HIGH), rel=1e-4)
    low = 1 / (np.exp(4) + 2)
    assert (second.index, second.text) == (0, "a")
    assert second.probabilities == pytest.approx((1 - 2 * low, low, low), rel=1e-4)


def test_of_equal_options_the_first_is_chosen(reader: Aligner) -> None:
    (choice,) = choose_options(["c?"], [["d", "no"]], ["a"], aligner=reader)
    assert choice.index == 0
    assert choice.probabilities == pytest.approx((0.5, 0.5))


@pytest.mark.parametrize("contexts", [None, [""], [[]], [[" ", ""]]])
def test_without_a_context_the_question_is_the_context(
    reader: Aligner, contexts: list[str] | None
) -> None:
    (choice,) = choose_options(["a or c?"], [["b", "c"]], contexts, aligner=reader)
    assert choice.text == "c"


def test_a_question_is_not_scored_apart_from_its_answer(reader: Aligner) -> None:
    # "a ? b" would be two sentences, whose mean is 0.741, the question's own support among it
    (verdict,) = verify_answers(["A ?"], ["B"], ["a"], aligner=reader)
    assert verdict.score == pytest.approx(0.5)


def test_many_questions_are_answered_as_each_alone(reader: Aligner) -> None:
    questions, options = ["a?", "b c?"], [["a", "b"], ["no", "c", "d"]]
    contexts = ["b " * 40, ["a", "c"]]
    together = choose_options(questions, options, contexts, aligner=reader)
    alone = [
        choose_options([question], [each], [context], aligner=reader)[0]
        for question, each, context in zip(questions, options, contexts, strict=True)
    ]
    assert together == alone
    assert [choice.text for choice in together] == ["b", "c"]


def test_an_answer_is_supported_from_the_threshold_on(reader: Aligner) -> None:
    questions, answers, contexts = ["c?"] * 2, ["a", "b"], ["a", "d"]
    by_model = verify_answers(questions, answers, contexts, aligner=reader)  # from 0.5 on
    assert [each.score for each in by_model] == pytest.approx([HIGH, 0.5], rel=1e-4)
    assert [each.is_supported for each in by_model] == [True, True]
    strict = verify_answers(questions, answers, contexts, threshold=0.6, aligner=reader)
    assert [each.is_supported for each in strict] == [True, False]


def test_no_questions_have_no_answers(reader: Aligner) -> None:
    assert choose_options([], [], aligner=reader) == []
    assert verify_answers([], [], [], aligner=reader) == []


def test_what_cannot_be_asked_is_named(reader: Aligner) -> None:
    with pytest.raises(InputError, match="there are 2 questions and 1 options"):
        choose_options(["a?", "b?"], [["a"]], aligner=reader)
    with pytest.raises(InputError, match="there are 1 questions and 2 contexts"):
        choose_options(["a?"], [["a"]], ["a", "b"], aligner=reader)
    with pytest.raises(InputError, match=r"options\[0\] is empty; give at least one option"):
        choose_options(["a?"], [[]], aligner=reader)
    with pytest.raises(InputError, match=r"options\[0\] is a single text"):
        choose_options(["a?"], ["ab"], aligner=reader)
    with pytest.raises(InputError, match=r"options\[0\]\[1\] is empty"):
        choose_options(["a?"], [["a", " "]], aligner=reader)
    with pytest.raises(InputError, match=r"answers\[0\] is empty"):
        verify_answers(["a?"], [""], ["a"], aligner=reader)
    with pytest.raises(ConfigError, match="a threshold lies between 0 and 1, got 2"):
        verify_answers(["a?"], ["a"], ["a"], threshold=2, aligner=reader)
