"""Training runs that are processes of their own: what they are given and what they said last."""

import os
import sys
from pathlib import Path
from typing import Final

_LAST_LINES: Final = 3


def child_environment() -> dict[str, str]:
    """Return the environment in which a child finds what this process imports."""
    paths = [path for path in sys.path if path]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}


def describe_failure(exit_code: int, log: Path) -> str:
    """Return why a child failed: its exit code, and its last lines on one."""
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    said = " ".join(" ".join(lines[-_LAST_LINES:]).split()) if lines else "no word of why"
    return f"training failed (exit {exit_code}; {log}): {said.removeprefix('concord: ')}"
