"""Several tasks on one encoder, from rows to a model that predicts."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tests.tiny_models import save_tiny_model
from tests.tiny_tasks import write_reviews, write_rows

from concord.errors import ConcordError, ConfigError, DataError
from concord.model import TaskModel
from concord.scoring.aligner import Aligner
from concord.scoring.task_predictor import TaskPredictor
from concord.tasks.classification import Classification
from concord.training import TrainerOptions
from concord.training.optimization.optim import OptimizerOptions
from concord.workflows.finetune import run_finetuning
from concord.workflows.finetuned import FinetunedRun, finetune
from concord.workflows.finetuning.config import load_finetune_config

FAST = TrainerOptions(
    validations=2, mixed_precision="no", optimizer=OptimizerOptions(learning_rate=3e-3)
)
_CONFIG = """
output = "{folder}/run"
threads = 1
max_tokens = 32
max_batch_tokens = 128

[encoder]
name = "{folder}/encoder"

[tasks.mood]
kind = "classification"
train = "reviews.jsonl"
held_out = 0.3
text = "body"
label = "stars"

[tasks.same]
kind = "classification"
train = "pairs.jsonl"
held_out = 0.3
text = "a"
text_pair = "b"

[trainer]
epochs = 2
mixed_precision = "no"
validations = 2

[trainer.optimizer]
learning_rate = 3e-3
"""


@pytest.fixture
def config_path(tmp_path: Path) -> Path:
    save_tiny_model(tmp_path / "encoder")
    write_reviews(tmp_path / "reviews.jsonl")
    pairs = [
        {"a": f"the bridge {n % 7}", "b": f"the bridge {n % 5}", "label": int(n % 7 == n % 5)}
        for n in range(40)
    ]
    write_rows(tmp_path / "pairs.jsonl", pairs)
    path = tmp_path / "tasks.toml"
    path.write_text(_CONFIG.format(folder=tmp_path), encoding="utf-8")
    return path


def _train(path: Path, overrides: Sequence[str] = ()) -> Path:
    config, tasks = load_finetune_config(path, overrides)
    return run_finetuning(config, tasks).model_folder


def test_a_config_becomes_a_model_that_predicts_both_tasks(config_path: Path) -> None:
    predictor = TaskPredictor.from_pretrained(_train(config_path))
    (mood,) = predictor.predict("mood", ["the bridge is not long"])
    (same,) = predictor.predict("same", [("the bridge", "the bridge")])
    assert set(mood.probs) == {"good", "bad"}
    assert set(same.probs) == {"0", "1"}


def test_equal_configs_give_equal_models(config_path: Path, tmp_path: Path) -> None:
    folders = [_train(config_path, [f'output="{tmp_path}/{name}"']) for name in ("a", "b")]
    first, second = (TaskModel.from_pretrained(folder).state_dict() for folder in folders)
    assert all(torch.equal(first[name], second[name]) for name in first)


def test_a_finished_run_is_not_trained_again(config_path: Path, tmp_path: Path) -> None:
    _train(config_path)
    log = tmp_path / "run" / "log.jsonl"
    before = log.read_text(encoding="utf-8")
    _train(config_path)
    assert log.read_text(encoding="utf-8") == before


def test_a_folder_of_another_run_is_left_alone(config_path: Path) -> None:
    _train(config_path)
    with pytest.raises(ConfigError, match="holds a run of another config"):
        _train(config_path, ["seed=1"])


def test_a_head_is_added_to_a_model_that_has_others(config_path: Path, tmp_path: Path) -> None:
    first = _train(config_path)
    rows = [{"text": f"it is {n}", "label": f"kind {n % 3}"} for n in range(60)]
    write_rows(tmp_path / "third.jsonl", rows)
    text = config_path.read_text(encoding="utf-8").partition("[tasks.mood]")[0]
    text += '[tasks.third]\nkind = "classification"\ntrain = "third.jsonl"\n'
    path = tmp_path / "more.toml"
    path.write_text(text.replace("/run", "/more"), encoding="utf-8")
    second = _train(path, [f'initial_model="{first}"', "adaptation.kind=frozen"])
    before, after = (TaskModel.from_pretrained(folder) for folder in (first, second))
    assert sorted(after.tasks) == ["mood", "same", "third"]
    kept = before.state_dict()
    for name, value in after.state_dict().items():
        if not name.startswith("heads.third"):  # the encoder is frozen, and so are other heads
            assert torch.equal(value, kept[name]), name


def test_a_frozen_head_stays_while_the_encoder_learns(config_path: Path, tmp_path: Path) -> None:
    first = _train(config_path)
    second = _train(
        config_path,
        [f'initial_model="{first}"', f'output="{tmp_path}/two"', "tasks.mood.is_frozen=true"],
    )
    before, after = (TaskModel.from_pretrained(folder).state_dict() for folder in (first, second))
    is_equal = {name: torch.equal(before[name], after[name]) for name in before}
    assert is_equal["heads.mood.layers.0.weight"]
    assert not is_equal["heads.same.layers.0.weight"]
    assert not is_equal["encoder.encoder.layer.0.attention.self.query.weight"]


@pytest.mark.parametrize(
    "overrides",
    [
        ["sampling.batching='one_task'", "sampling.strategy='uniform'"],
        ["trainer.gradients='pcgrad'"],
        ["loss_weights.weighting='uncertainty'"],
        ["loss_weights.weighting='inverse_log_classes'", "trainer.accumulation_steps=2"],
        ["sampling.strategy='annealed'", "sampling.samples_per_epoch=30"],
    ],
)
def test_each_way_to_mix_and_weigh_trains(config_path: Path, overrides: list[str]) -> None:
    folder = _train(config_path, overrides)
    log = (folder.parent / "log.jsonl").read_text(encoding="utf-8").splitlines()
    losses = [json.loads(line)["loss"] for line in log]
    assert np.isfinite(losses).all()


def test_python_says_the_same_as_a_config(tmp_path: Path) -> None:
    save_tiny_model(tmp_path / "encoder")
    rows = [{"body": f"{'not ' if n % 2 else ''}long {n}", "stars": n % 2} for n in range(60)]
    run = finetune(
        str(tmp_path / "encoder"),
        {"mood": Classification(rows, text="body", label="stars")},
        output=tmp_path / "run",
        epochs=8,
        trainer=FAST,
    )
    assert isinstance(run, FinetunedRun)
    answers = run.model.predict("mood", ["not long 5", "long 6"])
    assert [answer.label for answer in answers] == ["1", "0"]
    (result,) = run.evaluate()
    assert result.figures["accuracy"].value == 1.0
    assert not result.wrong


def test_what_a_task_got_wrong_is_told(tmp_path: Path) -> None:
    save_tiny_model(tmp_path / "encoder")
    rows: list[dict[str, Any]] = [{"text": f"long {n}", "label": n % 2} for n in range(40)]
    run = finetune(
        str(tmp_path / "encoder"),
        {"noise": Classification(rows, validation=rows[:10])},
        output=tmp_path / "run",
        epochs=1,
        trainer=FAST,
    )
    (result,) = run.evaluate()
    hits = 10 - len(result.wrong)
    assert result.figures["accuracy"].value == pytest.approx(hits / 10)
    assert result.trivial["accuracy"] == 0.5
    assert all(row.gold != row.answer.labels for row in result.wrong)


def test_data_that_can_be_read_once_are_refused(tmp_path: Path) -> None:
    once = ({"text": "a", "label": n} for n in range(3))
    with pytest.raises(ConfigError, match=r"tasks\.mood\.train can be read only once"):
        finetune("encoder", {"mood": Classification(once)}, output=tmp_path / "run")


@pytest.mark.parametrize(
    ("overrides", "problem"),
    [
        (["tasks.mood.kind='classifying'"], "tasks.mood.kind: unknown kind of task"),
        (["tasks.mood.label_='x'"], "unknown key 'tasks.mood.label_'; did you mean 'label'?"),
        (["tasks.mood.pooling='max'"], "tasks.mood.pooling should be 'first', 'mean' or"),
        (["tasks.mood.labels=['good']"], "tasks.mood: a classification needs at least 2 labels"),
        (["tasks.mood.max_tokens=9999"], "tasks.mood: max_tokens must be at most 72"),
        (["tasks.mood.num_layers=7"], "tasks.mood: task 'mood' reads the last 7 layers"),
        (["max_batch_tokens=0"], "max_batch_tokens must be at least 1"),
        (["trainer.best_metric='mood/f2'"], "'mood/f2' will not be computed; choose one of"),
        (["sampling.strategy='evenly'"], "sampling.strategy should be"),
        (["sampling.weights.mood=1", "sampling.strategy='explicit'"], "must give each of"),
        (["tasks.mood.is_frozen=true", "tasks.same.is_frozen=true", "adaptation.kind=frozen"],
         "nothing is left to learn"),
        (["encoder.name='package:no_such_package'"], "no installed package"),
        (["tasks=5"], "tasks"),
        (["tasks.mood=5"], "tasks.mood"),
        (["seeds=1"], "unknown key 'seeds'; did you mean 'seed'?"),
        (["loss_weights.constants.mood=1"], "constants are not used by weighting 'equal'"),
    ],
)  # fmt: skip
def test_a_wrong_config_is_told_in_one_sentence(
    config_path: Path, overrides: list[str], problem: str
) -> None:
    with pytest.raises(ConcordError) as caught:
        _train(config_path, overrides)
    assert problem in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ({"stars": "good"}, "reviews.jsonl, row 25: there is no column 'body'"),
        ({"body": 7, "stars": "good"}, "row 25: column 'body' holds 7 where a text should be"),
        ({"body": "x"}, "row 25: there is no column 'stars'"),
        ({"body": "x", "stars": {}}, "row 25: a label is a text or a number, found {}"),
    ],
)
def test_a_wrong_row_is_told_with_its_place(
    config_path: Path, row: dict[str, Any], problem: str
) -> None:
    path = config_path.parent / "reviews.jsonl"
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(row) + "\n")
    with pytest.raises(DataError) as caught:
        _train(config_path)
    assert problem in str(caught.value)


def test_a_file_that_is_not_there_is_told(config_path: Path) -> None:
    with pytest.raises(DataError, match=r"nothing\.jsonl does not exist"):
        _train(config_path, ["tasks.mood.train='nothing.jsonl'"])


def test_a_head_is_added_to_the_bundled_alignment_model(tmp_path: Path) -> None:
    rows = [{"text": f"{'not ' if n % 2 else ''}long {n}", "label": n % 2} for n in range(12)]
    run = finetune(
        "concord-mini",
        {"mood": Classification(rows, validation=rows)},
        output=tmp_path / "run",
        epochs=1,
        trainer=FAST,
        adaptation={"kind": "frozen"},
    )
    pair = ("The bridge opened in 1932.", "The bridge opened in 1923.")
    (answer,) = run.model.predict("alignment", [pair])
    scores = Aligner.from_pretrained().predict([pair[0]], [pair[1]])
    probs = list(answer.three_way.values())
    np.testing.assert_allclose(probs, scores.three_way[0], atol=0.02)  # both in bf16
    assert sorted(run.model.tasks) == ["alignment", "mood"]
