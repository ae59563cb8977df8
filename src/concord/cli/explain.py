"""`concord explain`: which sentences of a claim the context bears out, and where."""

import json
from typing import Annotated

import typer

from concord.cli.console import output_console
from concord.cli.options import (
    DEFAULT_MODEL,
    BackendOption,
    DeviceOption,
    ModelOption,
    PrecisionOption,
    RelevanceOption,
    ThreadsOption,
    ThresholdOption,
    load_aligner,
)
from concord.cli.rendering import render_explanation
from concord.scoring.backends import BackendName, Precision
from concord.workflows.explain import explain_texts, explanation_to_mapping

EXAMPLE = 'Example:  concord explain article.txt "The bridge reopened on Monday."'


def explain(
    context: Annotated[str, typer.Argument(help="Text, or a file that holds it, or -.")],
    claim: Annotated[str, typer.Argument(help="Text, or a file that holds it, or -.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    threshold: ThresholdOption = None,
    relevance: RelevanceOption = "auto",
    model: ModelOption = DEFAULT_MODEL,
    backend: BackendOption = BackendName.AUTO,
    precision: PrecisionOption = Precision.AUTO,
    device: DeviceOption = "cpu",
    threads: ThreadsOption = None,
) -> None:
    """Show each sentence of a claim with the evidence for or against it."""
    aligner = load_aligner(
        model, backend=backend, precision=precision, device=device, threads=threads
    )
    explanation = explain_texts(context, claim, aligner, threshold=threshold, relevance=relevance)
    if as_json:
        typer.echo(json.dumps(explanation_to_mapping(explanation), indent=2))
        return
    console = output_console()
    console.print(render_explanation(explanation, console))
