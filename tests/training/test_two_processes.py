"""Two processes with half of a step's batches each do what one does with all of them."""

import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Literal, TypeAlias

import pytest
from tests.reference.test_losses import build_mixture, model_without_dropout
from tests.tiny_objective import TinyBatches, TinyObjective, TwoHeads
from tests.tiny_training import alignment_trainer, build_context, read_log

from concord.training import Trainer, TrainerOptions

Gradients: TypeAlias = Literal["sum", "pcgrad"]


def join_ranks(rank: int, world: int, port: int) -> None:
    if world > 1:
        ranks = {"RANK": rank, "LOCAL_RANK": rank, "WORLD_SIZE": world, "MASTER_PORT": port}
        os.environ |= {name: str(value) for name, value in ranks.items()}
        os.environ |= {"MASTER_ADDR": "127.0.0.1", "ACCELERATE_USE_CPU": "true"}


def train_rank(folder: Path, rank: int, world: int, port: int, gradients: Gradients) -> None:
    join_ranks(rank, world, port)
    model = model_without_dropout()
    mixture = build_mixture(model, max_batch_tokens=60)
    assert len(mixture.epoch(0)) % 4 == 0
    options = TrainerOptions(
        epochs=2,
        accumulation_steps=4 // world,
        mixed_precision="no",
        validations=0,
        gradients=gradients,
    )
    alignment_trainer(model, mixture, options, folder, seed=0).train()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def train_two_heads(folder: Path, rank: int, world: int, port: int, gradients: Gradients) -> None:
    """Train a model of which each batch uses one head only."""
    join_ranks(rank, world, port)
    options = TrainerOptions(
        epochs=3,
        accumulation_steps=4 // world,
        mixed_precision="no",
        validations=0,
        gradients=gradients,
    )
    Trainer(
        TwoHeads(),
        TinyBatches(),
        TinyObjective(),
        options,
        folder,
        seed=0,
        may_skip_parameters=True,
    ).train()


@pytest.mark.slow
@pytest.mark.parametrize("gradients", ["sum", "pcgrad"])
@pytest.mark.parametrize(
    ("train", "pairs"), [(train_rank, 42), (train_two_heads, 96)], ids=["alignment", "two heads"]
)
def test_two_processes_have_the_losses_of_one(
    tmp_path: Path, train: Callable[..., None], pairs: int, gradients: Gradients
) -> None:
    context, port = build_context(), free_port()
    runs = [(tmp_path / "one", 0, 1, port), *((tmp_path / "two", i, 2, port) for i in (0, 1))]
    children = [context.Process(target=train, args=(*run, gradients)) for run in runs]
    for child in children:
        child.start()
    for child in children:
        child.join(60)
        assert child.exitcode == 0
    one, two = ([line["loss"] for line in read_log(tmp_path / name)] for name in ("one", "two"))
    assert len(one) > 1
    assert two == pytest.approx(one, abs=1e-5)
    assert [read_log(tmp_path / name)[-1]["pairs"] for name in ("one", "two")] == [pairs, pairs]
