"""Scores the rows of files: each comes out again, in its place, with its score or its error."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import asdict
from functools import partial
from itertools import chain
from typing import Any, TextIO, TypeAlias

from concord.data.readers import read_records
from concord.workflows.bulk.journal import Journal
from concord.workflows.bulk.options import (
    CHECKPOINT_ROWS,
    Answers,
    JobOptions,
    OnError,
    RowOptions,
    ScoreOptions,
)
from concord.workflows.bulk.outputs import Output
from concord.workflows.bulk.scoring import OpenScorer, score_windows
from concord.workflows.bulk.windows import (
    WINDOW_CHARACTERS,
    ScoreCounts,
    Window,
    read_windows,
)
from concord.workflows.bulk.workers import score_in_workers, threads_each

__all__ = [
    "CHECKPOINT_ROWS",
    "JobOptions",
    "OnError",
    "Progress",
    "ScoreCounts",
    "ScoreOptions",
    "score_file",
    "threads_each",
]

Progress: TypeAlias = Callable[[int, int], None]
"""Called with the rows done so far, and how many of them a job before this one had done."""


def score_file(
    source: str,
    output: str,
    options: RowOptions,
    open_scorer: OpenScorer,
    *,
    job: JobOptions | None = None,
    model: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
    stdout: TextIO | None = None,
) -> ScoreCounts:
    """Score the pairs of a file, in the order and number of its rows.

    The output appears under its name only when it is complete. Memory does not grow with the
    number of rows. Called again after it was broken off, however that was, it goes on where it
    was, and the output is byte for byte that of an unbroken run.

    Args:
        source: What `read_records` reads: a file, a glob, an hf:// address, or "-" for standard
            input.
        output: The file to write, a folder (that exists, or ends in "/") for files of so many
            rows, or "-" for standard output, which alone cannot be gone on with.
        options: Columns, what is asked of the model, formats, and what to do with bad rows.
        open_scorer: Opens the model that scores the pairs.
        job: Workers, checkpoints, files of a folder.
        model: What the scores depend on besides: the model's digest, the precision.
        progress: Called as rows are done.
        stdout: What "-" means as an output; standard output unless given.

    Raises:
        ConfigError: If an unfinished job for this output scored with other options or another
            model, or the output cannot be written.
        DataError: If the rows cannot be read, or are not those of the unfinished job.
    """
    job = job or JobOptions()
    target = Output.plan(output, source, options, job.partition_rows)
    records = read_records(source, file_format=options.input_format)
    windows = read_windows(records, options, max_rows=job.checkpoint_rows)
    score = score_windows if job.workers == 1 else partial(score_in_workers, workers=job.workers)
    counts, report = ScoreCounts(), _Report(progress)
    with ExitStack() as stack:
        target.prepare(restart=job.restart)
        journal = None
        if target.journal is not None:
            identity = _identity(options, job, target, model or {})
            restart = target.clear if job.restart else None
            journal = Journal(target.journal, identity, output=output, restart=restart)
            stack.enter_context(journal)
        sink = stack.enter_context(target.open(source, options, stdout))
        fresh = partial(score, open_scorer=open_scorer, options=options, report=report.rows)
        for window, answers in _answered(windows, journal, fresh, report):
            for row in window.scored(answers, options, counts):
                sink.write({**row.fields, **row.added})
            sink.flush()
            report.rows(counts.total)
        if journal is not None:
            journal.check_is_used_up()
    return counts


def _identity(
    options: RowOptions, job: JobOptions, target: Output, model: Mapping[str, Any]
) -> dict[str, Any]:
    """Return all that the output depends on but the rows."""
    files = {"layout": target.layout, "partition_rows": target.partition_rows}
    windows = {"checkpoint_rows": job.checkpoint_rows, "window_characters": WINDOW_CHARACTERS}
    return {**asdict(options), **files, **windows, **model}


def _answered(
    windows: Iterator[Window],
    journal: Journal | None,
    score: Callable[[Iterable[Window]], Iterator[tuple[Window, Answers]]],
    report: "_Report",
) -> Iterator[tuple[Window, Answers]]:
    """Yield each window with its answers: those of the journal first, then new ones."""
    for window in windows:
        answers = None if journal is None else journal.recall(window)
        if answers is None:
            windows = chain([window], windows)
            break
        report.resumed = window.stop
        yield window, answers
    for window, answers in score(windows):
        if journal is not None:
            journal.append(window, answers)
        yield window, answers


class _Report:
    """Passes progress on, with how many rows an earlier job had done."""

    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress
        self.resumed = 0

    def rows(self, done: int) -> None:
        if self._progress is not None:
            self._progress(done, self.resumed)
