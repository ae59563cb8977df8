"""What a run remembers between steps, and the folder that survives a kill at any moment.

Everything is written under a name that starts with a dot and then renamed; a folder with its
final name is complete.
"""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from accelerate import Accelerator

STATE_FILE = "run_state.json"
LOG_FILE = "log.jsonl"


@dataclass(slots=True, kw_only=True)
class RunState:
    """Where a run stands after its last finished optimiser step.

    Attributes:
        step: Optimiser steps done.
        loss: The last one's loss.
        best_step: Step of the best validation so far.
        best_value: Its value of the chosen metric.
        stale_validations: Validations since then without a better one.
        pairs: Pairs seen.
        tokens: Tokens seen, padding left out.
        seconds: Time spent, validation included.
        processor_seconds: Processor time of this process, all its threads, spent on steps alone.
    """

    step: int = 0
    loss: float = 0.0
    best_step: int | None = None
    best_value: float | None = None
    stale_validations: int = 0
    pairs: int = 0
    tokens: int = 0
    seconds: float = 0.0
    processor_seconds: float = 0.0

    @classmethod
    def load(cls, checkpoint: Path) -> Self:
        """Read the state from a checkpoint."""
        return cls(**json.loads((checkpoint / STATE_FILE).read_text(encoding="utf-8")))

    def save(self, checkpoint: Path) -> None:
        """Write the state into a checkpoint."""
        (checkpoint / STATE_FILE).write_text(json.dumps(asdict(self)), encoding="utf-8")


def _partial_name(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.partial")


def _empty(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


def _finish(temporary: Path, folder: Path) -> None:
    """Give a filled folder its name, once it is on disk."""
    _flush(temporary)
    if folder.exists():  # an earlier run of the same step, killed before it was recorded
        _discard(folder)
    temporary.rename(folder)
    _flush_entry(folder.parent)


def _flush(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            _flush_entry(path)
    _flush_entry(folder)


def _flush_entry(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class RunFolder:
    """The files of one run: checkpoints, the best model, and the log.

    Args:
        path: Made if absent.
        keep_checkpoints: How many of the latest checkpoints stay.
    """

    def __init__(self, path: Path, *, keep_checkpoints: int = 2) -> None:
        path.mkdir(parents=True, exist_ok=True)
        self.path = path
        self.keep_checkpoints = keep_checkpoints

    def latest_checkpoint(self) -> Path | None:
        """Return the newest complete checkpoint."""
        return max(self.path.glob("checkpoint-*"), default=None)

    @contextmanager
    def written_checkpoint(self, state: RunState, accelerator: Accelerator) -> Iterator[Path]:
        """Give a folder that every process fills; it gets its name once all are done."""
        folder = self.path / f"checkpoint-{state.step:08d}"
        temporary = _partial_name(folder)
        if accelerator.is_main_process:
            _empty(temporary)
        accelerator.wait_for_everyone()
        yield temporary
        accelerator.wait_for_everyone()
        if accelerator.is_main_process:
            state.save(temporary)
            _finish(temporary, folder)

    def best_model(self, step: int) -> Path:
        """Return where the best model of a step is kept."""
        return self.path / f"best-{step:08d}"

    def write_best(self, step: int, save: Callable[[Path], object]) -> None:
        """Save the best model; earlier ones go once a checkpoint no longer refers to them."""
        folder = self.best_model(step)
        temporary = _partial_name(folder)
        _empty(temporary)
        save(temporary)
        _finish(temporary, folder)

    def drop_stale(self, state: RunState) -> None:
        """Remove old checkpoints, then the best models that no kept checkpoint refers to."""
        for old in sorted(self.path.glob("checkpoint-*"))[: -self.keep_checkpoints]:
            _discard(old)
        kept = {state.best_step}
        kept |= {RunState.load(found).best_step for found in self.path.glob("checkpoint-*")}
        for model in self.path.glob("best-*"):
            if int(model.name.removeprefix("best-")) not in kept:
                _discard(model)
        for doomed in self.path.glob(".*.discarded"):  # a kill came between
            shutil.rmtree(doomed)

    def append_log(self, record: dict[str, Any]) -> None:
        """Add one line to the log."""
        with (self.path / LOG_FILE).open("a", encoding="utf-8") as log:
            log.write(json.dumps(record) + "\n")

    def rewind_log(self, step: int) -> None:
        """Drop what the log says of later steps, which will be done again."""
        path = self.path / LOG_FILE
        if not path.exists():
            return
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [line for line in lines if line.endswith("\n") and json.loads(line)["step"] <= step]
        temporary = path.with_suffix(".partial")
        temporary.write_text("".join(kept), encoding="utf-8")
        temporary.rename(path)


def _discard(folder: Path) -> None:
    """Take the name away first, so that a kill while deleting leaves nothing loadable."""
    doomed = folder.with_name(f".{folder.name}.discarded")
    shutil.rmtree(doomed, ignore_errors=True)
    folder.rename(doomed)
    shutil.rmtree(doomed)
