"""The configs that come with the repository are ones that the commands take."""

import json
from pathlib import Path

import pytest

from concord.artifact import CARD_FILE, SECTION, find_model
from concord.artifact import load_config as load_model_config
from concord.config import load_config
from concord.data.recipe import LicenceClass
from concord.data.recipes import get_recipe
from concord.workflows.finetuning.config import load_finetune_config
from concord.workflows.staging.plan import (
    Finished,
    build_stage_table,
    load_stages_config,
    planned_stages,
)
from concord.workflows.train import TrainConfig

FOLDER = Path(__file__).parents[2] / "configs"
CONFIGS = sorted(FOLDER.glob("*.toml"))
TASK_CONFIGS = [*sorted((FOLDER / "tasks").glob("*.toml")), FOLDER / "stages" / "five-kinds.toml"]
STAGES_CONFIGS = [
    path for path in sorted((FOLDER / "stages").glob("*.toml")) if path not in TASK_CONFIGS
]


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_a_config_loads_and_names_recipes_of_the_classes_it_allows(path: Path) -> None:
    data = load_config(path, TrainConfig, ["data.folder=anywhere"]).data
    classes = {get_recipe(name).licence_class for name in data.recipes}
    assert classes <= set(data.licence_classes)
    assert set(data.sampling.weights) == set(data.recipes)


def test_the_configs_of_the_bundled_model_allow_open_data_alone() -> None:
    bundled = [path for path in CONFIGS if "research" not in path.stem]
    # v0 in three parts, a run that goes on from it, 1.0 in five, its questions
    assert len(bundled) == 10
    for path in bundled:
        config = load_config(path, TrainConfig, ["data.folder=anywhere"])
        assert config.data.licence_classes == (LicenceClass.OPEN,)


@pytest.mark.parametrize("path", TASK_CONFIGS, ids=lambda path: path.stem)
def test_a_config_of_tasks_loads_and_names_their_data(path: Path) -> None:
    config, tasks = load_finetune_config(path, ["data_dir=anywhere"])
    assert all(task.train for task in tasks.values())
    assert set(config.sampling.weights) <= set(tasks)


@pytest.mark.parametrize("path", STAGES_CONFIGS, ids=lambda path: path.stem)
def test_a_config_of_stages_loads_and_each_stage_is_one_of_finetuning(
    path: Path, tmp_path: Path
) -> None:
    config = load_stages_config(path, ["data_dir=anywhere"])
    for regime in config.regimes.values():
        for planned in planned_stages(config, regime):
            before = Finished(tmp_path / "model") if planned.is_continued else None
            table = {**build_stage_table(config, regime, planned, before, 0), "output": "run"}
            written = tmp_path / "stage.json"
            written.write_text(json.dumps(table), encoding="utf-8")
            stage, tasks = load_finetune_config(written)
            assert list(tasks) == [*planned.stage.tasks, *planned.rehearsed]
            assert set(stage.sampling.max_examples) == set(tasks)


def test_the_bundled_models_card_tells_the_chunks_that_it_is_used_with() -> None:
    folder = find_model()
    chunk_tokens = load_model_config(folder)[SECTION]["chunk_tokens"]
    assert f'"chunk_tokens": {chunk_tokens},' in (folder / CARD_FILE).read_text(encoding="utf-8")
