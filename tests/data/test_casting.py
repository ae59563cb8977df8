"""Questions and answers to claims."""

import pytest

from concord.data.casting import state_answer


@pytest.mark.parametrize(
    ("question", "answer", "claim"),
    [
        ("Who won?", "Ann", "Who won? Ann"),
        ("The sky is _ .", "blue", "The sky is blue."),
        ("The sky is _ .", "Blue.", "The sky is Blue."),
        ("He did it in order to_.", "win", "He did it in order to win."),
        ("Uncle Tom _ last year .", "came", "Uncle Tom came last year."),
        ("The writer thinks __", "so", "The writer thinks so"),
        ("_ is the best title.", "Dogs", "Dogs is the best title."),
        ("_ and _ are friends.", "Ann; Bo", "_ and _ are friends. Ann; Bo"),
    ],
)
def test_one_blank_is_filled_in_and_else_the_answer_follows(
    question: str, answer: str, claim: str
) -> None:
    assert state_answer(question, answer) == claim
