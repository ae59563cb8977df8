"""Two processes that train together, are killed, and go on to the same losses."""

import time
from pathlib import Path
from typing import Any

import pytest
from tests.tiny_finetuning import finetune_tiny, write_tasks
from tests.tiny_training import RunTrace, build_context, read_log
from tests.training.test_two_processes import free_port, join_ranks


def _train(config: Path, rank: int, port: int, run: Path) -> None:
    join_ranks(rank, 2, port)
    finetune_tiny(config, [f'output="{run}"'])


def _start(config: Path, run: Path) -> list[Any]:
    context, port = build_context(), free_port()
    ranks = [context.Process(target=_train, args=(config, rank, port, run)) for rank in (0, 1)]
    for rank in ranks:
        rank.start()
    return ranks


def _train_to_the_end(config: Path, run: Path) -> None:
    for rank in _start(config, run):
        rank.join(120)
        assert rank.exitcode == 0


@pytest.mark.slow
def test_two_killed_processes_go_on_to_the_same_losses(tmp_path: Path) -> None:
    config = write_tasks(tmp_path)
    unbroken, killed = tmp_path / "unbroken", tmp_path / "killed"
    _train_to_the_end(config, unbroken)
    ranks = _start(config, killed)
    while all(rank.is_alive() for rank in ranks) and len(read_log(killed)) < 4:
        time.sleep(0.001)
    for rank in ranks:
        rank.kill()
    for rank in ranks:
        rank.join()
    assert [rank.exitcode for rank in ranks] == [-9, -9]
    assert len(read_log(killed)) < len(read_log(unbroken))
    _train_to_the_end(config, killed)
    assert RunTrace.read(killed) == RunTrace.read(unbroken)
