"""Two processes with half of a step's batches each do what one does with all of them."""

import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, TypeAlias

import pytest
from tests.reference.test_losses import build_mixture, model_without_dropout
from tests.tiny_objective import TinyBatches, TinyObjective, TwoHeads
from tests.tiny_training import alignment_trainer, build_context, read_log

from concord.training import Trainer, TrainerOptions
from concord.training.losses.regularization import RegularizationOptions
from concord.training.optimization.optim import OptimizerOptions
from concord.training.optimization.sophia import SophiaOptions
from concord.training.optimization.unfreezing import UnfreezingOptions

Gradients: TypeAlias = Literal["sum", "pcgrad"]


def join_ranks(rank: int, world: int, port: int) -> None:
    if world > 1:
        ranks = {"RANK": rank, "LOCAL_RANK": rank, "WORLD_SIZE": world, "MASTER_PORT": port}
        os.environ |= {name: str(value) for name, value in ranks.items()}
        os.environ |= {"MASTER_ADDR": "127.0.0.1", "ACCELERATE_USE_CPU": "true"}


def train_rank(
    folder: Path, rank: int, world: int, port: int, gradients: Gradients, **more: Any
) -> None:
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
        **more,
    )
    alignment_trainer(model, mixture, options, folder, seed=0).train()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def train_two_heads(
    folder: Path, rank: int, world: int, port: int, gradients: Gradients, **more: Any
) -> None:
    """Train a model of which each batch uses one head only."""
    join_ranks(rank, world, port)
    options = TrainerOptions(
        epochs=3,
        accumulation_steps=4 // world,
        mixed_precision="no",
        validations=0,
        gradients=gradients,
        **more,
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


def losses_of_both(
    folder: Path, train: Callable[..., None], gradients: Gradients, **more: Any
) -> tuple[list[float], list[float]]:
    """Train in one process and in two, and return the losses of each step."""
    context, port = build_context(), free_port()
    runs = [(folder / "one", 0, 1, port), *((folder / "two", i, 2, port) for i in (0, 1))]
    children = [context.Process(target=train, args=(*run, gradients), kwargs=more) for run in runs]
    for child in children:
        child.start()
    for child in children:
        child.join(60)
        assert child.exitcode == 0
    one, two = ([line["loss"] for line in read_log(folder / name)] for name in ("one", "two"))
    assert len(one) > 1
    return one, two


@pytest.mark.slow
@pytest.mark.parametrize("gradients", ["sum", "pcgrad"])
@pytest.mark.parametrize(
    ("train", "pairs"), [(train_rank, 42), (train_two_heads, 96)], ids=["alignment", "two heads"]
)
def test_two_processes_have_the_losses_of_one(
    tmp_path: Path, train: Callable[..., None], pairs: int, gradients: Gradients
) -> None:
    one, two = losses_of_both(tmp_path, train, gradients)
    assert two == pytest.approx(one, abs=1e-5)
    assert [read_log(tmp_path / name)[-1]["pairs"] for name in ("one", "two")] == [pairs, pairs]


SOPHIA = OptimizerOptions(
    name="sophia_h", learning_rate=1e-2, sophia=SophiaOptions(interval=2, gamma=0.5)
)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("train", "more"),
    [
        (train_two_heads, {"optimizer": SOPHIA}),
        (train_rank, {"optimizer": SOPHIA, "unfreezing": UnfreezingOptions(unit="steps")}),
        (train_rank, {"regularization": RegularizationOptions(kind="r_drop")}),
        (train_rank, {"gradient_checkpointing": True}),
    ],
    ids=["curvature", "unfreezing", "two readings", "checkpointed layers"],
)
def test_so_they_do_with_whatever_stands_around_a_step(
    tmp_path: Path, train: Callable[..., None], more: dict[str, Any]
) -> None:
    one, two = losses_of_both(tmp_path, train, "sum", **more)
    assert two == pytest.approx(one, abs=1e-5)
