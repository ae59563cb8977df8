"""`concord new`: a config for one's own files."""

from pathlib import Path
from typing import Annotated

import typer

from concord.cli.console import output_console
from concord.errors import ConfigError

EXAMPLE = "Example:  concord new reviews-train.csv reviews-dev.csv people.conll -o tasks.toml"


def new(
    files: Annotated[list[Path], typer.Argument(help="Files of rows, in any format we read.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The config.")] = Path(
        "tasks.toml"
    ),
    encoder: Annotated[
        str, typer.Option(help='What to start from: a hub id, a folder, or "package:NAME".')
    ] = "sentence-transformers/all-MiniLM-L6-v2",
    force: Annotated[bool, typer.Option("--force", help="Replace a config that is there.")] = False,
) -> None:
    """Look at files of rows and write a commented config that trains on them."""
    from concord.evaluation.results import write_text_atomically
    from concord.workflows.new_config import find_tasks, render_config

    if output.exists() and not force:
        raise ConfigError(f"{output} is there already; name another with --output, or --force")
    tasks = find_tasks(files)
    text = render_config(tasks, folder=output.absolute().parent, encoder=encoder)
    write_text_atomically(output, text)
    console = output_console()
    for task in tasks:
        console.print(f"{task.name}: {task.guess.kind}, {task.guess.reason}")
    console.print(f"wrote {output}; look it over, then:  concord finetune {output}", soft_wrap=True)
