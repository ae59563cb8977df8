"""`concord classify`: a file of texts in, the same rows with labels out; no training."""

from functools import partial
from typing import Annotated

import typer

from concord.alignment import Head
from concord.cli.options import (
    DEFAULT_MODEL,
    BackendOption,
    DeviceOption,
    ModelOption,
    PrecisionOption,
    ThreadsOption,
    load_aligner,
)
from concord.cli.row_jobs import (
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
from concord.scoring.backends import BackendName, Precision
from concord.scoring.zero_label import TEMPLATE
from concord.workflows.classify import ClassifyOptions
from concord.workflows.score import JobOptions, OnError, score_file

EXAMPLE = "Example:  concord classify articles.csv --labels business,politics,sport -o labelled.csv"


def classify(
    file: FileArgument,
    labels: Annotated[
        str, typer.Option(metavar="A,B,C", help="The labels, with commas between them.")
    ],
    output: OutputOption = STANDARD_INPUT,
    text_column: Annotated[str, typer.Option("--text", help="Column of the texts.")] = "text",
    template: Annotated[
        str, typer.Option(help="The claim that stands for a label, which goes in place of {}.")
    ] = TEMPLATE,
    multi_label: Annotated[
        bool, typer.Option("--multi-label", help="Several labels, or none, may apply to a text.")
    ] = False,
    head: HeadOption = Head.THREE_WAY,
    prefix: PrefixOption = "",
    file_format: FormatOption = None,
    input_format: InputFormatOption = None,
    on_error: OnErrorOption = OnError.SKIP,
    limit: LimitOption = None,
    restart: RestartOption = False,
    model: ModelOption = DEFAULT_MODEL,
    backend: BackendOption = BackendName.AUTO,
    precision: PrecisionOption = Precision.AUTO,
    device: DeviceOption = "cpu",
    threads: ThreadsOption = None,
) -> None:
    """Classify each row of a file by labels alone: which of them does its text bear out?

    Adds the columns label, probability, and p_LABEL for each label.
    """
    options = ClassifyOptions(
        labels=tuple(label.strip() for label in labels.split(",")),
        template=template,
        multi_label=multi_label,
        text_column=text_column,
        head=head,
        prefix=prefix,
        on_error=on_error,
        limit=limit,
        file_format=file_format,
        input_format=input_format,
    )
    open_aligner = partial(
        load_aligner, model, backend=backend, precision=precision, device=device, threads=threads
    )
    identity = identity_of_model(model, backend=backend, precision=precision, device=device)
    job = JobOptions(restart=restart)
    run_job(
        file,
        output,
        lambda progress: score_file(
            file, output, options, open_aligner, job=job, model=identity, progress=progress
        ),
        input_format=input_format,
        limit=limit,
    )
