"""What tables say of a model folder, read from its files without loading the model."""

import hashlib
import json
import re
from math import prod
from pathlib import Path
from typing import Final

from concord.artifact import CARD_FILE, sha256_of_file

_WEIGHTS: Final = (".safetensors", ".bin", ".gguf", ".pt")
_PLAIN_NAME: Final = "model"  # training puts models into RUN/model
_BYTES_PER_MB: Final = 1_000_000
_DATASETS = re.compile(r"\A---\n(?:.*\n)*?datasets:\n((?:[ ]*- .*\n)+)")


def folder_name(folder: Path) -> str:
    """Return what to call a model by its folder; by its run's where that is merely "model"."""
    path = folder.expanduser().resolve()
    return path.parent.name if path.name == _PLAIN_NAME else path.name


def count_parameters(folder: Path) -> int | None:
    """Return how many numbers the safetensors files hold; None where there are none."""
    paths = sorted(folder.glob("*.safetensors"))
    return sum(map(_count_in_file, paths)) if paths else None


def weights_size_mb(folder: Path) -> float | None:
    """Return the size of the weights' files, in megabytes; None where there are none.

    Of weights that are there in several forms, one is counted.
    """
    for suffix in _WEIGHTS:
        sizes = [path.stat().st_size for path in folder.glob(f"*{suffix}")]
        if sizes:
            return sum(sizes) / _BYTES_PER_MB
    return None


def declared_datasets(folder: Path) -> tuple[str, ...]:
    """Return the data sets that the model card's front matter says it learned, if any."""
    path = folder / CARD_FILE
    found = _DATASETS.match(path.read_text(encoding="utf-8")) if path.is_file() else None
    if found is None:
        return ()
    return tuple(line.strip().removeprefix("- ").strip() for line in found[1].splitlines())


def folder_digest(folder: Path) -> str:
    """Return a digest of all files of a model, its folders' included, but for its card."""
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        is_hidden = any(part.startswith((".", "__")) for part in Path(name).parts)
        if path.is_file() and name != CARD_FILE and not is_hidden:
            found.update(f"{name}\0{sha256_of_file(path)}\n".encode())
    return found.hexdigest()


def _count_in_file(path: Path) -> int:
    with path.open("rb") as file:
        size = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(size))
    return sum(prod(each["shape"]) for name, each in header.items() if name != "__metadata__")
