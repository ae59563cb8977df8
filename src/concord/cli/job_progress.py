"""How far a long job is: a bar on a terminal, else a line a minute."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final, TypeAlias

from concord.cli.console import print_error, progress_bar

RowsReport: TypeAlias = Callable[[int, int], None]
"""Takes the rows done so far, and how many of them an earlier job had done."""

LINE_EVERY_S: Final = 60.0


@contextmanager
def show_progress(count_rows: Callable[[], int | None]) -> Iterator[RowsReport]:
    """Show rows done, rows per second and the time left, on standard error.

    Rows that an earlier job had done count as done, and not for the rate.

    Args:
        count_rows: Tells how many rows there are, or None; called once it matters.

    Yields:
        What is to be called as rows are done.
    """
    with progress_bar() as bar:
        if bar.disable:
            yield RowLines(count_rows)
            return
        task = bar.add_task("scoring", total=count_rows())

        def report(done: int, resumed: int) -> None:
            if done == resumed:
                bar.reset(task, completed=done)  # forgets how fast these rows were
            else:
                bar.update(task, completed=done)

        yield report


class RowLines:
    """Prints a line a minute, where nobody can see a bar.

    Args:
        count_rows: As for `show_progress`.
        clock: Tells the time in seconds.
    """

    def __init__(
        self,
        count_rows: Callable[[], int | None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._count_rows = count_rows
        self._clock = clock
        self._total: int | None = None
        self._start = self._last = clock()
        self._resumed = 0

    def __call__(self, done: int, resumed: int) -> None:
        """Print a line if the last one is a minute old."""
        now = self._clock()
        if done == resumed:
            self._start, self._resumed = now, resumed
        elif now - self._last >= LINE_EVERY_S:
            if self._total is None:
                self._total = self._count_rows()
            self._last = now
            print_error(
                progress_line(done, self._total, (done - self._resumed) / (now - self._start))
            )


def progress_line(done: int, total: int | None, rows_per_s: float) -> str:
    """Say how far a job is in one line.

    Args:
        done: Rows done.
        total: All rows, if known.
        rows_per_s: The rate.
    """
    rate = f"{rows_per_s:,.0f} rows/s"
    if total is None:
        return f"{done:,} rows scored, {rate}"
    left = timedelta(seconds=round(max(total - done, 0) / rows_per_s)) if rows_per_s else "unknown"
    return f"{done:,} of {total:,} rows scored, {rate}, {left} left"
