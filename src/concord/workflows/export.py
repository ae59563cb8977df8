"""Adds to a trained model the form that scoring without torch runs."""

from pathlib import Path

from concord.artifact import find_model
from concord.errors import MissingExtraError

_EXTRA_PACKAGES = frozenset({"torch", "transformers", "safetensors"})


def export(model: str) -> Path:
    """Export a model folder in place, and return the file that was written.

    Raises:
        MissingExtraError: If torch or what goes with it is not installed.
    """
    folder = find_model(model)
    try:
        from concord.export import export_model
    except ModuleNotFoundError as error:
        if error.name not in _EXTRA_PACKAGES:
            raise
        raise MissingExtraError.needing("exporting", error.name, "export") from error
    return export_model(folder)
