"""One adapter for each task of a run, and tasks that are added to such a model later."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tests.tiny_models import save_tiny_model
from tests.tiny_tasks import write_reviews, write_rows
from tests.tiny_training import read_log

from concord.adaptation.added import own_weights
from concord.artifact import WEIGHTS_FILE
from concord.errors import ConcordError
from concord.export import export_sentence_transformer
from concord.model import ParameterCounts, TaskModel
from concord.scoring.task_predictor import TaskPredictor
from concord.tasks import load_tasks
from concord.training import StepReport
from concord.workflows.finetune import run_finetuning
from concord.workflows.finetuning.config import load_finetune_config
from concord.workflows.merge_tasks import merge_task_folder

_CONFIG = """
output = "{folder}/run"
threads = 1
max_tokens = 32
max_batch_tokens = 128
adaptation = {{ kind = "lora", rank = 4, per_task = true }}

[encoder]
name = "{folder}/encoder"

[tasks.mood]
kind = "classification"
train = "reviews.jsonl"
held_out = 0.3
text = "body"
label = "stars"

[tasks.near]
kind = "similarity"
train = "pairs.jsonl"
held_out = 0.3
text = "a"
text_pair = "b"

[trainer]
epochs = 3
mixed_precision = "no"
validations = 2
checkpoint_steps = 3

[trainer.optimizer]
learning_rate = 1e-2
"""
TEXTS = ["the bridge is long", "it is not old"]


@pytest.fixture
def config_path(tmp_path: Path) -> Path:
    save_tiny_model(tmp_path / "encoder")
    write_reviews(tmp_path / "reviews.jsonl")
    pairs = [
        {"a": f"the bridge {n % 7}", "b": f"the bridge {n % 5}", "label": n % 6} for n in range(35)
    ]
    write_rows(tmp_path / "pairs.jsonl", pairs)
    rows = [{"text": f"it is {n}", "label": f"kind {n % 3}"} for n in range(30)]
    write_rows(tmp_path / "third.jsonl", rows)
    path = tmp_path / "tasks.toml"
    path.write_text(_CONFIG.format(folder=tmp_path), encoding="utf-8")
    return path


def _train(path: Path, overrides: Sequence[str] = (), **callbacks: Any) -> Path:
    config, tasks = load_finetune_config(path, overrides)
    return run_finetuning(config, tasks, **callbacks).model_folder


def _write_third(config_path: Path, *lines: str) -> Path:
    """Write a config that adds a task to the model of the first run."""
    folder = config_path.parent
    path = folder / "more.toml"
    table = ('kind = "classification"', 'train = "third.jsonl"')
    start = (f'output = "{folder}/more"', f'initial_model = "{folder}/run/model"', "threads = 1")
    text = "\n".join([*start, *lines, "[tasks.third]", *table, "[trainer]", "epochs = 2", ""])
    path.write_text(text + 'mixed_precision = "no"\n', encoding="utf-8")
    return path


def _answers(folder: Path, task: str = "mood") -> list[Any]:
    return TaskPredictor.from_pretrained(folder, precision="f32").predict(task, TEXTS)


@pytest.mark.parametrize("kind", ["lora", "bottleneck"])
def test_tasks_learn_apart_on_one_encoder(config_path: Path, kind: str) -> None:
    told: list[ParameterCounts] = []
    table = f'adaptation={{kind = "{kind}", per_task = true}}'
    folder = _train(config_path, [table], on_parameters=told.append)
    # of two tasks: 2 layers with 2 products of rank 8, or 2 bottlenecks of width 48
    assert told[0].encoder_learned == 2 * (2048 if kind == "lora" else 2 * 2 * 3152)
    start = TaskModel.from_encoder(load_finetune_config(config_path)[0].encoder)
    model = TaskModel.from_pretrained(folder)
    for name, value in own_weights(model.encoder).items():
        assert torch.equal(value, start.encoder.state_dict()[name].bfloat16().float())
    assert model.adapters.keys() == {"mood", "near"}
    losses = [record["losses"] for record in read_log(folder.parent)]
    assert np.isfinite([value for each in losses for value in each.values()]).all()
    assert {answer.label for answer in _answers(folder)} <= {"good", "bad"}


def test_a_run_that_stopped_goes_on_to_the_same_losses(config_path: Path, tmp_path: Path) -> None:
    def stop(report: StepReport) -> None:
        if report.step == 5:  # two steps behind the last checkpoint
            raise KeyboardInterrupt

    broken = [f'output="{tmp_path}/broken"']
    with pytest.raises(KeyboardInterrupt):
        _train(config_path, broken, on_step=stop)
    first, second = (TaskModel.from_pretrained(_train(config_path, each)) for each in (broken, []))
    logs = [read_log(tmp_path / name) for name in ("broken", "run")]
    assert len(logs[0]) > 8
    assert [each["loss"] for each in logs[0]] == [each["loss"] for each in logs[1]]
    expected = second.state_dict()
    assert all(torch.equal(value, expected[name]) for name, value in first.state_dict().items())


def test_a_task_is_added_with_an_adapter_or_without(config_path: Path, tmp_path: Path) -> None:
    first = _train(config_path)
    before = _answers(first)
    tables = ('adaptation = { kind = "lora", rank = 2, per_task = true }',
              'adaptation = { kind = "frozen" }')  # fmt: skip
    for number, table in enumerate(tables):
        path = _write_third(config_path, table)
        second = _train(path, [f'output="{tmp_path}/more{number}"'])
        assert (second / WEIGHTS_FILE).read_bytes() == (first / WEIGHTS_FILE).read_bytes()
        assert _answers(second) == before
        assert len(_answers(second, "third")) == 2
        assert ("third" in TaskModel.from_pretrained(second).adapters) == (number == 0)


def test_a_task_goes_on_with_its_adapter(config_path: Path, tmp_path: Path) -> None:
    first = _train(config_path)
    overrides = [
        f'initial_model="{first}"',
        f'output="{tmp_path}/two"',
        "tasks.near.is_frozen=true",
    ]
    second = _train(config_path, overrides)
    before, after = (TaskModel.from_pretrained(folder).state_dict() for folder in (first, second))
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert changed
    assert all(".mood." in name for name in changed)


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        ('kind = "full"', "adaptation.kind is 'full', but in the initial model mood, near read"),
        ('kind = "lora"', "write kind = \"frozen\", or per_task = true"),
        ('kind = "bottleneck", per_task = true', "tasks.third: task 'third' cannot have an adap"),
        ('kind = "prompt", per_task = true', "of one's own for each task can be bottleneck and lo"),
        ('kind = "lora", per_task = true, targets = ["queri"]', "'queri'; did you mean 'query'"),
    ],
)  # fmt: skip
def test_what_does_not_go_on_a_shared_encoder_is_told(
    config_path: Path, table: str, problem: str
) -> None:
    _train(config_path, ["trainer.epochs=1"])
    with pytest.raises(ConcordError) as caught:
        _train(_write_third(config_path, f"adaptation = {{ {table} }}"))
    assert problem in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_task_is_merged_into_a_model_of_its_own(config_path: Path, tmp_path: Path) -> None:
    model, output = _train(config_path), tmp_path / "merged" / "mood"
    merge_task_folder(model, "mood", output)
    assert set(load_tasks(output)) == {"mood"}
    assert not list(output.rglob("adapter*"))
    merged, whole = ([each.probs["good"] for each in _answers(at)] for at in (output, model))
    np.testing.assert_allclose(merged, whole, atol=0.02)  # both encoders are kept in bfloat16
    with pytest.raises(ConcordError, match=r"mood exists; name another folder"):
        merge_task_folder(model, "mood", output)
    with pytest.raises(ConcordError, match="task 'moods' has no adapter of its own"):
        merge_task_folder(model, "moods", tmp_path / "other")


def test_vectors_through_an_adapter_are_exported_merged(config_path: Path, tmp_path: Path) -> None:
    folder = _train(config_path, ["trainer.epochs=1"])
    export_sentence_transformer(folder, "near", tmp_path / "vectors")
    from sentence_transformers import SentenceTransformer

    first, second = SentenceTransformer(str(tmp_path / "vectors"), device="cpu").encode(TEXTS)
    cosine = first @ second / np.linalg.norm(first) / np.linalg.norm(second)
    predictor = TaskPredictor.from_pretrained(folder, precision="f32")
    (answer,) = predictor.predict("near", [tuple(TEXTS)])
    assert answer == pytest.approx(5 * max(cosine, 0), abs=1e-4)
