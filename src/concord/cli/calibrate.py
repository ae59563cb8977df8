"""`concord calibrate`: a labelled sample in, probabilities that hold and a threshold out."""

from pathlib import Path
from typing import Annotated

import typer

from concord.alignment import Head
from concord.cli.console import output_console, progress_bar
from concord.cli.options import (
    DEFAULT_MODEL,
    BackendOption,
    DeviceOption,
    ModelOption,
    PrecisionOption,
    ThreadsOption,
    load_aligner,
)
from concord.data.readers import FileFormat
from concord.scoring.aggregation import Aggregation
from concord.scoring.backends import BackendName, Precision

EXAMPLE = (
    "Example:  concord calibrate labelled.csv --claim-column answer --want precision=0.9 "
    "-o calibration.json"
)


def calibrate(
    file: Annotated[
        str,
        typer.Argument(help="Labelled pairs: a file, glob or hf:// address that `score` reads."),
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="File to write; the model's folder gets a calibration.json unless given.",
        ),
    ] = None,
    context_column: Annotated[str, typer.Option(help="Column of the contexts.")] = "context",
    claim_column: Annotated[str, typer.Option(help="Column of the claims.")] = "claim",
    label_column: Annotated[
        str,
        typer.Option(
            help="Column that says whether the context supports the claim: 1 or 0, true or "
            "false, yes or no, supported or unsupported."
        ),
    ] = "label",
    domain_column: Annotated[
        str | None,
        typer.Option(
            help="Column that names a row's domain; each with 50 rows gets a fit of its own."
        ),
    ] = None,
    want: Annotated[
        str,
        typer.Option(
            metavar="WANT",
            help="What the threshold is chosen for: balanced-accuracy, or precision=0.9 with as "
            "much recall as that leaves.",
        ),
    ] = "balanced-accuracy",
    method: Annotated[
        str,
        typer.Option(
            metavar="METHOD",
            help="How scores become probabilities: temperature (one number), platt (two) or "
            "isotonic (any rising function; for 500 rows and more).",
        ),
    ] = "platt",
    head: Annotated[
        Head, typer.Option(metavar="HEAD", help="binary, three_way or regression.")
    ] = Head.THREE_WAY,
    aggregation: Annotated[
        Aggregation,
        typer.Option(
            metavar="RULE", help="How sentences are joined: min, mean, product or soft_min."
        ),
    ] = Aggregation.MIN,
    top_chunks: Annotated[
        int, typer.Option(min=1, help="Chunks whose mean is a sentence's score.")
    ] = 1,
    count_contradictions: Annotated[
        bool, typer.Option("--count-contradictions", help="Contradicting chunks lower a score.")
    ] = False,
    seed: Annotated[int, typer.Option(help="Decides which rows are held out together.")] = 0,
    limit: Annotated[int | None, typer.Option(min=1, help="Read only the first rows.")] = None,
    input_format: Annotated[
        FileFormat | None, typer.Option(help="Format of the input; by its ending unless given.")
    ] = None,
    model: ModelOption = DEFAULT_MODEL,
    backend: BackendOption = BackendName.AUTO,
    precision: PrecisionOption = Precision.AUTO,
    device: DeviceOption = "cpu",
    threads: ThreadsOption = None,
) -> None:
    """Learn from labelled pairs how sure scores should be, and from which on to say supported.

    A hundred pairs, labelled by a person and taken from where the model is
    used, are a start. The table says what calibrating is worth on rows held
    out of it, before and after: the expected calibration error (ECE: how far
    probabilities lie from how often they hold) and the balanced accuracy.
    """
    from concord.cli.calibration_table import render_calibration
    from concord.evaluation.calibration.operating_points import Want
    from concord.evaluation.calibration.score_maps import Method
    from concord.scoring.score_rules import ScoreRule
    from concord.workflows.calibrate import CalibrateOptions, save_calibration
    from concord.workflows.calibrate import calibrate as run_calibration

    options = CalibrateOptions(
        context_column=context_column,
        claim_column=claim_column,
        label_column=label_column,
        domain_column=domain_column,
        rule=ScoreRule(
            head=head,
            aggregation=aggregation,
            top_chunks=top_chunks,
            count_contradictions=count_contradictions,
        ),
        method=Method(method),
        want=Want.parse(want),
        seed=seed,
        limit=limit,
        input_format=input_format,
    )
    aligner = load_aligner(
        model, backend=backend, precision=precision, device=device, threads=threads
    )
    with progress_bar() as bar:
        task = bar.add_task("scoring", total=None)
        report = run_calibration(
            file,
            options,
            aligner,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
    output_console().print(render_calibration(report))
    path = save_calibration(report.calibration, output, aligner.folder)
    output_console().print(f"wrote {path}", soft_wrap=True)
