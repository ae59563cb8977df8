"""`concord score`: a file of pairs in, the same rows with scores out."""

from functools import partial
from typing import Annotated

import typer

from concord.alignment import Head
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
from concord.cli.row_jobs import (
    JOB_PANEL,
    FileArgument,
    FormatOption,
    HeadOption,
    InputFormatOption,
    LimitOption,
    OnErrorOption,
    OutputOption,
    PrefixOption,
    RestartOption,
    identity_of_model,
    run_job,
)
from concord.data.readers import STANDARD_INPUT
from concord.scoring.aggregation import Aggregation
from concord.scoring.backends import BackendName, Precision
from concord.workflows.score import (
    CHECKPOINT_ROWS,
    JobOptions,
    OnError,
    ScoreOptions,
    score_file,
    threads_each,
)

EXAMPLE = "Example:  concord score answers.csv -o scored.csv --claim-column answer --verdict"


def score(
    file: FileArgument,
    output: OutputOption = STANDARD_INPUT,
    context_column: Annotated[str, typer.Option(help="Column of the contexts.")] = "context",
    claim_column: Annotated[str, typer.Option(help="Column of the claims.")] = "claim",
    head: HeadOption = Head.THREE_WAY,
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
    prefix: PrefixOption = "",
    file_format: FormatOption = None,
    input_format: InputFormatOption = None,
    on_error: OnErrorOption = OnError.SKIP,
    limit: LimitOption = None,
    workers: Annotated[
        int,
        typer.Option(
            min=1,
            help="Processes that score, each with a model of its own and its share of the "
            "threads; helps where one process does not keep all cores busy.",
            rich_help_panel=JOB_PANEL,
        ),
    ] = 1,
    partition_rows: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Write a folder of files part-00000, part-00001, ... of so many rows.",
            rich_help_panel=JOB_PANEL,
        ),
    ] = None,
    checkpoint_rows: Annotated[
        int,
        typer.Option(
            min=1,
            help="Rows scored between two checkpoints. A job that was broken off goes on there "
            "when the same command is run again, unless it writes to standard output.",
            rich_help_panel=JOB_PANEL,
        ),
    ] = CHECKPOINT_ROWS,
    restart: RestartOption = False,
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
    identity = identity_of_model(
        model, backend=backend, precision=precision, device=device, calibration=calibration
    )
    run_job(
        file,
        output,
        lambda progress: score_file(
            file, output, options, open_aligner, job=job, model=identity, progress=progress
        ),
        input_format=input_format,
        limit=limit,
    )
