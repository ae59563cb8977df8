"""`concord rank`: a file of passages in, the same rows in order of support for a query out."""

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
    run_job,
)
from concord.data.readers import STANDARD_INPUT
from concord.scoring.backends import BackendName, Precision
from concord.workflows.rank import RankOptions, rank_file
from concord.workflows.score import OnError

EXAMPLE = 'Example:  concord rank passages.jsonl --query "When did the bridge open?" --top-k 5'


def rank(
    file: FileArgument,
    query: Annotated[str, typer.Option(help="A statement to bear out, or a question to answer.")],
    output: OutputOption = STANDARD_INPUT,
    text_column: Annotated[str, typer.Option("--text", help="Column of the passages.")] = "text",
    top_k: Annotated[int | None, typer.Option(min=1, help="Write only the best rows.")] = None,
    head: HeadOption = Head.BINARY,
    prefix: PrefixOption = "",
    file_format: FormatOption = None,
    input_format: InputFormatOption = None,
    on_error: OnErrorOption = OnError.SKIP,
    limit: LimitOption = None,
    model: ModelOption = DEFAULT_MODEL,
    backend: BackendOption = BackendName.AUTO,
    precision: PrecisionOption = Precision.AUTO,
    device: DeviceOption = "cpu",
    threads: ThreadsOption = None,
) -> None:
    """Put the rows of a file in order: which passages support the query best?"""
    options = RankOptions(
        query=query,
        top_k=top_k,
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
    run_job(
        file,
        output,
        lambda progress: rank_file(file, output, options, open_aligner, progress=progress),
        input_format=input_format,
        limit=limit,
        can_go_on=False,
    )
