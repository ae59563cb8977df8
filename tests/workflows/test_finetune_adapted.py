"""Fine-tuning with each adaptation, from a config to a model that predicts."""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from tests.tiny_models import save_tiny_model
from tests.tiny_tasks import write_reviews, write_rows
from tests.tiny_training import read_log

from concord.adaptation.added import own_weights
from concord.artifact import CARD_FILE
from concord.cli.main import main
from concord.errors import ConcordError
from concord.model import ParameterCounts, TaskModel
from concord.scoring.task_predictor import TaskPredictor
from concord.training import StepReport
from concord.workflows.finetune import run_finetuning
from concord.workflows.finetuning.config import load_finetune_config
from concord.workflows.finetuning.run_parts import build_task_validator

_CONFIG = """
output = "{folder}/run"
threads = 1
max_tokens = 32
max_batch_tokens = 64

[encoder]
name = "{folder}/encoder"

[tasks.mood]
kind = "classification"
train = "reviews.jsonl"
held_out = 0.3
text = "body"
label = "stars"

[trainer]
epochs = 6
mixed_precision = "no"
validations = 2
checkpoint_steps = 3

[trainer.optimizer]
learning_rate = 3e-2
"""
RATES = {
    "adapter_experts": 1e-2,
    "bottleneck": 1e-2,
    "dora": 3e-2,
    "encoder_experts": 3e-3,
    "ia3": 3e-2,
    "lora": 3e-2,
    "prefix": 1e-1,
    "prompt": 1e-1,
    "top_layers": 1e-2,
}
"""By kind, a rate at which the tiny encoder learns something in a dozen steps."""


@pytest.fixture
def config_path(tmp_path: Path) -> Path:
    save_tiny_model(tmp_path / "encoder")
    write_reviews(tmp_path / "reviews.jsonl")
    path = tmp_path / "tasks.toml"
    path.write_text(_CONFIG.format(folder=tmp_path), encoding="utf-8")
    return path


def _train(path: Path, overrides: Sequence[str] = (), **callbacks: Any) -> Path:
    config, tasks = load_finetune_config(path, overrides)
    return run_finetuning(config, tasks, **callbacks).model_folder


def _losses(run: Path) -> list[float]:
    return [record["loss"] for record in read_log(run)]


@pytest.mark.parametrize("kind", RATES)
def test_each_kind_learns_and_leaves_the_rest(config_path: Path, kind: str) -> None:
    told: list[ParameterCounts] = []
    overrides = [f"adaptation.kind={kind}", f"trainer.optimizer.learning_rate={RATES[kind]}"]
    if kind == "top_layers":
        overrides.append("adaptation.num_layers=1")
    folder = _train(config_path, overrides, on_parameters=told.append)
    losses = _losses(folder.parent)
    assert sum(losses[-5:]) < 0.9 * sum(losses[:5])
    (answer,) = TaskPredictor.from_pretrained(folder).predict("mood", ["it is not the bridge"])
    assert set(answer.probs) == {"good", "bad"}
    assert str(told[0]) in (folder / CARD_FILE).read_text(encoding="utf-8").replace("\n", " ")
    start = TaskModel.from_encoder(load_finetune_config(config_path)[0].encoder)
    learned = own_weights(TaskModel.from_pretrained(folder).encoder)
    moved = {  # the folder's weights are rounded to bfloat16
        name
        for name, value in start.encoder.state_dict().items()
        if not torch.equal(value.bfloat16().float(), learned[name])
    }
    pattern = {
        "lora": r"self\.(query|value)\.weight",
        "dora": r"self\.(query|value)\.weight",
        "ia3": r"self\.(key|value)\.(weight|bias)|layer\.\d\.output\.dense\.weight",
        "top_layers": r"layer\.1\.",
        "encoder_experts": r"^(?!pooler)",
    }.get(kind, "nothing")
    assert {name for name in moved if not re.search(pattern, name)} == set()
    assert bool(moved) == (pattern != "nothing")


@pytest.mark.parametrize("kind", ["lora", "dora", "prompt", "bottleneck"])
def test_a_run_that_stopped_goes_on_to_the_same_losses(
    config_path: Path, tmp_path: Path, kind: str
) -> None:
    overrides = [f"adaptation.kind={kind}", f'output="{tmp_path}/broken"']

    def stop(report: StepReport) -> None:
        if report.step == 5:  # two steps behind the last checkpoint
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        _train(config_path, overrides, on_step=stop)
    _train(config_path, overrides)
    whole = _train(config_path, overrides[:1])
    assert _losses(tmp_path / "broken") == _losses(whole.parent)
    first = TaskModel.from_pretrained(tmp_path / "broken" / "model").state_dict()
    second = TaskModel.from_pretrained(whole).state_dict()
    assert all(torch.equal(first[name], second[name]) for name in second)


@pytest.mark.parametrize("kind", ["lora", "ia3", "prefix"])
def test_the_best_copy_is_right_and_does_not_disturb(
    config_path: Path, tmp_path: Path, kind: str
) -> None:
    overrides = [f"adaptation.kind={kind}", "trainer.validations=4"]
    run = _train(config_path, overrides).parent
    without = [*overrides, "trainer.validations=0", f'output="{tmp_path}/without"']
    assert _losses(_train(config_path, without).parent) == _losses(run)
    best = max(run.glob("best-*"))
    config, _ = load_finetune_config(config_path, overrides)
    model = TaskModel.from_pretrained(best)
    (record,) = (each for each in read_log(run) if each["step"] == int(best.name[-8:]))
    found = build_task_validator(config, model.tasks | _data_of(config_path)).validate(model)
    assert found == pytest.approx(record["metrics"], abs=1e-6)


def _data_of(path: Path) -> dict[str, Any]:
    config, tasks = load_finetune_config(path)
    folder = config.output / "model"
    labelled = TaskModel.from_pretrained(folder).tasks
    return {name: labelled[name].with_data_of(task) for name, task in tasks.items()}


def test_a_head_is_added_to_an_adapted_encoder(config_path: Path, tmp_path: Path) -> None:
    first = _train(config_path, ["adaptation.kind=bottleneck", "adaptation.width=5"])
    rows = [{"text": f"it is {n}", "label": f"kind {n % 3}"} for n in range(30)]
    write_rows(tmp_path / "third.jsonl", rows)
    text = config_path.read_text(encoding="utf-8").partition("[encoder]")[0]
    text += '[tasks.third]\nkind = "classification"\ntrain = "third.jsonl"\n'
    path = tmp_path / "more.toml"
    path.write_text(text.replace("/run", "/more"), encoding="utf-8")
    overrides = [f'initial_model="{first}"', "trainer.epochs=1"]
    second = _train(path, [*overrides, "adaptation.kind=frozen"])
    texts = ["the bridge is long", "it is not old"]
    answers = [
        TaskPredictor.from_pretrained(folder, precision="f32").predict("mood", texts)
        for folder in (first, second)
    ]
    assert answers[0] == answers[1]
    with pytest.raises(ConcordError, match="go on with the same, or write kind"):
        _train(path, [*overrides, "adaptation.kind=lora", f'output="{tmp_path}/other"'])


def test_the_command_says_how_much_learns(
    config_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["finetune", str(config_path), "adaptation.kind=lora", "trainer.epochs=1"])
    assert not stopped.value.code
    assert re.search(r"learning: 2,048 of [\d,]+ parameters of the enc", capsys.readouterr().out)


@pytest.mark.parametrize(
    ("overrides", "problem"),
    [
        (["adaptation.kind=lorra"], "tasks.toml: adaptation.kind: unknown kind of adaptation"),
        (["adaptation.rank=4"], "tasks.toml: adaptation has no kind"),
        (["adaptation.kind=lora", "adaptation.rank=0"], "adaptation: rank must be at least 1"),
        (["adaptation.kind=lora", "adaptation.targets=['q']"], "has no linear layer 'q'"),
        (["adaptation.kind=top_layers", "adaptation.num_layers=9"], "must be at most 2"),
        (["adaptation=5"], "adaptation should be"),
        (["adaptation.kind=frozen", "tasks.mood.is_frozen=true"], "nothing is left to learn"),
        (["adaptation.kind=prompt", "max_tokens=64"], "max_tokens must be at most 52, the enc"),
    ],
)  # fmt: skip
def test_a_wrong_adaptation_is_told_in_one_sentence(
    config_path: Path, overrides: list[str], problem: str
) -> None:
    with pytest.raises(ConcordError) as caught:
        _train(config_path, overrides)
    assert problem in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_an_encoder_was_saved_with_is_json(config_path: Path) -> None:
    folder = _train(config_path, ["adaptation.kind=prompt", "adaptation.num_tokens=3"])
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    expected = {"kind": "prompt", "num_tokens": 3, "start": "vocabulary"}
    assert config["concord"]["adaptation"] == expected
