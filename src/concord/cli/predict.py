"""`concord predict`: what a model's tasks say of the rows of a file."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from concord.cli.console import error_console, progress_bar
from concord.cli.options import PrecisionOption, ThreadsOption
from concord.scoring.backends import Precision

EXAMPLE = "Example:  concord predict runs/mine/model reviews.csv --task sentiment -o answers.jsonl"


def predict(
    model: Annotated[str, typer.Argument(help="A model of tasks: a folder or a hub id.")],
    source: Annotated[str, typer.Argument(help="The rows: a file, a glob, or - for input.")],
    task: Annotated[
        list[str] | None,
        typer.Option("--task", "-t", help="A task of the model; repeatable. All unless given."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="JSON lines file; else the terminal.")
    ] = None,
    precision: PrecisionOption = Precision.AUTO,
    threads: ThreadsOption = None,
) -> None:
    """Add the answers of a model's tasks to each row; a text is read once for all of them."""
    from concord.scoring.task_predictor import TaskPredictor
    from concord.workflows.predict import PredictionOptions, predict_rows, predict_to_file

    predictor = TaskPredictor.from_pretrained(model, precision=precision, threads=threads)
    options = PredictionOptions(tasks=tuple(task or predictor.tasks), source=source)
    if output is None:
        predict_rows(predictor, options, sys.stdout)
        return
    with progress_bar() as bar:
        shown = bar.add_task("predicting", total=None)
        count = predict_to_file(
            predictor, options, output, on_rows=lambda rows: bar.update(shown, advance=rows)
        )
    error_console().print(f"wrote {count:,} rows to {output}", soft_wrap=True)
