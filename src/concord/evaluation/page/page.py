"""From a board to one HTML file that needs no network, and its own script for comfort alone."""

import base64
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Final

from concord.errors import MissingExtraError
from concord.evaluation.board import Board
from concord.evaluation.page import charts, wording
from concord.evaluation.page.view import BoardView, anchor
from concord.evaluation.results import write_text_atomically

if TYPE_CHECKING:
    from jinja2 import Environment

_FOLDER: Final = Path(__file__).with_name("templates")


def write_page(board: Board, path: Path) -> Path:
    """Write the page of a board, whole or not at all, and return its path.

    Raises:
        MissingExtraError: If jinja2 is not installed.
    """
    write_text_atomically(path, render_page(board))
    return path


def render_page(board: Board) -> str:
    """Return the page of a board as HTML.

    Raises:
        MissingExtraError: If jinja2 is not installed.
    """
    style, script = _read("page.css"), _read("page.js")
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            board=board,
            view=BoardView.of(board),
            style=style,
            script=script,
            script_hash=_hash(script),
        )
    )


def _environment() -> "Environment":
    try:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined
    except ModuleNotFoundError as error:
        raise MissingExtraError.needing("writing a page", "jinja2", "evaluate") from error
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.globals.update(charts=charts, wording=wording, verdicts=wording.Verdict)
    environment.filters.update(
        anchor=anchor,
        percent=wording.percent,
        signed=wording.signed_percent,
        interval=wording.interval,
        signed_interval=wording.signed_interval,
        with_interval=wording.with_interval,
        p_value=wording.p_value,
        number=wording.number,
        parameters=wording.parameters,
        metric=wording.metric,
        kind=wording.kind,
        plural=wording.plural,
    )
    return environment


def _read(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8").strip()


def _hash(script: str) -> str:
    """Return what the page's policy calls its own script, so that no other one runs."""
    digest = hashlib.sha256(script.encode("utf-8")).digest()
    return "sha256-" + base64.b64encode(digest).decode("ascii")
