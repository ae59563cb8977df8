"""One adapter for each task on a shared encoder: switched, saved, merged, taken out."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
import torch
from peft import PeftModel
from tests.tiny_adapted import adapted, states, tiny_encoder
from tests.tiny_task_models import task_predictor, tiny_task_model
from torch import Tensor
from transformers import AutoModel, PreTrainedModel

from concord.adaptation import build_adaptation
from concord.adaptation.added import own_weights
from concord.adaptation.per_task import (
    TaskAdaptation,
    adapter_parameters,
    remove_adapter,
    use_adapter,
)
from concord.artifact import WEIGHTS_FILE
from concord.errors import ArtifactError, ConfigError
from concord.export import export_encoder
from concord.model import TaskModel, merge_task, set_learning
from concord.scoring.task_predictor import TaskPredictor
from concord.tasks import delete_task
from concord.tasks.classification import Classification

TWO: Final = Classification(labels=("good", "bad"))
TABLES: Final[Mapping[str, Mapping[str, Mapping[str, Any]]]] = {
    "lora": {
        "mood": {"rank": 4, "alpha": 6.0},
        "moods": {"rank": 2, "targets": ["key", "intermediate.dense"]},
    },
    "bottleneck": {"mood": {"width": 4}, "moods": {"width": 3, "placement": "feed_forward"}},
}
"""What each of two tasks has of its own; a third one, "plain", has nothing."""
TEXTS: Final = ["the bridge opened in 1932", "it is old", "the long old river is not the bridge"]


def _adapter(kind: str, **fields: Any) -> TaskAdaptation:
    found = build_adaptation({"kind": kind, "per_task": True, **fields})
    assert isinstance(found, TaskAdaptation)
    return found


def _move(model: TaskModel, task: str) -> None:
    with torch.no_grad():
        for parameter in adapter_parameters(model.encoder, task).values():
            parameter.add_(torch.randn_like(parameter) * 0.1)


def _model(kind: str) -> TaskModel:
    model = tiny_task_model({"plain": TWO})
    for task, table in TABLES[kind].items():
        model.add_task(task, TWO, adapter=_adapter(kind, **table))
        _move(model, task)
        with torch.no_grad():
            for parameter in model.heads[task].parameters():
                parameter.mul_(4)
    return model.eval()


def _inputs() -> tuple[Tensor, Tensor, Tensor]:
    ids = torch.arange(30).reshape(3, 10) + 1
    mask = torch.ones_like(ids)
    mask[0, 4:] = 0
    return ids, mask, (ids > 15).long()


@torch.inference_mode()
def _states(model: TaskModel, task: str | None) -> Tensor:
    inputs = _inputs()
    return model.states(*inputs, task=task)[inputs[1] == 1]


def _probs(predictor: TaskPredictor, task: str) -> np.ndarray:
    return np.array([list(each.probs.values()) for each in predictor.predict(task, TEXTS)])


@pytest.fixture(scope="module", params=TABLES)
def saved(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A kind, a model whose tasks have adapters of that kind, and its folder, exported."""
    folder = tmp_path_factory.mktemp("adapters") / request.param
    model = _model(request.param)
    model.save_pretrained(folder)
    export_encoder(folder)
    return request.param, model, folder


def test_switching_gives_what_each_merged_model_gives() -> None:
    model = _model("lora")
    before = _states(model, None)
    torch.testing.assert_close(before, _states(tiny_task_model({"plain": TWO}), None))
    for task in (*TABLES["lora"], *TABLES["lora"]):  # to and fro
        merged = merge_task(model, task)
        assert not merged.adapters
        assert type(merged.encoder).__name__ == "BertModel"
        assert list(merged.encoder.state_dict()) == list(tiny_encoder().state_dict())
        switched = _states(model, task)
        torch.testing.assert_close(switched, _states(merged, None), rtol=0, atol=1e-5)
        assert (switched - before).abs().max() > 0.1
    assert torch.equal(_states(model, None), before)


@pytest.mark.parametrize("kind", TABLES)
def test_an_adapter_of_one_task_computes_as_one_that_all_share(kind: str) -> None:
    plain = tiny_encoder()
    table = TABLES[kind]["mood"]
    _, shared = adapted(plain, {"kind": kind, **table})
    encoder = tiny_encoder()
    adapter = _adapter(kind, **table)
    for name in ("other", "query"):  # a name may look like a part of a layer's
        adapter.insert(encoder, name)
    with torch.no_grad():
        own = adapter_parameters(encoder, "query")
        for name, parameter in adapter_parameters(shared, "default").items():
            own[name].copy_(parameter)
    use_adapter(encoder, "query")
    torch.testing.assert_close(states(encoder), states(shared), rtol=0, atol=1e-5)
    use_adapter(encoder, None)
    assert torch.equal(states(encoder), states(plain))
    for name in ("query", "other"):
        remove_adapter(encoder, name)
    assert list(encoder.state_dict()) == list(plain.state_dict())


@pytest.mark.parametrize("kind", TABLES)
def test_a_mixed_batch_teaches_each_adapter_by_its_own_texts(kind: str) -> None:
    model = _model(kind)
    set_learning(model, _adapter(kind))
    rows = {"mood": torch.tensor([0, 2]), "moods": torch.tensor([1])}
    calls = []
    model.encoder.register_forward_hook(lambda *_: calls.append(1))

    def gradients(of: Mapping[str, Tensor]) -> dict[str, Tensor]:
        model.zero_grad()
        sum(each.square().sum() for each in model(*_inputs(), of).values()).backward()
        return {
            name: parameter.grad.clone()
            for name, parameter in model.named_parameters()
            if parameter.grad is not None and parameter.grad.abs().max() > 0
        }

    together = gradients(rows)
    assert len(calls) == 2  # the encoder reads once for each task that is present
    apart = {**gradients({"mood": rows["mood"]}), **gradients({"moods": rows["moods"]})}
    assert together.keys() == apart.keys()
    for name, gradient in together.items():
        torch.testing.assert_close(gradient, apart[name], rtol=1e-4, atol=1e-5)
    learned = {id(parameter) for parameter in model.parameters() if parameter.requires_grad}
    for task in TABLES[kind]:
        assert {id(each) for each in adapter_parameters(model.encoder, task).values()} <= learned
    assert not any(id(each) in learned for each in own_weights(model.encoder).values())


def test_a_frozen_task_keeps_its_adapter() -> None:
    model = _model("lora")
    set_learning(model, _adapter("lora"), frozen_tasks=["moods"])
    learning = {name for name, each in model.named_parameters() if each.requires_grad}
    assert any(".mood." in name for name in learning)
    assert not any(".moods." in name for name in learning)
    set_learning(model, build_adaptation({"kind": "frozen"}))
    learning = {name for name, each in model.named_parameters() if each.requires_grad}
    assert all(name.startswith("heads.") for name in learning)


def test_a_saved_model_gives_the_same_states(saved: tuple[str, TaskModel, Path]) -> None:
    _, model, folder = saved
    loaded = TaskModel.from_pretrained(folder)
    assert loaded.adapters == model.adapters
    for task in (None, *model.tasks):
        torch.testing.assert_close(_states(loaded, task), _states(model, task), rtol=0, atol=1e-5)


def test_the_engine_switches_and_answers_as_torch_does(
    saved: tuple[str, TaskModel, Path],
) -> None:
    _, model, folder = saved
    engine = TaskPredictor.from_pretrained(folder, precision="f32")
    live = task_predictor(model)
    first: dict[str, np.ndarray] = {}
    for task in ("plain", "mood", "moods", "mood", "plain", "moods"):
        found = _probs(engine, task)
        np.testing.assert_allclose(found, _probs(live, task), atol=2e-5)
        np.testing.assert_array_equal(found, first.setdefault(task, found))
    together = engine.predict_together(dict.fromkeys(model.tasks, TEXTS))
    for task, answers in together.items():
        found = np.array([list(each.probs.values()) for each in answers])
        np.testing.assert_allclose(found, first[task], atol=1e-6)
    others = [np.abs(first["plain"] - first[task]).max() for task in ("mood", "moods")]
    assert min(others) > 1e-3


def test_the_encoder_is_saved_once_and_plain(saved: tuple[str, TaskModel, Path]) -> None:
    kind, _, folder = saved
    plain = tiny_task_model({"plain": TWO})
    found = AutoModel.from_pretrained(folder).state_dict()
    expected = plain.encoder.state_dict()
    assert all(torch.equal(found[name], expected[name]) for name in expected)
    files = {
        task: {path.name for path in (folder / "tasks" / task).iterdir()}
        for task in ("plain", *TABLES[kind])
    }
    assert files["plain"] == {"task.json", "head.safetensors"}
    adapter = {"adapter_config.json", "adapter_model.safetensors"}
    assert all(files[task] == files["plain"] | adapter for task in TABLES[kind])


@pytest.mark.filterwarnings("ignore:.*gradient_checkpointing:FutureWarning")  # PEFT asks so
def test_peft_reads_a_low_rank_adapter_from_the_folder(tmp_path: Path) -> None:
    model = _model("lora")
    model.save_pretrained(tmp_path)
    ids, mask, types = _inputs()
    for task in TABLES["lora"]:
        found = PeftModel.from_pretrained(
            AutoModel.from_pretrained(tmp_path), str(tmp_path / "tasks" / task)
        ).eval()
        with torch.inference_mode():
            outputs = found(input_ids=ids, attention_mask=mask, token_type_ids=types)
        expected = outputs.last_hidden_state[mask == 1]
        torch.testing.assert_close(_states(model, task), expected, rtol=0, atol=1e-5)


def test_tasks_come_and_go_without_touching_the_encoder(tmp_path: Path) -> None:
    _model("lora").save_pretrained(tmp_path)
    before = (tmp_path / WEIGHTS_FILE).read_bytes()
    model = TaskModel.from_pretrained(tmp_path)
    kept = _states(model, "mood")
    model.add_task("third", TWO, adapter=_adapter("lora", rank=1))
    _move(model, "third")
    model.remove_task("moods")
    model.save_pretrained(tmp_path)
    assert (tmp_path / WEIGHTS_FILE).read_bytes() == before
    delete_task(tmp_path, "plain")
    again = TaskModel.from_pretrained(tmp_path)
    assert sorted(again.tasks) == ["mood", "third"]
    assert again.adapters.keys() == {"mood", "third"}
    torch.testing.assert_close(_states(again, "mood"), kept, rtol=0, atol=1e-6)
    torch.testing.assert_close(_states(again, "third"), _states(model, "third"), rtol=0, atol=1e-6)


def test_an_adapter_that_the_graph_was_not_made_for_is_told(
    saved: tuple[str, TaskModel, Path], tmp_path: Path
) -> None:
    kind, _, folder = saved
    copied = shutil.copytree(folder, tmp_path / "model")
    model = tiny_task_model({})
    other = {"targets": ["output.dense"]} if kind == "lora" else {"placement": "both"}
    model.add_task("mood", TWO, adapter=_adapter(kind, **other))
    model.save_pretrained(tmp_path / "other")
    shutil.rmtree(copied / "tasks" / "moods")
    shutil.copytree(tmp_path / "other" / "tasks" / "mood", copied / "tasks" / "moods")
    if kind == "bottleneck":  # the graph has bottlenecks at both places, of any width
        TaskPredictor.from_pretrained(copied)
        return
    with pytest.raises(ArtifactError, match=r"'moods' has a tensor .* no input for; run `concord"):
        TaskPredictor.from_pretrained(copied)
    (copied / "openvino_model.xml").unlink()
    export_encoder(copied)
    assert TaskPredictor.from_pretrained(copied).predict("moods", TEXTS)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"peft_type": "IA3"}, "an adapter of PEFT's type IA3 cannot be a task's own"),
        ({"use_dora": True}, "a low-rank adapter with use_dora cannot be a task's own"),
        ({"bias": "all"}, "a low-rank adapter with bias cannot be a task's own"),
        ({"r": 3}, r"weight .*lora_A.weight' has shape \(4, 32\); expected \(3, 32\)"),
    ],
)
def test_an_adapter_that_cannot_be_used_is_told(
    tmp_path: Path, change: Mapping[str, Any], problem: str
) -> None:
    _model("lora").save_pretrained(tmp_path)
    path = tmp_path / "tasks" / "mood" / "adapter_config.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(config | change), encoding="utf-8")
    with pytest.raises(ArtifactError, match=problem):
        TaskModel.from_pretrained(tmp_path)


def test_what_does_not_go_together_is_told() -> None:
    model = _model("lora")
    with pytest.raises(
        ConfigError, match=r"adapter \(kind = .bottleneck.* beside that of task 'mood'"
    ):
        model.add_task("more", TWO, adapter=_adapter("bottleneck"))
    assert "more" not in model.tasks
    with pytest.raises(ConfigError, match=r"task 'mood' has an adapter already \(kind = .lora"):
        model.add_adapter("mood", _adapter("lora", rank=5))
    model.add_adapter("mood", _adapter("lora", rank=4, alpha=6.0))  # the one that it has
    with pytest.raises(
        ConfigError, match="kind is 'full', but in the initial model mood, moods re"
    ):
        model.adapt(build_adaptation({"kind": "full"}))
    model.adapt(build_adaptation({"kind": "frozen"}))
    with pytest.raises(ConfigError, match="task 'plain' has no adapter of its own"):
        merge_task(model, "plain")
    with pytest.raises(ConfigError, match="is of kind 'bottleneck', which cannot be put into"):
        merge_task(_model("bottleneck"), "mood")
    bottlenecks = _model("bottleneck")
    with pytest.raises(ConfigError, match=r"cannot have an adapter \(.*relu"):
        bottlenecks.add_task("more", TWO, adapter=_adapter("bottleneck", activation="relu"))


def _start_recomputing(module: Any) -> None:
    if isinstance(module, PreTrainedModel):
        module.activation_checkpointing_enable()


def test_recomputed_batches_of_several_tasks_are_refused() -> None:
    model = _model("lora").train()
    model.encoder.apply(_start_recomputing)
    rows = {"mood": torch.tensor([0, 2]), "moods": torch.tensor([1])}
    with pytest.raises(ConfigError, match=r"sampling.batching = 'one_task'"):
        model(*_inputs(), rows)
    assert model(*_inputs(), {"mood": rows["mood"]})["mood"].shape == (2, 2)
