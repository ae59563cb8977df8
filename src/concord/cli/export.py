"""`concord export`: the form of a model that scoring on a processor runs."""

from typing import Annotated

import typer

from concord.cli.console import output_console

EXAMPLE = "Example:  concord export runs/mini/best"


def export(model: Annotated[str, typer.Argument(help="A model's folder.")]) -> None:
    """Prepare a trained model for fast scoring without torch."""
    from concord.workflows.export import export as run_export

    output_console().print(f"wrote {run_export(model)}", soft_wrap=True)
