"""How long a file is, so that a progress bar knows how far there is to go."""

import gzip
from pathlib import Path
from typing import IO

_BLOCK_BYTES = 1 << 20


def count_lines(path: Path, *, limit: int | None = None) -> int | None:
    """Return the lines of a file, at most `limit`; None if it cannot be read.

    This is an estimate of its rows: quoted newlines and a header count as lines too.
    """
    try:
        with path.open("rb") as file:
            lines = _count(gzip.GzipFile(fileobj=file) if path.suffix == ".gz" else file)
    except (OSError, EOFError):
        return None
    return lines if limit is None else min(lines, limit)


def _count(file: IO[bytes] | gzip.GzipFile) -> int:
    return sum(block.count(b"\n") for block in iter(lambda: file.read(_BLOCK_BYTES), b""))
