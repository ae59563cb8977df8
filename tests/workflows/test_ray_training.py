"""Fine-tuning by the workers of a Ray cluster on this machine."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.tiny_finetuning import finetune_tiny, write_tasks
from tests.tiny_training import read_log

from concord.errors import ConcordError, ConfigError
from concord.workflows.ray_training import finetune_on_ray


@pytest.fixture
def local_ray(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    ray = pytest.importorskip("ray")
    pytest.importorskip("ray.train")
    monkeypatch.setenv("RAY_worker_niceness", "0")  # else whatever runs beside it goes first
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    yield ray
    ray.shutdown()


@pytest.mark.slow
@pytest.mark.filterwarnings("default")  # Ray's own
@pytest.mark.usefixtures("local_ray")
def test_two_workers_train_one_model_and_go_on_after_a_kill(tmp_path: Path) -> None:
    config = write_tasks(tmp_path)
    run = tmp_path / "run"
    folder = finetune_on_ray(config, workers=2)
    assert (folder / "model.safetensors").is_file()
    unbroken = [(line["step"], line["loss"]) for line in read_log(run)]
    one = tmp_path / "one"
    finetune_tiny(config, [f'output="{one}"'])
    examples = [read_log(each)[-1]["pairs"] for each in (run, one)]
    steps = [read_log(each)[-1]["step"] for each in (run, one)]
    assert examples[0] >= examples[1]  # the last step of an epoch gives each process a batch
    assert steps[0] < steps[1]  # two processes do two micro-batches in a step
    shutil.rmtree(run / "model")
    for checkpoint in sorted(run.glob("checkpoint-*"))[len(unbroken) // 2 :]:
        shutil.rmtree(checkpoint)
    finetune_on_ray(config, workers=2)
    assert [(line["step"], line["loss"]) for line in read_log(run)] == unbroken


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
@pytest.mark.usefixtures("local_ray")
def test_what_cannot_work_is_told_in_one_sentence(tmp_path: Path) -> None:
    config = write_tasks(tmp_path)
    with pytest.raises(ConfigError, match=r"need 3 cores and the cluster has 2; start fewer"):
        finetune_on_ray(config, workers=3)
    (tmp_path / "reviews.jsonl").unlink()
    with pytest.raises(ConcordError, match=r"training on Ray failed: .*reviews.jsonl") as caught:
        finetune_on_ray(config, workers=1)
    assert "\n" not in str(caught.value)


def test_a_number_of_workers_that_cannot_be_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"--ray-workers must be at least 1, got 0"):
        finetune_on_ray(tmp_path / "tasks.toml", workers=0)
