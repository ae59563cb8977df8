"""Test sets held against the data of training configs."""

from pathlib import Path

import pytest
from tests.tiny_data import write_data_folder

from concord.data.examples import read_examples
from concord.data.recipe import Split
from concord.data.recipes import get_recipe
from concord.errors import ConfigError
from concord.workflows.training_overlap import overlaps_of

CONFIG = """
output = "run"

[data]
folder = "data"
recipes = ["snli", "paws"]
"""


def test_validation_rows_that_are_copies_of_training_rows_are_all_found(tmp_path: Path) -> None:
    write_data_folder(tmp_path / "data")  # the first 12 of 24 training rows are the validation
    configs = [tmp_path / "first.toml", tmp_path / "second.toml"]
    for config in configs:
        config.write_text(CONFIG, encoding="utf-8")
    test_sets = {
        name: list(read_examples(get_recipe(name), tmp_path / "data", Split.VALIDATION))
        for name in ("snli", "stsb")
    }
    override = f"data.folder={tmp_path / 'data'}"
    snli, stsb = overlaps_of(configs, test_sets, [override])
    assert (snli.set, snli.rows, snli.exact, snli.near) == ("snli", 12, 12, 0)
    assert snli.source == "the training splits of first.toml, second.toml"
    assert "base encoder: trained on it" in snli.note
    assert stsb.rows == 12
    assert "base encoder" not in stsb.note


def test_rows_beyond_those_that_a_run_read_do_not_count(tmp_path: Path) -> None:
    write_data_folder(tmp_path / "data")
    config = tmp_path / "small.toml"
    config.write_text(CONFIG, encoding="utf-8")
    examples = list(read_examples(get_recipe("snli"), tmp_path / "data", Split.VALIDATION))
    overrides = [f"data.folder={tmp_path / 'data'}", "data.max_rows=3", 'data.recipes=["snli"]']
    (overlap,) = overlaps_of([config], {"snli": examples}, overrides)
    assert overlap.exact == 3


def test_a_config_of_something_else_is_refused(tmp_path: Path) -> None:
    config = tmp_path / "other.toml"
    config.write_text("model = 3\n", encoding="utf-8")
    with pytest.raises(ConfigError):
        overlaps_of([config], {})
