"""Whatever a run learns by, it goes on from a checkpoint to the very same model."""

from pathlib import Path

import pytest
from tests.tiny_finetuning import FinetuneTrace, finetune_tiny, forget_after, write_tasks

WAYS = {
    "plain": [],
    "ema": ["trainer.averaging={kind='ema', decay=0.5}"],
    "last": ["trainer.averaging={kind='last', last=2}"],
    "r_drop": ["trainer.regularization={kind='r_drop'}"],
    "smart": ["trainer.regularization={kind='smart'}"],
}


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tasks(tmp_path_factory.mktemp("resuming"))


@pytest.fixture(scope="module")
def plain(config: Path) -> FinetuneTrace:
    finetune_tiny(config)
    return FinetuneTrace.read(config.parent / "run")


@pytest.mark.parametrize("way", WAYS)
def test_a_resumed_run_ends_as_the_unbroken_one(
    config: Path, plain: FinetuneTrace, tmp_path: Path, way: str
) -> None:
    run = tmp_path / "run"
    overrides = [f'output="{run}"', *WAYS[way]]
    finetune_tiny(config, overrides)
    unbroken = FinetuneTrace.read(run)
    steps = len(unbroken.run.steps)
    assert steps > 6
    forget_after(run, steps // 2)
    finetune_tiny(config, overrides)
    assert FinetuneTrace.read(run) == unbroken
    assert (unbroken == plain) == (way == "plain")  # each way makes a difference
