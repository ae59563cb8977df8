"""Tasks learned in stages, from a config file to matrices, and such a run killed and resumed."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from safetensors.torch import load_file
from tests.tiny_models import save_tiny_model
from tests.tiny_tasks import write_reviews, write_rows

from concord.errors import ConfigError
from concord.evaluation.metrics.continual import AccuracyMatrix
from concord.workflows.finetune import run_finetuning
from concord.workflows.finetuning.config import load_finetune_config
from concord.workflows.stages import run_stages
from concord.workflows.staging.plan import load_stages_config
from concord.workflows.staging.plots import save_stages_plot
from concord.workflows.staging.results import RegimeResult, StagesResult, stages_markdown

_BASE = """
output = "run"
threads = 1
max_tokens = 32
max_batch_tokens = 64

[encoder]
name = "{folder}/encoder"

[tasks.mood]
kind = "classification"
train = "reviews.jsonl"
validation = "reviews.jsonl"
text = "body"
label = "stars"

[tasks.alike]
kind = "similarity"
train = "pairs.jsonl"
validation = "pairs.jsonl"
text = "a"
text_pair = "b"

[tasks.third]
kind = "classification"
train = "third.jsonl"
validation = "third.jsonl"

[trainer]
epochs = 1
mixed_precision = "no"
validations = 0
checkpoint_steps = 1

[trainer.optimizer]
learning_rate = 3e-3
"""
_STAGES = """
base = "base.toml"
output = "{folder}/staged"
title = "Three tasks"
overrides = ["sampling.max_examples={{third=20}}"]

[[stages]]
tasks = ["mood"]
overrides = ["trainer.epochs=2"]

[[stages]]
tasks = ["alike"]

[[stages]]
tasks = ["third"]

[regimes.naive]
"""
_REGIMES = """
[regimes.rehearsal]
title = "rehearsal, a quarter"
rehearsal = { share = 0.25 }

[regimes.ewc]
holding = { kind = "ewc", weight = 100.0, rows = 5 }

[regimes.l2]
stages = ["mood", "alike"]
holding = { kind = "l2", weight = 10.0 }

[regimes.distilled]
stages = ["mood", "alike"]
rehearsal = { share = 0.25, weight = 0.5, loss_weight = 0.1 }
distilling = { weight = 1.0 }

[regimes.adapters]
stages = ["mood", "alike"]
overrides = ["adaptation={kind='lora', rank=2, per_task=true}"]

[regimes.joint]
order = "joint"

[regimes.single]
order = "single"
stages = ["mood", "alike"]

[regimes.broken]
stages = ["alike"]
overrides = ["trainer.epochs=0"]
"""


def write_stages(folder: Path, regimes: str = "") -> Path:
    """Write data, an encoder, a base config and one of stages."""
    save_tiny_model(folder / "encoder")
    write_reviews(folder / "reviews.jsonl")
    pairs = [
        {"a": f"the bridge {n % 7}", "b": f"the bridge {n % 5}", "label": 5.0 * (n % 7 == n % 5)}
        for n in range(20)
    ]
    write_rows(folder / "pairs.jsonl", pairs)
    rows = [{"text": f"it is {n}", "label": f"kind {n % 3}"} for n in range(30)]
    write_rows(folder / "third.jsonl", rows)
    (folder / "base.toml").write_text(_BASE.format(folder=folder), encoding="utf-8")
    path = folder / "stages.toml"
    path.write_text(_STAGES.format(folder=folder) + regimes, encoding="utf-8")
    return path


def train_here(config: Path, overrides: Sequence[str], folder: Path) -> str | None:
    """Train in this process, which has everything imported already."""
    assert folder == config.parent
    try:
        run_finetuning(*load_finetune_config(config, overrides))
    except ConfigError as error:
        return str(error)
    return None


@pytest.fixture(scope="module")
def config_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_stages(tmp_path_factory.mktemp("stages"), _REGIMES)


@pytest.fixture(scope="module")
def result(config_file: Path) -> StagesResult:
    return run_stages(load_stages_config(config_file), train=train_here)


def regime(result: StagesResult, name: str) -> RegimeResult:
    return next(each for each in result.regimes if each.name == name)


def stage_config(result: StagesResult, name: str, place: int, output: Path) -> dict[str, Any]:
    """Return the config that a regime's stage was trained by."""
    run = regime(result, name).runs[0].stages[place].run
    found: dict[str, Any] = json.loads((output / run / "stage.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture
def output(config_file: Path) -> Path:
    return config_file.parent / "staged"


def test_after_each_stage_all_tasks_that_the_model_has_are_measured(result: StagesResult) -> None:
    (run,) = regime(result, "naive").runs
    assert [list(stage.figures) for stage in run.stages] == [
        ["mood"], ["mood", "alike"], ["mood", "alike", "third"]
    ]  # fmt: skip
    assert result.metrics == {"mood": "accuracy", "alike": "pearson", "third": "accuracy"}
    assert run.matrix.learned == {"mood": 0, "alike": 1, "third": 2}
    assert run.stages[0].summary.examples == 48  # 24 reviews in two epochs
    assert run.stages[2].summary.examples == 20  # of 30, as `max_examples` says


def test_a_stage_goes_on_from_the_model_before_it(result: StagesResult, output: Path) -> None:
    runs = [stage.run for stage in regime(result, "naive").runs[0].stages]
    configs = [stage_config(result, "naive", place, output) for place in range(3)]
    assert "initial_model" not in configs[0]
    for place in (1, 2):
        assert configs[place]["initial_model"] == str(output / runs[place - 1] / "model")
        assert list(configs[place]["tasks"]) == [("alike", "third")[place - 1]]


def test_regimes_that_begin_alike_share_their_stages(result: StagesResult, output: Path) -> None:
    alike = ("naive", "rehearsal", "ewc", "l2", "distilled", "single")
    assert len({regime(result, name).runs[0].stages[0].run for name in alike}) == 1
    # mood once, then 2 + 2 + 2 + 1 + 1 + 2 adapters + 1 joint + 1 single, and the broken one
    assert len(list((output / "runs").iterdir())) == 14


def test_rehearsed_tasks_have_the_stated_budget(result: StagesResult, output: Path) -> None:
    stages = regime(result, "rehearsal").runs[0].stages
    assert [stage.rehearsed for stage in stages] == [(), ("mood",), ("mood", "alike")]
    # 20 pairs and a quarter of 24 reviews; 20 rows, and a quarter of 24 reviews and of 20 pairs
    assert [stage.summary.examples for stage in stages] == [48, 20 + 6, 20 + 6 + 5]
    config = stage_config(result, "rehearsal", 2, output)
    assert config["sampling"] == {
        "max_examples": {"third": 20}, "shares": {"mood": 0.25, "alike": 0.25}
    }  # fmt: skip


def test_rehearsed_tasks_may_have_a_share_of_the_epoch(result: StagesResult, output: Path) -> None:
    config = stage_config(result, "distilled", 1, output)
    assert config["sampling"]["weights"] == {"alike": 0.5, "mood": 0.5}
    assert {name: task.get("loss_weight") for name, task in config["tasks"].items()} == {
        "alike": None,
        "mood": 0.1,
    }
    assert regime(result, "distilled").runs[0].stages[1].summary.examples == 26  # 13 each
    first = regime(result, "distilled").runs[0].stages[0].run
    assert config["distillation"]["teachers"] == [str(output / first / "model")]
    assert config["distillation"]["tasks"] == ["mood"]


def test_ewc_adds_up_the_fisher_information_of_all_stages_before(
    result: StagesResult, output: Path
) -> None:
    first, second = (
        stage_config(result, "ewc", place, output)["trainer"]["anchor"] for place in (1, 2)
    )
    assert first["weight"] == 100
    before, after = (load_file(each["fisher"]) for each in (first, second))
    assert before.keys() == after.keys()
    assert all(bool((after[name] >= before[name]).all()) for name in before)
    assert sum(float((after[name] - before[name]).sum()) for name in before) > 0
    assert stage_config(result, "l2", 1, output)["trainer"]["anchor"] == {"weight": 10}
    assert "anchor" not in stage_config(result, "naive", 1, output)["trainer"]


def test_held_weights_stay_nearer_to_the_stage_before(result: StagesResult, output: Path) -> None:
    def moved(name: str) -> float:
        start, end = (
            load_file(output / stage.run / "model" / "model.safetensors")
            for stage in regime(result, name).runs[0].stages[:2]
        )
        return sum(float((end[key].float() - start[key].float()).square().sum()) for key in end)

    assert moved("l2") < moved("naive")
    assert moved("ewc") != moved("naive")


def test_an_adapter_for_each_task_forgets_nothing(result: StagesResult) -> None:
    adapters = regime(result, "adapters")
    assert adapters.mean(AccuracyMatrix.mean_forgetting) == 0
    assert adapters.runs[0].matrix.followed == ("mood",)


def test_joint_and_single_training_have_no_stage_that_follows(result: StagesResult) -> None:
    (joint,) = regime(result, "joint").runs[0].stages
    assert list(joint.figures) == ["mood", "alike", "third"]
    assert joint.summary.examples == 24 + 20 + 20
    single = regime(result, "single")
    assert [list(stage.figures) for stage in single.runs[0].stages] == [["mood"], ["alike"]]
    for name in ("joint", "single"):
        assert regime(result, name).mean(AccuracyMatrix.mean_forgetting) is None


def test_what_was_found_is_written_down(result: StagesResult, output: Path) -> None:
    page = stages_markdown(result)
    assert page.startswith("# Three tasks\n")
    assert "stage.json: trainer: trainer.epochs must be at least 1, got 0\n" in page
    assert "## rehearsal, a quarter\n" in page
    table = json.loads((output / "stages.json").read_text(encoding="utf-8"))
    means = {each["name"]: each["means"] for each in table["regimes"]}
    matrix = regime(result, "naive").runs[0].matrix
    assert means["naive"]["forgetting"] == matrix.mean_forgetting()
    assert means["naive"]["forgetting_by_task"] == {
        task: matrix.forgetting(task) for task in ("mood", "alike")
    }
    assert means["joint"]["forgetting"] is None


def test_finished_runs_stay_as_they_are(config_file: Path, result: StagesResult) -> None:
    said: list[str] = []

    def refuse(_config: Path, _overrides: Sequence[str], folder: Path) -> str | None:
        said.append(folder.name.partition("-")[0])
        return "not again"

    config = load_stages_config(config_file)
    again = run_stages(config, told=said.append, train=refuse)
    assert again.finished == result.finished
    assert said == ["broken, seed 0, alike: training", "alike", "broken, seed 0: not again"]


def test_matrices_and_curves_are_drawn(
    config_file: Path, result: StagesResult, tmp_path: Path
) -> None:
    save_stages_plot(result, tmp_path / "matrix.svg")
    assert (tmp_path / "matrix.svg").stat().st_size > 1000
    overrides = [
        "curve={task='alike', axis='tasks learned before'}",
        "regimes.single.stages=['alike']",
        "regimes.single.at=0",
        "regimes.naive.at=1",
        "regimes.naive.stages=['mood', 'alike']",
    ]
    curved = run_stages(load_stages_config(config_file, overrides), train=train_here)
    assert [at for at, _ in curved.lines()[""]] == [0, 1]
    save_stages_plot(curved, tmp_path / "curve.svg")
    assert (tmp_path / "curve.svg").stat().st_size > 1000
    assert "| line | tasks learned before | alike |" in stages_markdown(curved)


def _figures(output: Path) -> list[Mapping[str, Any]]:
    table = json.loads((output / "stages.json").read_text(encoding="utf-8"))
    return [stage["figures"] for stage in table["regimes"][0]["runs"][0]["stages"]]


def test_a_killed_run_goes_on_to_the_same_figures(result: StagesResult, tmp_path: Path) -> None:
    path = write_stages(tmp_path)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(each for each in sys.path if each)}
    command = [sys.executable, "-m", "concord.cli.main", "stages", str(path)]
    with subprocess.Popen(command, env=environment, start_new_session=True) as running:  # noqa: S603
        while not list((tmp_path / "staged").glob("runs/alike-*/checkpoint-*")):
            assert running.poll() is None
            time.sleep(0.005)
        os.killpg(running.pid, signal.SIGKILL)  # both processes, in the middle of a stage
    assert not (tmp_path / "staged" / "stages.json").exists()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stderr
    assert "naive, seed 0, mood: training" not in done.stderr
    naive = [stage.figures for stage in regime(result, "naive").runs[0].stages]
    expected = [{task: each.figure.value for task, each in figures.items()} for figures in naive]
    found = [
        {task: each["figure"]["value"] for task, each in figures.items()}
        for figures in _figures(tmp_path / "staged")
    ]
    assert found == expected


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("stages=[]", "stages is empty"),
        ("stages.0.tasks=[]", "a stage names no tasks"),
        ("stages.1.tasks=['mood']", "stages: two are called 'mood'"),
        (
            "stages.0={name='mood', tasks=['mod']}",
            r"stages\.mood names task 'mod'; .* has mood, alike, third",
        ),
        ("stages.0.name='a/b'", r"stages\.a/b: a name has letters, digits"),
        ("regimes={}", "regimes names none"),
        ("seeds=[]", "seeds is empty"),
        ("evaluation_rows=0", "evaluation_rows must be at least 1, got 0"),
        ("regimes.naive.stages=['mod']", r"naive\.stages names 'mod'; the stages are mood, alike"),
        ("regimes.naive.order='both'", r"regimes\.naive\.order should be 'sequential'"),
        ("regimes.naive.rehearsal.share=0", r"rehearsal\.share lies in \(0, 1\], got 0"),
        ("regimes.rehearsal.rehearsal.weight=1", r"rehearsal\.weight lies between 0 and 1, got 1"),
        ("regimes.rehearsal.rehearsal.loss_weight=0", r"loss_weight lies above 0, got 0"),
        ("regimes.naive.distilling.weight=1", "distilling teaches what is rehearsed; add"),
        ("regimes.joint.rehearsal.share=0.1", r"joint\.rehearsal keeps what .* 'joint', which"),
        ("regimes.ewc.holding.weight=0", r"holding\.weight must be above 0, got 0"),
        ("regimes.ewc.holding.rows=0", r"holding\.rows must be at least 1, got 0"),
        ("regimes.ewc.holding.decay=2", r"holding\.decay lies in \(0, 1\], got 2"),
        ("regimes.ewc.holding.kind='l1'", r"holding\.kind should be 'ewc' or 'l2'"),
        ("curve={task='mod', axis='n'}", "curve names task 'mod'"),
        ("base='no.toml'", r"there is no base config .*no\.toml"),
    ],
)
def test_what_cannot_be_learned_in_stages_is_told_in_one_sentence(
    config_file: Path, override: str, said: str
) -> None:
    with pytest.raises(ConfigError, match=said) as caught:
        load_stages_config(config_file, [override])
    assert "\n" not in str(caught.value)


def test_tasks_that_have_no_probabilities_are_told_where_ewc_needs_them(tmp_path: Path) -> None:
    path = write_stages(tmp_path, '[regimes.ewc]\nholding = { kind = "ewc" }\n')
    mood = "{kind='embedding', train='reviews.jsonl', anchor='body', positive='stars'}"
    overrides = [
        f'overrides=["tasks.mood={mood}"]',
        "regimes.naive.stages=['third']",
        "regimes.ewc.stages=['mood', 'third']",
    ]
    with pytest.raises(ConfigError, match="the Fisher information needs probabilities"):
        run_stages(load_stages_config(path, overrides), train=train_here)
