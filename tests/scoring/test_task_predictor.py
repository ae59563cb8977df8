"""Predictions of several tasks on one encoder."""

import logging
from pathlib import Path

import numpy as np
import pytest
import torch
from tests.tiny_task_models import tiny_task_model
from tests.tiny_tasks import save_tiny_task_model

from concord.errors import ArtifactError, ConfigError, InputError
from concord.model import TaskModel
from concord.scoring.task_predictor import TaskPredictor
from concord.tasks.classification import Classification
from concord.tasks.heads import Pooling
from concord.workflows.task_validation import live_predictor

TASKS = {
    "mood": Classification(labels=("good", "bad")),
    "topic": Classification(
        labels=("a", "b", "c"), multi_label=True, pooling=Pooling.ATTENTION, hidden_sizes=(8,)
    ),
    "first": Classification(labels=("x", "y"), pooling=Pooling.FIRST, num_layers=2),
    "pair": Classification(labels=("x", "y"), text_pair="other"),
}
TEXTS = ["the bridge opened in 1932", "it is old", "the long old river is not the bridge"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_task_model(tmp_path_factory.mktemp("tasks") / "model", TASKS)


@pytest.fixture
def predictor(folder: Path) -> TaskPredictor:
    return TaskPredictor.from_pretrained(folder, precision="f32")


def _probs(answers: list[object]) -> np.ndarray:
    return np.array([list(answer.probs.values()) for answer in answers])  # type: ignore[attr-defined]


@pytest.mark.parametrize("task", ["mood", "topic", "first"])
def test_prediction_without_torch_equals_the_trained_modules(
    folder: Path, predictor: TaskPredictor, task: str
) -> None:
    model = TaskModel.from_pretrained(folder)
    with torch.inference_mode():
        answers = []
        for text in TEXTS:
            (ids,) = model.tokenizer.token_ids([text])
            row = torch.tensor([[2, *ids.tolist(), 3]])
            output = model(
                row, torch.ones_like(row), torch.zeros_like(row), {task: torch.tensor([0])}
            )
            logits = output[task][0]
            answers.append(logits.sigmoid() if task == "topic" else logits.softmax(0))
    np.testing.assert_allclose(
        _probs(predictor.predict(task, TEXTS)), torch.stack(answers), atol=1e-5
    )


def test_a_batch_answers_as_one_by_one(predictor: TaskPredictor) -> None:
    together = predictor.predict("topic", TEXTS)
    alone = [predictor.predict("topic", [text])[0] for text in TEXTS]
    np.testing.assert_allclose(_probs(together), _probs(alone), atol=1e-5)


def test_several_heads_on_one_text_cost_one_pass(predictor: TaskPredictor) -> None:
    together = predictor.predict_together(dict.fromkeys(("mood", "topic", "first"), TEXTS))
    assert predictor.num_read == len(TEXTS)
    alone = predictor.predict("mood", TEXTS)
    assert predictor.num_read == 2 * len(TEXTS)
    assert together["mood"] == alone


def test_equal_texts_are_read_once(predictor: TaskPredictor) -> None:
    answers = predictor.predict("mood", [TEXTS[0], TEXTS[1], TEXTS[0]])
    assert predictor.num_read == 2
    assert answers[0] == answers[2]


def test_a_pair_is_read_as_a_pair(predictor: TaskPredictor) -> None:
    (forward,) = predictor.predict("pair", [("the bridge", "the river")])
    (backward,) = predictor.predict("pair", [("the river", "the bridge")])
    assert forward.probs != backward.probs


def test_a_live_model_predicts_as_the_saved_one(predictor: TaskPredictor) -> None:
    live = live_predictor(tiny_task_model(TASKS))
    np.testing.assert_allclose(
        _probs(live.predict("mood", TEXTS)), _probs(predictor.predict("mood", TEXTS)), atol=1e-5
    )


def test_texts_beyond_the_window_are_told(
    predictor: TaskPredictor, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        predictor.predict("mood", ["the " * 100, "it"])
    assert "task 'mood': 1 of 2 inputs exceed the window of 64 tokens" in caplog.text


def test_no_input_gives_no_answer(predictor: TaskPredictor) -> None:
    assert predictor.predict("mood", []) == []


def test_what_cannot_be_asked_is_told(predictor: TaskPredictor) -> None:
    with pytest.raises(ConfigError, match="no task 'moods'; did you mean 'mood'"):
        predictor.predict("moods", TEXTS)
    with pytest.raises(InputError, match="takes a list of inputs, found one text"):
        predictor.predict("mood", "a text")
    with pytest.raises(InputError, match="input 1 of task 'mood': the task reads a text, found 5"):
        predictor.predict("mood", ["a", 5])
    with pytest.raises(InputError, match="input 0 of task 'pair': the task reads a pair of texts"):
        predictor.predict("pair", ["a"])


def test_a_folder_that_is_no_model_of_tasks_is_told() -> None:
    with pytest.raises(ArtifactError, match="describes no model of tasks"):
        TaskPredictor.from_pretrained("concord-mini")
