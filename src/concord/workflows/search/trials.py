"""Runs the trials of a search, each in a process of its own, and keeps their folders small.

A process gives all its memory back at its end, whatever it was used for, and one that is killed
for want of memory is a failed trial rather than the end of the search.
"""

import json
import math
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Protocol, TypeAlias

from concord.errors import ConfigError
from concord.training.run_state import LOG_FILE
from concord.workflows.run_summary import load_summary
from concord.workflows.training_process import MODEL, child_environment, describe_failure

Told: TypeAlias = Callable[[str], None]
"""Called with what a search says of itself."""

MayGoOn: TypeAlias = Callable[[int, float], bool]
"""Told the number of a validation, from 1, and its figure; tells whether the trial may go on."""


class TrialRunner(Protocol):
    """Trains a trial in its folder, or goes on; returns why it failed, or None."""

    def __call__(
        self,
        base: Path,
        overrides: Sequence[str],
        folder: Path,
        *,
        may_go_on: MayGoOn,
        lock: int | None = None,
    ) -> str | None:
        """Run to the end, or until it may not go on."""
        ...


_COMMAND: Final = (sys.executable, "-m", "concord.workflows.search.trial_process")
_LOCK: Final = ".lock"
_PATIENCE_S: Final = 120.0


def run_trial(
    base: Path,
    overrides: Sequence[str],
    folder: Path,
    *,
    may_go_on: MayGoOn,
    lock: int | None = None,
) -> str | None:
    """Train, or go on from the latest checkpoint; return why it failed, or None.

    Args:
        base: A config of `concord finetune`.
        overrides: All of the trial's.
        folder: The trial's.
        may_go_on: Asked after each validation.
        lock: What stays locked for as long as the process lives.
    """
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "train.log"
    with (
        log.open("ab") as stream,
        subprocess.Popen(  # noqa: S603  # our own command, with the user's own config
            [*_COMMAND, str(base), *overrides],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stream,
            env=child_environment(),
            encoding="utf-8",
            pass_fds=() if lock is None else (lock,),
        ) as process,
    ):
        assert process.stdin is not None  # noqa: S101  # it is a pipe
        assert process.stdout is not None  # noqa: S101
        try:
            for line in process.stdout:
                answer = b"go\n" if may_go_on(*json.loads(line)) else b"stop\n"
                os.write(process.stdin.fileno(), answer)
        except BrokenPipeError:  # it died meanwhile, and its exit code tells
            pass
        except BaseException:
            process.kill()
            raise
        exit_code = process.wait()
    return None if exit_code == 0 else describe_failure(exit_code, log)


def read_validations(folder: Path, metric: str, validations: int) -> tuple[tuple[int, float], ...]:
    """Return the validations of a trial, by number, as its log has them."""
    path = folder / LOG_FILE
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    return tuple(
        (report["step"] * validations // report["max_steps"], report["metrics"][metric])
        for report in map(json.loads, lines)
        if report["metrics"] is not None
    )


def final_value(folder: Path) -> float | None:
    """Return the best validation of a run that is done; None where it has no finite one."""
    summary = load_summary(folder)
    value = None if summary is None else summary.best_value
    return value if value is not None and math.isfinite(value) else None


def tidy_trial(folder: Path, *, keeps_model: bool) -> None:
    """Remove the checkpoints of a trial that is over, and its model unless that is kept."""
    doomed = [*folder.glob("checkpoint-*"), *folder.glob("best-*"), *folder.glob(".*.partial")]
    if not keeps_model:
        doomed.append(folder / MODEL)
    for path in doomed:
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def locked_folder(output: Path, tell: Told) -> Iterator[int | None]:
    """Keep a search's folder from another search, and wait for what a killed one left running.

    Args:
        output: Made if absent.
        tell: Told if there is something to wait for.

    Yields:
        What trials inherit, so that the folder is locked until the last has ended; None where
        the system knows no such locks.

    Raises:
        ConfigError: If another search has the folder.
    """
    output.mkdir(parents=True, exist_ok=True)
    try:
        import fcntl  # not on Windows, where two searches in one folder are the user's care
    except ImportError:
        yield None
        return
    descriptor = os.open(output / _LOCK, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        deadline = time.monotonic() + _PATIENCE_S
        is_told = False
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError:
                if time.monotonic() > deadline:
                    raise ConfigError(
                        f"another search is at work in {output}; wait for its end, or name "
                        "another output"
                    ) from None
            if not is_told:
                tell(f"{output} is in use; waiting for the trial of a killed search to end")
                is_told = True
            time.sleep(0.2)
        yield descriptor
    finally:
        os.close(descriptor)
