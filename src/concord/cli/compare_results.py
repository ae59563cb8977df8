"""`concord compare-results`: what changed between two runs of suites, and whether it is noise."""

import json
from pathlib import Path
from typing import Annotated

import typer

from concord.cli.console import output_console

EXAMPLE = "Example:  concord compare-results run-before run-after"


def compare_results(
    first: Annotated[Path, typer.Argument(help="A run's folder, or its results.json.")],
    second: Annotated[Path, typer.Argument(help="The run to hold against it.")],
    first_system: Annotated[
        str | None, typer.Option(help="A system of the first run; the main one unless given.")
    ] = None,
    second_system: Annotated[
        str | None, typer.Option(help="A system of the second run; the main one unless given.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Keep the comparison as JSON.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of the bootstrap.")] = 0,
) -> None:
    """Say what changed between two runs of suites, and whether it is noise."""
    from concord.cli.rendering import render_changes
    from concord.evaluation.board import to_plain
    from concord.evaluation.results import write_text_atomically
    from concord.workflows.compare_results import compare_results as run_comparison

    comparison = run_comparison(first, second, systems=(first_system, second_system), seed=seed)
    console = output_console()
    console.print(render_changes(comparison))
    for sentence in comparison.in_words():
        console.print(sentence, soft_wrap=True, markup=False)
    if output is not None:
        text = json.dumps(to_plain(comparison), indent=1, ensure_ascii=False, allow_nan=False)
        write_text_atomically(output, f"{text}\n")
