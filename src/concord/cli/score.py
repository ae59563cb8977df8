"""`concord score`: a file of pairs in, the same rows with scores out."""

from functools import partial
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from concord.alignment import Head
from concord.artifact import find_model, model_digest, sha256_of_file
from concord.cli.console import print_error
from concord.cli.job_progress import show_progress
from concord.cli.options import (
    DEFAULT_MODEL,
    BackendOption,
    CalibrationOption,
    DeviceOption,
    ModelOption,
    PrecisionOption,
    RelevanceOption,
    ThreadsOption,
    ThresholdOption,
    load_aligner,
)
from concord.data.readers import STANDARD_INPUT, FileFormat
from concord.scoring.aggregation import Aggregation
from concord.scoring.backends import BackendName, Precision
from concord.workflows.row_counts import count_rows
from concord.workflows.score import (
    CHECKPOINT_ROWS,
    JobOptions,
    OnError,
    ScoreCounts,
    ScoreOptions,
    score_file,
    threads_each,
)

EXAMPLE = "Example:  concord score answers.csv -o scored.csv --claim-column answer --verdict"
EXIT_ROWS_FAILED = 3
EXIT_INTERRUPTED = 130
_JOB = "Long jobs"


def score(
    file: Annotated[
        str,
        typer.Argument(
            help="JSON lines, JSON, CSV, TSV, Parquet, SQuAD or CoNLL (.gz too); a glob in "
            "quotes; hf://OWNER/NAME:SPLIT or hf://./FOLDER; - for standard input."
        ),
    ],
    output: Annotated[
        str,
        typer.Option(
            "--output",
            "-o",
            help="File to write: .jsonl, .json, .csv, .tsv (.gz too) or .parquet; FOLDER/ for "
            "files of so many rows each; - for standard output.",
        ),
    ] = STANDARD_INPUT,
    context_column: Annotated[str, typer.Option(help="Column of the contexts.")] = "context",
    claim_column: Annotated[str, typer.Option(help="Column of the claims.")] = "claim",
    head: Annotated[
        Head, typer.Option(metavar="HEAD", help="binary, three_way or regression.")
    ] = Head.THREE_WAY,
    split: Annotated[
        bool, typer.Option(help="Split long contexts, and claims into sentences.")
    ] = True,
    original_split: Annotated[
        bool, typer.Option("--original-split", help="Split as AlignScore did, by 350 words.")
    ] = False,
    relevance: RelevanceOption = "auto",
    aggregation: Annotated[
        Aggregation | None,
        typer.Option(
            metavar="RULE",
            help="How sentences are joined: mean, min, product or soft_min; "
            "mean, or min with --verdict, unless given.",
        ),
    ] = None,
    verdict: Annotated[
        bool, typer.Option("--verdict", help="Write supported, unsupported or contradicted too.")
    ] = False,
    threshold: ThresholdOption = None,
    calibrated: Annotated[
        bool,
        typer.Option("--calibrated", help="Write probabilities, by the model's calibration."),
    ] = False,
    domain: Annotated[
        str | None, typer.Option(help="The calibration's domain; all of them unless given.")
    ] = None,
    prefix: Annotated[str, typer.Option(help="Put before the added columns' names.")] = "",
    file_format: Annotated[
        FileFormat | None,
        typer.Option("--format", help="Format of the output; by its ending unless given."),
    ] = None,
    input_format: Annotated[
        FileFormat | None, typer.Option(help="Format of the input; by its ending unless given.")
    ] = None,
    on_error: Annotated[
        OnError, typer.Option(help="A row that cannot be scored: keep it with its error, or stop.")
    ] = OnError.SKIP,
    limit: Annotated[int | None, typer.Option(min=1, help="Score only the first rows.")] = None,
    workers: Annotated[
        int,
        typer.Option(
            min=1,
            help="Processes that score, each with a model of its own and its share of the "
            "threads; helps where one process does not keep all cores busy.",
            rich_help_panel=_JOB,
        ),
    ] = 1,
    partition_rows: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Write a folder of files part-00000, part-00001, ... of so many rows.",
            rich_help_panel=_JOB,
        ),
    ] = None,
    checkpoint_rows: Annotated[
        int,
        typer.Option(
            min=1,
            help="Rows scored between two checkpoints. A job that was broken off goes on there "
            "when the same command is run again, unless it writes to standard output.",
            rich_help_panel=_JOB,
        ),
    ] = CHECKPOINT_ROWS,
    restart: Annotated[
        bool,
        typer.Option(
            "--restart",
            help="Begin anew, whatever an unfinished job for this output has done.",
            rich_help_panel=_JOB,
        ),
    ] = False,
    model: ModelOption = DEFAULT_MODEL,
    backend: BackendOption = BackendName.AUTO,
    precision: PrecisionOption = Precision.AUTO,
    device: DeviceOption = "cpu",
    threads: ThreadsOption = None,
    calibration: CalibrationOption = None,
) -> None:
    """Score each row of a file: is its claim supported by its context?"""
    options = ScoreOptions(
        context_column=context_column,
        claim_column=claim_column,
        head=head,
        split="original" if original_split else split,
        relevance=relevance,
        aggregation=aggregation.value if aggregation else None,
        with_verdicts=verdict,
        threshold=threshold,
        calibrated=calibrated,
        domain=domain,
        prefix=prefix,
        on_error=on_error,
        limit=limit,
        file_format=file_format,
        input_format=input_format,
    )
    job = JobOptions(
        workers=workers,
        partition_rows=partition_rows,
        checkpoint_rows=checkpoint_rows,
        restart=restart,
    )
    open_aligner = partial(
        load_aligner,
        model,
        backend=backend,
        precision=precision,
        device=device,
        threads=threads_each(threads, workers=workers),
        calibration=calibration,
    )
    identity = {
        "model": model_digest(find_model(model)),
        "backend": backend,
        "precision": precision,
        "device": device,
        "calibration": _digest(calibration),
    }
    try:
        with show_progress(
            lambda: count_rows(file, file_format=input_format, limit=limit)
        ) as progress:
            counts = score_file(
                file, output, options, open_aligner, job=job, model=identity, progress=progress
            )
    except KeyboardInterrupt:
        _say_how_to_go_on(output)
    _conclude(counts)


def _say_how_to_go_on(output: str) -> NoReturn:
    hint = "" if output == STANDARD_INPUT else "; run the same command again to go on"
    print_error(f"interrupted{hint}")
    raise typer.Exit(EXIT_INTERRUPTED)


def _digest(calibration: Path | None) -> str | None:
    """Return what tells one calibration file from another; opening the model judges it."""
    return sha256_of_file(calibration) if calibration and calibration.is_file() else None


def _conclude(counts: ScoreCounts) -> None:
    if counts.failed:
        print_error(
            f"{counts.failed} of {counts.total} rows could not be scored; "
            f"the first: {counts.first_error}"
        )
        raise typer.Exit(EXIT_ROWS_FAILED)
