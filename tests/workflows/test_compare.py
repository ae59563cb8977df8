"""Ways to train side by side, from a config file to a table."""

from pathlib import Path

import pytest
from tests.tiny_models import save_tiny_model
from tests.tiny_tasks import write_reviews

from concord.errors import ConfigError
from concord.workflows.compare import compare_methods, load_compare_config

_BASE = """
output = "run"
threads = 1
max_tokens = 32
max_batch_tokens = 128

[encoder]
name = "{folder}/encoder"

[tasks.mood]
kind = "classification"
train = "reviews.jsonl"
validation = "reviews.jsonl"
text = "body"
label = "stars"

[trainer]
epochs = 1
mixed_precision = "no"
validations = 1
"""
_COMPARISON = """
base = "base.toml"
output = "{folder}/compared"
title = "Freezing"
overrides = ["max_tokens=16"]

[methods.full]
title = "All learns"

[methods.faster]
overrides = ["trainer.optimizer.learning_rate=3e-3"]

[methods.broken]
overrides = ["trainer.epochs=0"]
"""


@pytest.fixture
def config_file(tmp_path: Path) -> Path:
    save_tiny_model(tmp_path / "encoder")
    write_reviews(tmp_path / "reviews.jsonl")
    (tmp_path / "base.toml").write_text(_BASE.format(folder=tmp_path), encoding="utf-8")
    path = tmp_path / "methods.toml"
    path.write_text(_COMPARISON.format(folder=tmp_path), encoding="utf-8")
    return path


def test_each_method_is_trained_and_measured_and_one_that_cannot_run_is_told(
    config_file: Path,
) -> None:
    said: list[str] = []
    config = load_compare_config(config_file)
    first = compare_methods(config, told=said.append)
    by_name = {each.name: each for each in first.methods}
    assert first.tasks == {"mood": "accuracy"}
    assert [len(by_name[name].runs) for name in ("full", "faster", "broken")] == [1, 1, 0]
    assert "trainer.epochs must be at least 1, got 0" in by_name["broken"].problem
    (full,) = by_name["full"].runs
    assert full.summary.learned_parameters < full.summary.parameters  # the pooler stays
    assert full.summary.peak_memory_mb > 50  # torch alone takes that
    assert full.summary.examples == 24  # four copies of six reviews, once
    page = (config.output / "comparison.md").read_text(encoding="utf-8")
    assert page.startswith("# Freezing\n")
    assert "All learns" in page
    assert said.count("full, seed 0: training") == 1

    said.clear()
    assert compare_methods(config, told=said.append) == first
    assert "full, seed 0: training" not in said  # finished runs stay as they are
    assert "broken, seed 0: training" in said


def test_a_base_config_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = tmp_path / "methods.toml"
    path.write_text('base = "no.toml"\noutput = "x"\n[methods.a]\n', encoding="utf-8")
    with pytest.raises(ConfigError, match=r"there is no base config .*no\.toml"):
        load_compare_config(path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('base = "a"\noutput = "x"\nmethods = {}\n', "methods names none"),
        ('base = "a"\noutput = "x"\nseeds = []\n[methods.a]\n', "seeds is empty"),
        ('base = "a"\noutput = "x"\n[methods."a/b"]\n', r"methods\.a/b: a name has letters"),
    ],
)
def test_what_cannot_be_compared_is_told(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "methods.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=said):
        load_compare_config(path)
