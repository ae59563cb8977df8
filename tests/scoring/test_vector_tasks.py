"""Families that read one vector of each text: saved, loaded and asked, alone and in batches."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.tiny_task_models import tiny_task_model
from tests.tiny_tasks import save_tiny_task_model

from concord.errors import InputError
from concord.evaluation.metrics.tasks import compute_task_metrics
from concord.evaluation.task_results import as_plain
from concord.scoring.task_predictor import TaskPredictor
from concord.tasks import AnyTask
from concord.tasks.alignment import Alignment
from concord.tasks.embedding import Embedding
from concord.tasks.multiple_choice import MultipleChoice
from concord.tasks.paraphrase import Paraphrase
from concord.tasks.preference import Preference
from concord.tasks.regression import Regression
from concord.tasks.similarity import Similarity
from concord.workflows.task_validation import live_predictor

TASKS: dict[str, AnyTask] = {
    "alignment": Alignment(),
    "choice": MultipleChoice(context="context", hidden_sizes=(8,)),
    "duplicate": Paraphrase(labels=("0", "1"), projection_size=3, hidden_sizes=()),
    "grade": Regression(center=3.0, scale=1.5),
    "pair_grade": Regression(center=3.0, scale=1.5, text_pair="text_pair", high=50.0),
    "quality": Preference(threshold=0.0),
    "answer_quality": Preference(context="prompt"),
    "sentence": Embedding(num_layers=2),
    "unit_sentence": Embedding(normalize=True, score="score"),
    "sts": Similarity(),
    "projected_sts": Similarity(projection_size=8, num_layers=2),
}
PAIRS = [("the bridge is long", "it"), ("old", "the old river is not old"), ("it is", "bridge")]
TEXTS = ["the bridge is long and old", "it", "not the river"]
INPUTS: dict[str, Sequence[Any]] = {
    "alignment": PAIRS,
    "choice": [
        ("it is", ["old", "the river"], "the bridge is old"),
        ("the bridge", ["is long", "it", "not"]),
    ],
    "duplicate": PAIRS,
    "grade": TEXTS,
    "pair_grade": PAIRS,
    "quality": [*TEXTS, *PAIRS],
    "answer_quality": [*PAIRS, ("what is old", "the river", "it")],
    "sentence": [*TEXTS, *PAIRS],
    "unit_sentence": TEXTS,
    "sts": PAIRS,
    "projected_sts": PAIRS,
}


@pytest.fixture(scope="module")
def predictor(tmp_path_factory: pytest.TempPathFactory) -> TaskPredictor:
    folder: Path = save_tiny_task_model(tmp_path_factory.mktemp("model"), TASKS)
    return TaskPredictor.from_pretrained(folder, precision="f32", threads=1)


def numbers(answer: Any) -> NDArray[np.float64]:
    """Return all numbers of an answer, whatever its form."""
    found: list[float] = []

    def collect(value: Any) -> None:
        if isinstance(value, dict | list):
            for each in value.values() if isinstance(value, dict) else value:
                collect(each)
        elif isinstance(value, float | int):
            found.append(value)

    collect(as_plain(answer))
    return np.array(found)


def assert_equal(first: Sequence[Any], second: Sequence[Any], atol: float = 1e-5) -> None:
    for one, other in zip(first, second, strict=True):
        assert len(numbers(one)) > 0
        np.testing.assert_allclose(numbers(one), numbers(other), atol=atol, rtol=1e-5)


@pytest.mark.parametrize("name", TASKS)
def test_a_saved_task_is_what_it_was(predictor: TaskPredictor, name: str) -> None:
    assert predictor.tasks[name].to_saved() == TASKS[name].to_saved()
    assert predictor.tasks[name].metrics == TASKS[name].metrics


@pytest.mark.parametrize("name", TASKS)
def test_a_saved_model_answers_as_the_live_one(predictor: TaskPredictor, name: str) -> None:
    live = live_predictor(tiny_task_model(TASKS))
    # int8 is not asked for: both compute in float32, with weights of a few units
    assert_equal(predictor.predict(name, INPUTS[name]), live.predict(name, INPUTS[name]), 1e-4)


@pytest.mark.parametrize("name", TASKS)
def test_a_batch_answers_as_one_by_one(predictor: TaskPredictor, name: str) -> None:
    alone = [predictor.predict(name, [value])[0] for value in INPUTS[name]]
    assert_equal(predictor.predict(name, INPUTS[name]), alone)


def test_answers_differ_from_input_to_input(predictor: TaskPredictor) -> None:
    for name, inputs in INPUTS.items():
        first, second = (numbers(answer) for answer in predictor.predict(name, inputs)[:2])
        is_same = first.shape == second.shape and np.allclose(first, second, atol=1e-4)
        assert not is_same, name


@pytest.mark.parametrize("name", ["duplicate", "sts", "projected_sts"])
def test_two_texts_that_are_read_apart_may_change_places(
    predictor: TaskPredictor, name: str
) -> None:
    swapped = [(second, first) for first, second in PAIRS]
    assert_equal(predictor.predict(name, PAIRS), predictor.predict(name, swapped))


def test_a_pair_compares_the_scores_of_its_texts(predictor: TaskPredictor) -> None:
    compared = predictor.predict("quality", PAIRS)
    for (first, second), answer in zip(PAIRS, compared, strict=True):
        singles = predictor.predict("quality", [first, second])
        assert answer.scores == pytest.approx([each.score for each in singles], abs=1e-5)
        assert answer.better == int(singles[1].score > singles[0].score)
        assert singles[0].is_above == (singles[0].score >= 0)


def test_several_layers_stand_side_by_side(predictor: TaskPredictor) -> None:
    whole = predictor.predict("sentence", TEXTS)
    last = predictor.predict("unit_sentence", TEXTS)
    assert whole[0].shape == (64,)  # two layers of 32
    assert whole[0].dtype == np.float32
    for both, unit in zip(whole, last, strict=True):
        np.testing.assert_allclose(both[32:] / np.linalg.norm(both[32:]), unit, atol=1e-5)


def test_every_metric_of_every_family_can_be_computed(predictor: TaskPredictor) -> None:
    rows: dict[str, list[dict[str, Any]]] = {
        "alignment": [
            {"context": "a", "claim": "b", "head": "binary", "label": 1},
            {"context": "old", "claim": "it", "head": "three_way", "label": "neutral"},
            {"context": "it", "claim": "river", "head": "regression", "label": 0.5},
        ],
        "choice": [{"question": "it", "choices": ["a", "b"], "context": None, "label": "B"}],
        "duplicate": [
            {"text": "a", "text_pair": text, "label": place % 2} for place, text in enumerate(TEXTS)
        ],
        "grade": [{"text": text, "label": place} for place, text in enumerate(TEXTS)],
        "quality": [{"better": first, "worse": second} for first, second in PAIRS],
        "sentence": [{"anchor": first, "positive": second} for first, second in PAIRS],
        "unit_sentence": [
            {"anchor": first, "positive": second, "score": place}
            for place, (first, second) in enumerate(PAIRS)
        ],
        "sts": [
            {"text": first, "text_pair": second, "label": place}
            for place, (first, second) in enumerate(PAIRS)
        ],
    }
    for name, own in rows.items():
        task = predictor.tasks[name]
        golds = [task.read_gold(row) for row in own]
        answers = predictor.answer_together({name: [task.read_input(row) for row in own]})[name]
        figures = compute_task_metrics(task, golds, answers)
        assert tuple(figures) == task.metrics
        assert np.isfinite(figures[task.metrics[0]])
        assert all(task.error(gold, each) >= 0 for gold, each in zip(golds, answers, strict=True))
        trivial = task.trivial(golds)
        if trivial is not None:
            many = [trivial] * len(golds)
            assert compute_task_metrics(task, golds, many, are_predictions=True)


def test_an_input_of_another_form_is_told_by_its_place(predictor: TaskPredictor) -> None:
    with pytest.raises(InputError, match="input 1 of task 'sts': the task reads a pair of texts"):
        predictor.predict("sts", [PAIRS[0], "alone"])
