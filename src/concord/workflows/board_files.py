"""Writes a run's results down: JSON, Markdown and a page."""

import logging
from pathlib import Path
from typing import Final

from concord.errors import MissingExtraError
from concord.evaluation.board import Board, save_board
from concord.evaluation.page import to_markdown, write_page
from concord.evaluation.results import write_text_atomically

MARKDOWN_FILE: Final = "results.md"
PAGE_FILE: Final = "page.html"

logger = logging.getLogger(__name__)


def write_board(board: Board, folder: Path) -> None:
    """Write `results.json`, `results.md` and `page.html` into a run's folder.

    Without what makes the page, a warning says what to install.
    """
    save_board(board, folder)
    write_text_atomically(folder / MARKDOWN_FILE, to_markdown(board))
    try:
        write_page(board, folder / PAGE_FILE)
    except MissingExtraError as error:
        logger.warning("no %s: %s", PAGE_FILE, error)
