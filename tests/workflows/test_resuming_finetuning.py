"""Whatever a run learns by, it goes on from a checkpoint to the very same model."""

from pathlib import Path

import pytest
from tests.tiny_finetuning import FinetuneTrace, finetune_tiny, forget_after, write_tasks

from concord.errors import ConcordError

WAYS = {
    "plain": [],
    "ema": ["trainer.averaging={kind='ema', decay=0.5}"],
    "last": ["trainer.averaging={kind='last', last=2}"],
    "r_drop": ["trainer.regularization={kind='r_drop'}"],
    "anchor": ["trainer.anchor={weight=5.0}"],
    "smart": ["trainer.regularization={kind='smart'}"],
    "adafactor": ["trainer.optimizer.name='adafactor'"],
    "sophia_g": ["trainer.optimizer.name='sophia_g'", "trainer.optimizer.sophia.interval=2"],
    "sophia_h": ["trainer.optimizer.name='sophia_h'", "trainer.optimizer.sophia.interval=3"],
    "plateau": [
        "trainer.optimizer.schedule='plateau'",
        "trainer.optimizer.plateau={patience=1, factor=0.1}",
        "trainer.direction='min'",  # of a metric that rises, so that the rate falls
    ],
    "layer_decay": ["trainer.optimizer.layer_decay=0.5"],
    "unfreezing": ["trainer.unfreezing={every=3, unit='steps'}"],
    "all at once": [
        "trainer.averaging={kind='ema', decay=0.5}",
        "trainer.regularization={kind='r_drop'}",
        "trainer.optimizer.name='sophia_h'",
        "trainer.optimizer.sophia.interval=2",
        "trainer.optimizer.layer_decay=0.5",
        "trainer.unfreezing={every=1, unit='epochs'}",
    ],
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


def test_checkpointed_layers_give_the_same_losses(
    config: Path, plain: FinetuneTrace, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    finetune_tiny(config, [f'output="{run}"', "trainer.gradient_checkpointing=true"])
    found = FinetuneTrace.read(run).run.steps
    assert [step["loss"] for step in found] == pytest.approx(
        [step["loss"] for step in plain.run.steps], rel=1e-5
    )


@pytest.mark.parametrize(
    ("overrides", "problem"),
    [
        (
            ["trainer.averaging={kind='mean'}"],
            r"trainer\.averaging\.kind should be 'ema' or 'last'",
        ),
        (["trainer.averaging={decays=0.9}"], r"unknown key 'trainer\.averaging\.decays'"),
        (["trainer.anchor.weight=0"], r"anchor\.weight must be above 0, got 0"),
        (["distillation={teachers=['a'], tasks=['mod']}"], r"distillation\.tasks names 'mod'"),
        (["sampling.shares.mod=0.1"], r"sampling\.shares names 'mod', and the data sets are"),
        (["trainer.regularization.alpha=0"], r"regularization\.alpha must be above 0, got 0"),
        (["trainer.optimizer.name='sgd'"], r"trainer\.optimizer\.name should be 'adamw'"),
        (["trainer.unfreezing.every=1", "adaptation.kind='frozen'"], r"all of them are frozen"),
        (["trainer.optimizer.schedule='plateau'", "trainer.validations=0"], r"follows a valid"),
        (["distillation.weight=1"], r"distillation\.teachers is missing"),
    ],
)
def test_a_wrong_option_is_told_in_one_sentence(
    config: Path, tmp_path: Path, overrides: list[str], problem: str
) -> None:
    with pytest.raises(ConcordError, match=problem) as caught:
        finetune_tiny(config, [f'output="{tmp_path}/run"', *overrides])
    assert "\n" not in str(caught.value)
