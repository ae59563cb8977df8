"""`concord demo`: verdicts and evidence on texts that come with the package."""

from rich.padding import Padding
from rich.text import Text

from concord.cli.console import output_console
from concord.cli.options import DEFAULT_MODEL, ModelOption, ThreadsOption, load_aligner
from concord.cli.rendering import render_explanation
from concord.workflows.demo import run_demo

EXAMPLE = "Example:  concord demo"


def demo(model: ModelOption = DEFAULT_MODEL, threads: ThreadsOption = None) -> None:
    """Judge six short texts, offline, with sentence-level evidence."""
    console = output_console()
    for number, (pair, explanation) in enumerate(run_demo(load_aligner(model, threads=threads)), 1):
        console.rule(Text(f"{number}. {pair.title} ({pair.kind})"), align="left")
        console.print(Padding(Text(pair.context, style="dim"), (0, 0, 1, 2)))
        console.print(render_explanation(explanation, console))
        console.print(Text(f"\nPlanted: {pair.note}\n", style="italic"))
    console.print("Try your own:  concord explain CONTEXT CLAIM")
