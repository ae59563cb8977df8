"""Options that commands over the rows of a file share, and how such a job is run and ended."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, Final, NoReturn

import typer

from concord.alignment import Head
from concord.artifact import find_model, model_digest, sha256_of_file
from concord.cli.console import print_error
from concord.cli.job_progress import RowsReport, show_progress
from concord.data.readers import STANDARD_INPUT, FileFormat
from concord.workflows.row_counts import count_rows
from concord.workflows.score import OnError, ScoreCounts

EXIT_ROWS_FAILED: Final = 3
EXIT_INTERRUPTED: Final = 130
JOB_PANEL: Final = "Long jobs"

FileArgument = Annotated[
    str,
    typer.Argument(
        help="JSON lines, JSON, CSV, TSV, Parquet, SQuAD or CoNLL (.gz too); a glob in "
        "quotes; hf://OWNER/NAME:SPLIT or hf://./FOLDER; - for standard input."
    ),
]
OutputOption = Annotated[
    str,
    typer.Option(
        "--output",
        "-o",
        help="File to write: .jsonl, .json, .csv, .tsv (.gz too) or .parquet; FOLDER/ for "
        "files of so many rows each; - for standard output.",
    ),
]
HeadOption = Annotated[Head, typer.Option(metavar="HEAD", help="binary, three_way or regression.")]
PrefixOption = Annotated[str, typer.Option(help="Put before the added columns' names.")]
FormatOption = Annotated[
    FileFormat | None,
    typer.Option("--format", help="Format of the output; by its ending unless given."),
]
InputFormatOption = Annotated[
    FileFormat | None, typer.Option(help="Format of the input; by its ending unless given.")
]
OnErrorOption = Annotated[
    OnError, typer.Option(help="A row that cannot be scored: keep it with its error, or stop.")
]
LimitOption = Annotated[int | None, typer.Option(min=1, help="Score only the first rows.")]
RestartOption = Annotated[
    bool,
    typer.Option(
        "--restart",
        help="Begin anew, whatever an unfinished job for this output has done.",
        rich_help_panel=JOB_PANEL,
    ),
]


def run_job(
    file: str,
    output: str,
    score_rows: Callable[[RowsReport], ScoreCounts],
    *,
    input_format: FileFormat | None,
    limit: int | None,
    can_go_on: bool = True,
) -> None:
    """Run a job with its progress shown, and tell how it ended.

    Args:
        file: The input.
        output: The output.
        score_rows: The job; takes what is to be called as rows are done.
        input_format: Format of the input.
        limit: Bound on the rows.
        can_go_on: Whether the job goes on where it was when it is run again.
    """
    try:
        with show_progress(
            lambda: count_rows(file, file_format=input_format, limit=limit)
        ) as progress:
            counts = score_rows(progress)
    except KeyboardInterrupt:
        _say_how_to_go_on(can_go_on=can_go_on and output != STANDARD_INPUT)
    _conclude(counts)


def identity_of_model(
    model: str, *, backend: str, precision: str, device: str, calibration: Path | None = None
) -> Mapping[str, Any]:
    """Return what scores depend on besides options and rows."""
    return {
        "model": model_digest(find_model(model)),
        "backend": backend,
        "precision": precision,
        "device": device,
        "calibration": _digest(calibration),
    }


def _digest(calibration: Path | None) -> str | None:
    """Return what tells one calibration file from another; opening the model judges it."""
    return sha256_of_file(calibration) if calibration and calibration.is_file() else None


def _say_how_to_go_on(*, can_go_on: bool) -> NoReturn:
    hint = "; run the same command again to go on" if can_go_on else ""
    print_error(f"interrupted{hint}")
    raise typer.Exit(EXIT_INTERRUPTED)


def _conclude(counts: ScoreCounts) -> None:
    if counts.failed:
        print_error(
            f"{counts.failed} of {counts.total} rows could not be scored; "
            f"the first: {counts.first_error}"
        )
        raise typer.Exit(EXIT_ROWS_FAILED)
