"""Runs that learn from teachers: what is cached, what is refused, and what comes of it."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from tests.tiny_finetuning import FinetuneTrace, finetune_tiny, forget_after, write_tasks
from tests.tiny_task_models import tiny_task_model
from tests.tiny_tasks import REVIEWS, write_rows

from concord.errors import ConfigError
from concord.model import TaskModel
from concord.tasks import AnyTask
from concord.tasks.classification import Classification
from concord.tasks.entities import Entities
from concord.tasks.regression import Regression
from concord.tasks.similarity import Similarity
from concord.workflows.task_validation import live_predictor

MOOD = Classification(labels=("bad", "good"))
TASKS: dict[str, AnyTask] = {"mood": MOOD, "alike": Similarity()}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return write_tasks(tmp_path)


def save_teacher(folder: Path, tasks: dict[str, AnyTask], seed: int) -> str:
    tiny_task_model(tasks, seed=seed).save_pretrained(folder)
    return str(folder)


def taught_by(*folders: str, weight: float = 0.5) -> str:
    return f"distillation={{teachers={json.dumps(folders)}, weight={weight}}}"


def test_a_run_taught_by_two_models_resumes_to_the_same_model(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = [save_teacher(tmp_path / f"{seed}", TASKS, seed) for seed in (1, 2)]
    finetune_tiny(config)
    plain = FinetuneTrace.read(tmp_path / "run")
    overrides = [f'output="{tmp_path}/taught"', taught_by(*folders)]
    finetune_tiny(config, overrides)
    unbroken = FinetuneTrace.read(tmp_path / "taught")
    forget_after(tmp_path / "taught", 4)
    monkeypatch.setattr("concord.workflows.teaching.answer_examples", pytest.fail)  # asked once
    finetune_tiny(config, overrides)
    assert FinetuneTrace.read(tmp_path / "taught") == unbroken
    assert unbroken.run.steps[0]["loss"] != plain.run.steps[0]["loss"]
    card = (tmp_path / "taught" / "model" / "README.md").read_text(encoding="utf-8")
    assert all(folder not in card for folder in folders)  # where they lay is nobody's business


def test_a_student_comes_to_answer_as_its_teacher(config: Path, tmp_path: Path) -> None:
    teacher = save_teacher(tmp_path / "teacher", {"mood": MOOD}, seed=4)
    text = config.read_text(encoding="utf-8")
    before, _, rest = text.partition("[tasks.alike]")
    config.write_text(before + "[trainer]" + rest.partition("[trainer]")[2], encoding="utf-8")
    outcome = finetune_tiny(config, [taught_by(teacher, weight=1.0), "trainer.epochs=30"])
    texts = [f"{text} {copy}" for text, _ in REVIEWS for copy in range(2)]
    found, wanted = (
        np.array([each.probs["good"] for each in live_predictor(model).predict("mood", texts)])
        for model in (
            TaskModel.from_pretrained(outcome.model_folder),
            TaskModel.from_pretrained(teacher),
        )
    )
    labels = np.array([float(label == "good") for _, label in REVIEWS for _ in range(2)])
    assert np.abs(found - wanted).mean() < np.abs(found - labels).mean() / 2


def test_each_task_may_have_a_teacher_of_its_own(config: Path, tmp_path: Path) -> None:
    folders = [
        save_teacher(tmp_path / name, {name: task}, seed)
        for seed, (name, task) in enumerate(TASKS.items())
    ]
    finetune_tiny(config, [taught_by(*folders)])
    cached = {
        path.name.partition("-taught-")[0] for path in (tmp_path / "encoded").glob("*-taught-*")
    }
    assert cached == {"mood", "alike"}


def test_teachers_answer_only_what_the_run_draws(config: Path, tmp_path: Path) -> None:
    teacher = save_teacher(tmp_path / "teacher", TASKS, seed=1)
    sampling = "sampling={strategy='proportional', samples_per_epoch=7}"
    finetune_tiny(config, [taught_by(teacher), sampling, "trainer.epochs=1"])
    sizes = [np.load(path) for path in (tmp_path / "encoded").glob("*-taught-*/sizes.npy")]
    assert len(sizes) == 2
    assert sum(int((each > 0).sum()) for each in sizes) == 7
    assert sum(len(each) for each in sizes) > 7


def test_a_task_without_a_teacher_may_be_left_untaught(config: Path, tmp_path: Path) -> None:
    teacher = save_teacher(tmp_path / "teacher", {"mood": MOOD}, seed=4)
    with pytest.raises(ConfigError, match="no teacher has a task 'alike'"):
        finetune_tiny(config, [taught_by(teacher)])
    overrides = [f'output="{tmp_path}/taught"', taught_by(teacher), "distillation.tasks=['mood']"]
    finetune_tiny(config, overrides)
    cached = {path.name.partition("-taught-")[0] for path in tmp_path.glob("encoded/*-taught-*")}
    assert cached == {"mood"}


def test_a_teacher_may_read_other_tokens(config: Path, tmp_path: Path) -> None:
    teacher = Path(save_teacher(tmp_path / "teacher", TASKS, seed=1))
    tokenizer = json.loads((teacher / "tokenizer.json").read_text(encoding="utf-8"))
    tokenizer["normalizer"] = {"type": "Lowercase"}
    (teacher / "tokenizer.json").write_text(json.dumps(tokenizer), encoding="utf-8")
    finetune_tiny(config, [taught_by(str(teacher))])
    assert len(list((tmp_path / "encoded").glob("*-taught-*"))) == 2


@pytest.mark.parametrize(
    ("tasks", "problem"),
    [
        ({"other": MOOD}, r"no teacher has a task 'mood'"),
        (
            {"mood": Classification(labels=("good", "bad"))},
            r"has a task 'mood' with the labels \('good', 'bad'\), and the run's has \('bad', ",
        ),
        ({"mood": Regression()}, r"has a task 'mood' with the loss squared_error, and the run's"),
        (
            {"mood": MOOD, "alike": Similarity(scale=1.0)},
            r"a task 'alike' with the largest degree 1\.0, and the run's has 5\.0",
        ),
    ],
)
def test_a_teacher_of_something_else_is_refused(
    config: Path, tmp_path: Path, tasks: dict[str, AnyTask], problem: str
) -> None:
    teacher = save_teacher(tmp_path / "teacher", tasks, seed=0)
    with pytest.raises(ConfigError, match=problem):
        finetune_tiny(config, [taught_by(teacher)])


def write_entities(config: Path, *, crf: bool = False) -> None:
    """Let the config name one task, which is answered token by token."""
    rows = [{"tokens": ["the", "old", "bridge"], "tags": ["O", "B-X", "I-X"]}] * 8
    write_rows(config.parent / "names.jsonl", rows)
    text = config.read_text(encoding="utf-8")
    before, after = text.partition("[tasks.mood]")[0], text.partition("[trainer]")[2]
    table = f'[tasks.names]\nkind = "entities"\ntrain = "names.jsonl"\ncrf = {str(crf).lower()}\n'
    table += 'validation = "names.jsonl"\n\n[trainer]'
    config.write_text(before + table + after, encoding="utf-8")


def test_tags_are_learned_from_a_teacher_that_reads_the_same_tokens(
    config: Path, tmp_path: Path
) -> None:
    write_entities(config)
    teacher = Path(save_teacher(tmp_path / "teacher", {"names": Entities(labels=("X",))}, seed=1))
    overrides = [taught_by(str(teacher)), f'output="{tmp_path}/taught"']
    with pytest.raises(ConfigError, match="reads other tokens than the student, so task 'names'"):
        finetune_tiny(config, overrides)
    shutil.copy(teacher / "tokenizer.json", tmp_path / "encoder" / "tokenizer.json")
    finetune_tiny(config, overrides)
    assert len(list((tmp_path / "encoded").glob("names-taught-*"))) == 1


def test_a_task_whose_answers_have_no_mean_is_refused(config: Path, tmp_path: Path) -> None:
    write_entities(config, crf=True)
    names = Entities(labels=("X",), crf=True)
    teacher = save_teacher(tmp_path / "teacher", {"names": names}, seed=1)
    with pytest.raises(ConfigError, match="distillation averages probabilities or numbers, and"):
        finetune_tiny(config, [taught_by(teacher)])
