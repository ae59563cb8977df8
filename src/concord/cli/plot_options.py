"""`--plot`: what cannot be drawn is refused before the work, not hours later."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import typer

from concord.errors import ConfigError, MissingExtraError

_SUFFIXES: Final = (".svg", ".png", ".pdf")


def plot_file_option(what: str) -> Any:
    """Return a `--plot` that draws something into a file."""
    help_text = f"Draw {what} into this file ({', '.join(_SUFFIXES)})."
    return typer.Option(help=help_text, callback=check_plot_file)


def check_plot_file(path: Path | None) -> Path | None:
    """Return the path of a picture that can be drawn there, or None where none is wanted.

    Raises:
        ConfigError: If its ending tells no format, or its folder does not exist.
        MissingExtraError: If matplotlib is not installed.
    """
    check_drawing(path)
    if path is not None and path.suffix not in _SUFFIXES:
        raise ConfigError(f"--plot {path}: the name of a picture ends in {', '.join(_SUFFIXES)}")
    if path is not None and not path.parent.is_dir():
        raise ConfigError(f"--plot {path}: there is no folder {path.parent}; make it first")
    return path


def check_drawing(path: Path | None) -> Path | None:
    """Return where pictures go, or None where none are wanted.

    Raises:
        MissingExtraError: If matplotlib is not installed.
    """
    if path is not None and find_spec("matplotlib") is None:
        raise MissingExtraError.needing("drawing", "matplotlib", "plot")
    return path
