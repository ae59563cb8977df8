"""Where commands print, and how verdicts look."""

import os
import sys
from typing import Final, TextIO

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

STYLES: Final = {"supported": "green", "unsupported": "yellow", "contradicted": "red"}
_SYMBOLS: Final = {"supported": "✓", "unsupported": "?", "contradicted": "✗"}
_ASCII_SYMBOLS: Final = {"supported": "+", "unsupported": "?", "contradicted": "x"}


def output_console() -> Console:
    """Return the console on standard output; it is silent in all but a launcher's first process.

    The processes that train together (torchrun, `accelerate launch`) would say the same things.
    """
    return Console(highlight=False, quiet=os.environ.get("RANK", "0") != "0")


def error_console() -> Console:
    """Return the console on standard error, for progress and warnings."""
    return Console(stderr=True, highlight=False)


def label_symbol(label: str, console: Console) -> str:
    """Return the sign of a verdict, so that colour is never the only one."""
    symbols = _SYMBOLS if console.encoding.startswith("utf") else _ASCII_SYMBOLS
    return symbols[label]


def printable(text: str) -> str:
    """Put a blank for control characters, which could take over the terminal."""
    return "".join(char if char.isprintable() else " " for char in text)


def prepare_streams() -> None:
    """Make printing never fail: what the terminal's encoding lacks is written as an escape."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def print_error(message: str, stream: TextIO | None = None) -> None:
    """Say in one line what went wrong."""
    line = " ".join(printable(message).split())
    (stream or sys.stderr).write(f"concord: {line}{os.linesep}")


class RateColumn(ProgressColumn):
    """How many rows or pairs go through in a second."""

    def render(self, task: Task) -> Text:
        """Return the rate, once there is one."""
        speed = task.finished_speed or task.speed
        return Text("" if speed is None else f"{speed:,.0f}/s")


def progress_bar() -> Progress:
    """Return a bar with rate and time left on standard error; silent if that is no terminal."""
    console = error_console()
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=20),
        MofNCompleteColumn(),
        RateColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
        transient=True,
    )
