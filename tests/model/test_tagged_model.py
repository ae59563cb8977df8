"""Models that read tags of words: saved, loaded, exported, asked without torch, and refused."""

import copy
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
import torch
from tests.tiny_adapted import move
from tests.tiny_tagger import save_tiny_pipeline
from tests.tiny_task_models import task_predictor, tiny_task_model

from concord.adaptation import build_adaptation
from concord.artifact import CONFIG_FILE, TasksSettings, load_config
from concord.errors import ConfigError, MissingExtraError
from concord.export import export_encoder
from concord.model import TaskModel
from concord.scoring.task_predictor import TaskPredictor
from concord.tasks import AnyTask
from concord.tasks.classification import Classification
from concord.tasks.entities import Entities
from concord.tasks.masked_language import MaskedLanguage
from concord.tasks.question_answering import QuestionAnswering
from concord.text.spacy_tagger import _pipeline

TASKS: Final[Mapping[str, AnyTask]] = {
    "mood": Classification(labels=("good", "bad")),
    "pair": Classification(labels=("x", "y"), text_pair="other"),
    "names": Entities(labels=("LOC", "PER")),
    "answer": QuestionAnswering(),
}
INPUTS: Final[Mapping[str, list[Any]]] = {
    "mood": ["the bridge opened in 1932", "it is old", "the long old river is not the bridge"],
    "pair": [("the bridge", "it opened in 1932"), ("it is", "the old river opened")],
    "names": [["the", "bridge", "opened"], "it opened in 1932. " * 30],  # more than one window
    "answer": [("what opened?", "the bridge opened in 1932 " * 20), ("it", "the river")],
}


def _tagged(pipeline: str) -> TaskModel:
    model = tiny_task_model(TASKS)
    adaptation = build_adaptation({"kind": "tags", "spacy_model": pipeline})
    model.adapt(adaptation)
    move(adaptation, model.encoder)
    return model.eval()


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> str:
    return save_tiny_pipeline(tmp_path_factory.mktemp("spacy") / "tiny")


@pytest.fixture(scope="module")
def saved(pipeline: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[TaskModel, Path]:
    """A model, and the folder that it was saved to and exported in."""
    folder = tmp_path_factory.mktemp("tagged")
    model = _tagged(pipeline)
    model.save_pretrained(folder)
    export_encoder(folder)
    return model, folder


def _close(found: Any, expected: Any) -> bool:
    """Tell whether two answers are alike but for what rounding may change."""
    if isinstance(found, list):
        return len(found) == len(expected) and all(map(_close, found, expected))
    if isinstance(found, Mapping):
        return found.keys() == expected.keys() and all(
            _close(value, expected[name]) for name, value in found.items()
        )
    if isinstance(found, float):
        return found == pytest.approx(expected, abs=2e-5)
    if hasattr(found, "__dataclass_fields__"):
        return all(
            _close(getattr(found, name), getattr(expected, name))
            for name in found.__dataclass_fields__
        )
    return bool(found == expected)


@pytest.mark.parametrize("task", TASKS)
def test_the_engine_answers_as_torch_does(saved: tuple[TaskModel, Path], task: str) -> None:
    model, folder = saved
    engine = TaskPredictor.from_pretrained(folder, precision="f32", max_batch_tokens=64)
    found = engine.predict(task, INPUTS[task])
    assert _close(found, task_predictor(model).predict(task, INPUTS[task]))
    assert _close(found, [engine.predict(task, [each])[0] for each in INPUTS[task]])


def test_answers_hang_on_the_tags(saved: tuple[TaskModel, Path]) -> None:
    model, _ = saved
    untagged = copy.deepcopy(model)
    with torch.no_grad():
        for name, parameter in untagged.encoder.named_parameters():
            if name.startswith(("parts_of_speech", "entity_types")):
                parameter.zero_()
    first, second = (
        task_predictor(each).predict("mood", INPUTS["mood"]) for each in (model, untagged)
    )
    difference = [
        abs(a.probs["good"] - b.probs["good"]) for a, b in zip(first, second, strict=True)
    ]
    assert max(difference) > 1e-3


def test_a_saved_model_gives_the_same_states(saved: tuple[TaskModel, Path], pipeline: str) -> None:
    model, folder = saved
    loaded = TaskModel.from_pretrained(folder)
    assert loaded.adaptation == model.adaptation
    [ids] = model.tokenizer.token_ids(["the bridge opened in 1932"])
    assert (ids >= 2**21).all()  # each has a tag
    batch = torch.from_numpy(ids.astype(np.int64))[None]
    inputs = (batch, torch.ones_like(batch), torch.zeros_like(batch))
    with torch.inference_mode():
        found, expected = loaded.states(*inputs), model.states(*inputs)
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-5)
    settings = TasksSettings.from_config(load_config(folder), source=CONFIG_FILE)
    assert settings.spacy_model == pipeline


def test_prediction_without_spacy_is_told_in_one_sentence(
    saved: tuple[TaskModel, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def version(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr("concord.text.spacy_tagger.version", version)
    _pipeline.cache_clear()  # else it is at hand already
    predictor = TaskPredictor.from_pretrained(saved[1])
    with pytest.raises(MissingExtraError, match=r"spacy' package: pip install 'concord\[tags\]'"):
        predictor.predict("mood", INPUTS["mood"])


def test_a_task_that_hides_tokens_is_refused_beside_tags(pipeline: str) -> None:
    model = _tagged(pipeline)
    with pytest.raises(ConfigError, match="'words' hides tokens and guesses their ids, which carr"):
        model.add_task("words", MaskedLanguage())
    other = tiny_task_model({"words": MaskedLanguage()})
    before = other.tokenizer
    with pytest.raises(ConfigError, match="'words' hides tokens and guesses their ids, which carr"):
        other.adapt(build_adaptation({"kind": "tags", "spacy_model": pipeline}))
    assert other.tokenizer is before


def test_a_model_goes_on_with_its_tags(saved: tuple[TaskModel, Path], pipeline: str) -> None:
    model = TaskModel.from_pretrained(saved[1])
    before = model.tokenizer
    for table in ({"kind": "frozen"}, {"kind": "tags", "spacy_model": pipeline}):
        model.adapt(build_adaptation(table))
        assert model.tokenizer is before
    with pytest.raises(ConfigError, match="the initial model has"):
        model.adapt(build_adaptation({"kind": "tags", "spacy_model": "another"}))
