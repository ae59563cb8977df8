"""Findings of one part of a suite, kept so that they need not be found again."""

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final

from concord.errors import DataError
from concord.evaluation.board import Finding, from_plain, to_plain
from concord.evaluation.leaderboard.predictions import file_name, hash_files
from concord.evaluation.results import write_text_atomically
from concord.evaluation.suites.suite import FindingSource

FOLDER: Final = "findings"


def findings_path(folder: Path, system: str, suite: str, source: str) -> Path:
    """Return where a run's folder keeps what a part of a suite found of a system."""
    return folder / FOLDER / file_name(system) / f"{file_name(suite)}-{file_name(source)}.json"


def hash_folders(source: FindingSource, data_dir: Path) -> str | None:
    """Return 16 hexadecimal digits of all files that a part of a suite reads; None for no file."""
    found = [data_dir / name for name in source.folders]
    paths = sorted(path for folder in found for path in folder.rglob("*") if path.is_file())
    return hash_files(paths) if paths else None


def kept_or_found(
    path: Path, header: Mapping[str, object], find: Callable[[], Iterable[Finding]]
) -> tuple[Finding, ...]:
    """Return kept findings that have this very header, or find, keep and return them."""
    kept = _read(path, header)
    if kept is not None:
        return kept
    found = tuple(find())
    path.parent.mkdir(parents=True, exist_ok=True)
    values = {"header": dict(header), "findings": to_plain(found)}
    write_text_atomically(path, f"{json.dumps(values, ensure_ascii=False, allow_nan=False)}\n")
    return found


def _read(path: Path, header: Mapping[str, object]) -> tuple[Finding, ...] | None:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        if values["header"] != dict(header):
            return None
        found: tuple[Finding, ...] = from_plain(tuple[Finding, ...], values["findings"], str(path))
    except (OSError, ValueError, KeyError, TypeError, DataError):
        return None  # not there, or cut off: found again
    return found
