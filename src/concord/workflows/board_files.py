"""Writes a run's results down: JSON, Markdown and a page."""

import logging
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from concord.errors import MissingExtraError
from concord.evaluation.board import Board, save_board
from concord.evaluation.board_markdown import board_markdown
from concord.evaluation.results import write_text_atomically

MARKDOWN_FILE: Final = "results.md"
PAGE_FILE: Final = "page.html"
_PAGE: Final = "concord.evaluation.page"

logger = logging.getLogger(__name__)


def write_board(board: Board, folder: Path) -> None:
    """Write `results.json`, `results.md` and `page.html` into a run's folder."""
    save_board(board, folder)
    write_text_atomically(folder / MARKDOWN_FILE, board_markdown(board))
    _write_page(board, folder / PAGE_FILE)


def _write_page(board: Board, path: Path) -> None:
    """Write the page, where what makes it is installed."""
    if find_spec(_PAGE) is None:
        return
    try:
        import_module(_PAGE).write_page(board, path)
    except MissingExtraError as error:
        logger.warning("no %s: %s", path.name, error)
