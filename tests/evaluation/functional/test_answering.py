"""How a model answers functional tests, with heads of its own or without."""

import numpy as np
import pytest
from tests.tiny_task_models import task_predictor, tiny_task_model
from tests.word_system import WordSystem

from concord.evaluation.functional.answering import (
    ClaimClassifier,
    HeadAnswerer,
    HeadClassifier,
    answerers_of,
    duplicate_probabilities,
    verified,
)
from concord.scoring.aligner import Aligner
from concord.scoring.task_predictor import TaskPredictor
from concord.scoring.zero_label import classify
from concord.tasks import AnyTask
from concord.tasks.classification import Classification
from concord.tasks.question_answering import QuestionAnswering


class WordSystemWithTasks(WordSystem):
    """The same with heads for tasks beside it."""

    def __init__(self, predictor: TaskPredictor) -> None:
        self.predictor = predictor


@pytest.fixture(scope="module")
def predictor() -> TaskPredictor:
    """A model of three tasks that answers by chance, but always alike."""
    tasks: dict[str, AnyTask] = {
        "stance": Classification(labels=("for", "against")),
        "feeling": Classification(labels=("Positive", "Negative")),
        "answers": QuestionAnswering(),
    }
    return task_predictor(tiny_task_model(tasks))


def test_a_text_is_classified_by_the_claim_that_it_supports() -> None:
    probs = ClaimClassifier(WordSystem(), ["it rains", "it snows"]).probabilities(["now it rains"])
    # odds of 0.9 and 0.1 are 9 and 1/9
    assert probs[0] == pytest.approx([9 / (9 + 1 / 9), (1 / 9) / (9 + 1 / 9)], rel=1e-5)
    assert ClaimClassifier(WordSystem(), ["a", "b"]).probabilities([]).shape == (0, 2)


def test_short_texts_are_classified_as_by_the_zero_label_classifier() -> None:
    aligner = Aligner.from_pretrained(threads=1, precision="f32")
    claims = ["This text is good.", "This text is bad."]
    texts = ["What a lovely bridge!", "The bridge fell down."]
    expected = classify(texts, dict(zip("gb", claims, strict=True)), aligner=aligner)
    probs = ClaimClassifier(aligner, claims).probabilities(texts)
    for row, each in zip(probs, expected, strict=True):
        assert row == pytest.approx(list(each.probabilities.values()), abs=1e-4)


def test_duplicates_are_asked_both_ways() -> None:
    ones, others = ["a b", "a b"], ["b a", "a"]
    # of the second pair only the first way has all words: 0.9, and the mean with 0.1 is 0.5
    both = duplicate_probabilities(WordSystem(), ones, others)
    assert both[:, 1] == pytest.approx([0.9, 0.5])
    assert both.sum(axis=1) == pytest.approx([1, 1])
    one_way = duplicate_probabilities(WordSystem(), ones, others, both_ways=False)
    assert one_way[:, 1] == pytest.approx([0.9, 0.9])


def test_an_answer_is_verified_with_its_question() -> None:
    found = verified(WordSystem(), ["Who left? Ida left."] * 2, ["Who left?"] * 2, ["Ida", "Eva"])
    assert found == pytest.approx([0.9, 0.1])


def test_a_head_answers_in_the_order_of_the_tests_labels(predictor: TaskPredictor) -> None:
    classifier = HeadClassifier(predictor, "feeling", ["Negative", "", "Positive"])
    probs = classifier.probabilities(["river", "old bridge"])
    (first, _) = predictor.predict("feeling", ["river", "old bridge"])
    assert probs.shape == (2, 3)
    assert probs[0].tolist() == [first.probs["Negative"], 0.0, first.probs["Positive"]]
    assert np.allclose(probs.sum(axis=1), 1)


def test_a_head_answers_questions_with_parts_of_the_passage(predictor: TaskPredictor) -> None:
    (answer,) = HeadAnswerer(predictor, "answers").answers(["the old bridge"], ["the river"])
    assert answer in "the old bridge"


def test_tasks_that_fit_by_their_labels_are_taken(predictor: TaskPredictor) -> None:
    with_tasks = answerers_of("words", WordSystemWithTasks(predictor))
    assert isinstance(with_tasks.sentiment, HeadClassifier)
    assert isinstance(with_tasks.questions, HeadAnswerer)
    assert with_tasks.hate is None
    without = answerers_of("words", WordSystem())
    assert (without.sentiment, without.questions, without.hate) == (None, None, None)
