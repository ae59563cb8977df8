"""Models of tasks whose encoder was adapted: saved, loaded, exported, and asked without torch."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
import torch
from tests.tiny_adapted import ADDING, move
from tests.tiny_task_models import task_predictor, tiny_task_model
from transformers import AutoModel

from concord.adaptation import adaptation_kind, build_adaptation
from concord.adaptation.added import own_weights
from concord.artifact import CONFIG_FILE, SECTION
from concord.errors import ArtifactError, ConfigError
from concord.export import export_encoder, export_sentence_transformer
from concord.model import ParameterCounts, TaskModel, set_learning
from concord.scoring.task_predictor import TaskPredictor
from concord.tasks import AnyTask
from concord.tasks.classification import Classification
from concord.tasks.embedding import Embedding
from concord.tasks.entities import Entities, Entity
from concord.tasks.heads import Pooling

TASKS: Final[Mapping[str, AnyTask]] = {
    "mood": Classification(labels=("good", "bad"), num_layers=2, pooling=Pooling.MEAN),
    "pair": Classification(labels=("x", "y"), text_pair="other", pooling=Pooling.FIRST),
    "names": Entities(labels=("LOC", "PER")),
    "vector": Embedding(),
}
KEPT: Final = tuple(kind for kind in ADDING if not adaptation_kind(kind).is_mergeable)
"""The kinds that cannot be put into the encoder's own weights."""
INPUTS: Final[Mapping[str, list[Any]]] = {
    "mood": ["the bridge opened in 1932", "it is old", "the long old river is not the bridge"],
    "pair": [("the bridge", "it is not long"), ("it is", "the old river opened in 1932")],
    "names": [["the", "river", "opened"], ["it", "is", "the", "old", "bridge", "1932"]],
    "vector": ["the old river", "it is not the bridge in 1932"],
}
SIZE: Final = {"bottleneck": {"width": 5}, "prompt": {"num_tokens": 3}, "prefix": {"num_tokens": 3}}


def _model(kind: str) -> TaskModel:
    model = tiny_task_model(TASKS)
    adaptation = build_adaptation({"kind": kind, **SIZE.get(kind, {})})
    model.adapt(adaptation)
    move(adaptation, model.encoder)
    return model.eval()


def _numbers(predictor: TaskPredictor, task: str, inputs: list[Any]) -> np.ndarray:
    """Return what a predictor's answers hang on, one row for each input."""
    found = predictor.predict(task, inputs)
    if task == "vector":
        return np.array(found)
    if task == "names":
        sums = [
            [sum(values) for values in zip(*map(_row, answer), strict=True)] for answer in found
        ]
        assert all(sums)  # each text has some entity
        return np.array(sums)
    return np.array([list(answer.probs.values()) for answer in found])


def _row(entity: Entity) -> tuple[float, ...]:
    return (1, entity.start, entity.end, len(entity.label), entity.score)


def _states(model: TaskModel) -> torch.Tensor:
    ids = torch.arange(30).reshape(3, 10) + 1
    mask = torch.ones_like(ids)
    mask[0, 4:] = 0
    with torch.inference_mode():
        return model.states(ids, mask, (ids > 15).long())[mask == 1]


@pytest.fixture(scope="module", params=ADDING)
def saved(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A kind, a model adapted so, and the folder that it was saved to and exported in."""
    folder = tmp_path_factory.mktemp("adapted") / request.param
    model = _model(request.param)
    model.save_pretrained(folder)
    export_encoder(folder)
    return request.param, model, folder


def test_a_saved_model_gives_the_same_states(saved: tuple[str, TaskModel, Path]) -> None:
    kind, model, folder = saved
    loaded = TaskModel.from_pretrained(folder)
    torch.testing.assert_close(_states(loaded), _states(model), rtol=0, atol=1e-5)
    assert loaded.adaptation.kind == (kind if kind in KEPT else "full")
    assert loaded.max_tokens == model.max_tokens


@pytest.mark.parametrize("task", TASKS)
def test_the_engine_answers_as_torch_does(saved: tuple[str, TaskModel, Path], task: str) -> None:
    _, model, folder = saved
    engine = TaskPredictor.from_pretrained(folder, precision="f32", max_batch_tokens=64)
    live = task_predictor(model)
    found = _numbers(engine, task, INPUTS[task])
    np.testing.assert_allclose(found, _numbers(live, task, INPUTS[task]), atol=2e-5)
    alone = [_numbers(engine, task, [each])[0] for each in INPUTS[task]]
    np.testing.assert_allclose(found, alone, atol=1e-5)
    untouched = _numbers(task_predictor(tiny_task_model(TASKS)), "mood", INPUTS["mood"])
    moved = np.abs(_numbers(engine, "mood", INPUTS["mood"]) - untouched).max()
    assert moved > 1e-3


def test_other_libraries_read_the_encoder_from_the_same_folder(
    saved: tuple[str, TaskModel, Path],
) -> None:
    kind, model, folder = saved
    plain = AutoModel.from_pretrained(folder)
    assert type(plain).__name__ == "BertModel"
    if kind in KEPT:
        expected = own_weights(model.encoder)
    else:
        expected = model.adaptation.merge(model.encoder).state_dict()
    assert all(torch.equal(expected[name], value) for name, value in plain.state_dict().items())
    section = json.loads((folder / CONFIG_FILE).read_text(encoding="utf-8"))[SECTION]
    assert ("adaptation" in section) == (kind in KEPT)


def test_saving_does_not_disturb_what_is_learned(saved: tuple[str, TaskModel, Path]) -> None:
    kind, _, _ = saved
    model = _model(kind)
    set_learning(model, model.adaptation)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    learned = [parameter for parameter in model.parameters() if parameter.requires_grad]
    model.save_pretrained(saved[2].with_name("again"))
    after = model.state_dict()
    assert list(after) == list(before)
    assert all(torch.equal(value, before[name]) for name, value in after.items())
    found = [parameter for parameter in model.parameters() if parameter.requires_grad]
    assert [id(each) for each in found] == [id(each) for each in learned]


def test_a_prompt_leaves_less_room_for_texts() -> None:
    assert tiny_task_model(TASKS).max_tokens == 64
    assert _model("prompt").max_tokens == 61
    assert _model("prefix").max_tokens == 61
    model = tiny_task_model(TASKS)
    with pytest.raises(ConfigError, match="must be below the encoder's 64 positions, got 64"):
        model.adapt(build_adaptation({"kind": "prompt", "num_tokens": 64}))


def test_parameters_are_counted_apart() -> None:
    model = tiny_task_model({"mood": Classification(labels=("good", "bad"))})
    plain = sum(each.numel() for each in model.encoder.parameters())
    adaptation = build_adaptation({"kind": "lora"})
    model.adapt(adaptation)
    set_learning(model, adaptation)
    counts = ParameterCounts.of_model(model)
    assert counts.encoder_learned == 2048  # as in tests/adaptation
    assert counts.encoder == plain + 2048
    assert counts.heads_learned == counts.heads == 32 * 2 + 2
    set_learning(model, build_adaptation({"kind": "frozen"}), frozen_tasks=["mood"])
    counts = ParameterCounts.of_model(model)
    assert (counts.encoder_learned, counts.heads_learned) == (0, 0)
    assert str(counts).startswith(f"0 of {plain + 2048:,} parameters of the encoder (0.00 %) and")


def test_the_pooler_that_no_head_reads_never_learns() -> None:
    for kind in ("full", "prompt"):
        model = tiny_task_model(TASKS)
        adaptation = build_adaptation({"kind": kind})
        model.adapt(adaptation)
        set_learning(model, adaptation)
        learned = [name for name, each in model.named_parameters() if each.requires_grad]
        assert learned
        assert not any("pooler" in name for name in learned)


def test_a_model_goes_on_from_its_own_adaptation_alone(tmp_path: Path) -> None:
    _model("bottleneck").save_pretrained(tmp_path)
    model = TaskModel.from_pretrained(tmp_path)
    before = _states(model)
    model.adapt(build_adaptation({"kind": "bottleneck", "width": 5}))
    model.adapt(build_adaptation({"kind": "frozen"}))
    assert torch.equal(_states(model), before)
    with pytest.raises(ConfigError, match='the initial model has kind = "bottleneck", per_task'):
        model.adapt(build_adaptation({"kind": "lora"}))


def test_a_folder_that_lacks_an_added_weight_is_told(tmp_path: Path) -> None:
    tiny_task_model(TASKS).save_pretrained(tmp_path)
    config = json.loads((tmp_path / CONFIG_FILE).read_text(encoding="utf-8"))
    config[SECTION]["adaptation"] = {"kind": "prompt", "num_tokens": 3}
    (tmp_path / CONFIG_FILE).write_text(json.dumps(config), encoding="utf-8")
    with pytest.raises(ArtifactError, match=r"lacks .* 'adaptation.prompt.embedding.weight'"):
        TaskModel.from_pretrained(tmp_path)
    config[SECTION]["adaptation"] = {"kind": "quantum"}
    (tmp_path / CONFIG_FILE).write_text(json.dumps(config), encoding="utf-8")
    with pytest.raises(ArtifactError, match="unknown kind of adaptation 'quantum'"):
        TaskModel.from_pretrained(tmp_path)


def test_vectors_of_an_encoder_that_is_not_plain_are_not_exported(tmp_path: Path) -> None:
    _model("bottleneck").save_pretrained(tmp_path / "model")
    with pytest.raises(ConfigError, match="adaptation of kind 'bottleneck', which sentence-tran"):
        export_sentence_transformer(tmp_path / "model", "vector", tmp_path / "to")
