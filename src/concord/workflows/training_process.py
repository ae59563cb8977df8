"""A run of `concord finetune` as a process of its own, so that its memory is its own.

What is finished is not run again, and what was killed goes on where it stopped.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from concord.workflows.run_summary import load_summary

MODEL: Final = "model"
"""The folder of a finished run's model, within the run's."""
_COMMAND: Final = (sys.executable, "-m", "concord.cli.main", "finetune")
_LAST_LINES: Final = 3


def is_trained(folder: Path) -> bool:
    """Tell whether a run's folder holds a finished one."""
    return (folder / MODEL).is_dir() and load_summary(folder) is not None


def train_in_process(config: Path, overrides: Sequence[str], folder: Path) -> str | None:
    """Train to the end; return why that failed, or None.

    Args:
        config: A config of `concord finetune`.
        overrides: What differs from it.
        folder: The run's, which gets the process's words as `train.log`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "train.log"
    with log.open("wb") as stream:
        found = subprocess.run(  # noqa: S603  # our own command, with the user's own config
            [*_COMMAND, str(config), *overrides],
            stdout=stream,
            stderr=subprocess.STDOUT,
            env=child_environment(),
            check=False,
        )
    return None if found.returncode == 0 else describe_failure(found.returncode, log)


def child_environment() -> dict[str, str]:
    """Return the environment in which a child finds what this process imports."""
    paths = [path for path in sys.path if path]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}


def describe_failure(exit_code: int, log: Path) -> str:
    """Return why a child failed: its exit code, and its last lines on one."""
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    said = " ".join(" ".join(lines[-_LAST_LINES:]).split()) if lines else "no word of why"
    return f"training failed (exit {exit_code}; {log}): {said.removeprefix('concord: ')}"
