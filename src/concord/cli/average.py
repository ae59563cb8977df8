"""`concord average`: the mean of several finished models."""

from pathlib import Path
from typing import Annotated

import typer

from concord.cli.console import output_console
from concord.cli.training_view import TRAINING_PACKAGES
from concord.errors import MissingExtraError

EXAMPLE = "Example:  concord average runs/a/model runs/b/model -o runs/mean"


def average(
    models: Annotated[
        list[str],
        typer.Argument(help="Two models or more: folders or hub ids.", metavar="MODEL..."),
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Model folder to write; absent or empty.")
    ],
) -> None:
    """Average the weights of models that were fine-tuned apart from one start.

    They must be alignment models, or models of the same tasks and labels, on the
    same encoder. The mean is as fast as one of them.
    """
    try:
        from concord.workflows.average import average as run_average
    except ModuleNotFoundError as error:
        if error.name not in TRAINING_PACKAGES:
            raise
        raise MissingExtraError.needing("averaging", error.name, "train") from error
    report = run_average(models, output)
    output_console().print(
        f"wrote the mean of {report.number} models: {report.folder}", soft_wrap=True
    )
