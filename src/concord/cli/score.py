"""`concord score`: a file of pairs in, the same rows with scores out."""

from collections.abc import Callable
from typing import Annotated

import typer

from concord.alignment import Head
from concord.cli.console import print_error, progress_bar
from concord.cli.options import (
    DEFAULT_MODEL,
    BackendOption,
    CalibrationOption,
    DeviceOption,
    ModelOption,
    PrecisionOption,
    ThreadsOption,
    ThresholdOption,
    load_aligner,
)
from concord.data.readers import STANDARD_INPUT, FileFormat
from concord.scoring.aggregation import Aggregation
from concord.scoring.backends import BackendName, Precision
from concord.workflows.row_counts import count_rows
from concord.workflows.score import OnError, ScoreCounts, ScoreOptions, score_file

EXAMPLE = "Example:  concord score answers.csv -o scored.csv --claim-column answer --verdict"
EXIT_ROWS_FAILED = 3


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
            help="File to write: .jsonl, .json, .csv, .tsv (.gz too) or .parquet; - for standard "
            "output.",
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
    aligner = load_aligner(
        model,
        backend=backend,
        precision=precision,
        device=device,
        threads=threads,
        calibration=calibration,
    )
    counts = _with_progress(
        file, options, lambda report: score_file(file, output, options, aligner, progress=report)
    )
    _conclude(counts)


def _with_progress(
    file: str, options: ScoreOptions, run: Callable[[Callable[[int], None] | None], ScoreCounts]
) -> ScoreCounts:
    with progress_bar() as bar:
        if bar.disable:
            return run(None)
        total = count_rows(file, file_format=options.input_format, limit=options.limit)
        task = bar.add_task("scoring", total=total)
        return run(lambda done: bar.update(task, completed=done))


def _conclude(counts: ScoreCounts) -> None:
    if counts.failed:
        print_error(
            f"{counts.failed} of {counts.total} rows could not be scored; "
            f"the first: {counts.first_error}"
        )
        raise typer.Exit(EXIT_ROWS_FAILED)
