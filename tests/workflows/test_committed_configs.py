"""The configs that come with the repository are ones that the commands take."""

from pathlib import Path

import pytest

from concord.artifact import CARD_FILE, SECTION, find_model
from concord.artifact import load_config as load_model_config
from concord.config import load_config
from concord.data.recipe import LicenceClass
from concord.data.recipes import get_recipe
from concord.workflows.finetune import load_finetune_config
from concord.workflows.train import TrainConfig

FOLDER = Path(__file__).parents[2] / "configs"
CONFIGS = sorted(FOLDER.glob("*.toml"))
TASK_CONFIGS = sorted((FOLDER / "tasks").glob("*.toml"))


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_a_config_loads_and_names_recipes_of_the_classes_it_allows(path: Path) -> None:
    data = load_config(path, TrainConfig, ["data.folder=anywhere"]).data
    classes = {get_recipe(name).licence_class for name in data.recipes}
    assert classes <= set(data.licence_classes)
    assert set(data.sampling.weights) == set(data.recipes)


def test_the_configs_of_the_bundled_model_allow_open_data_alone() -> None:
    bundled = [path for path in CONFIGS if "research" not in path.stem]
    assert len(bundled) == 4  # three parts, and a short run that goes on
    for path in bundled:
        config = load_config(path, TrainConfig, ["data.folder=anywhere"])
        assert config.data.licence_classes == (LicenceClass.OPEN,)


@pytest.mark.parametrize("path", TASK_CONFIGS, ids=lambda path: path.stem)
def test_a_config_of_tasks_loads_and_names_their_data(path: Path) -> None:
    config, tasks = load_finetune_config(path, ["data_dir=anywhere"])
    assert all(task.train for task in tasks.values())
    assert set(config.sampling.weights) <= set(tasks)


def test_the_bundled_models_card_tells_the_chunks_that_it_is_used_with() -> None:
    folder = find_model()
    chunk_tokens = load_model_config(folder)[SECTION]["chunk_tokens"]
    assert f'"chunk_tokens": {chunk_tokens},' in (folder / CARD_FILE).read_text(encoding="utf-8")
