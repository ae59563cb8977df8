"""The command's entry: what is common to all subcommands, errors above all."""

import os
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Annotated

import typer

from concord.cli import (
    average,
    calibrate,
    classify,
    compare,
    compare_results,
    demo,
    evaluate,
    explain,
    export,
    finetune,
    import_align,
    new,
    predict,
    rank,
    recipes,
    score,
    stages,
    synthesize,
    tasks,
    train,
    tune,
)
from concord.cli.console import prepare_streams, print_error
from concord.errors import ConcordError

EXIT_REFUSED = 2
EXIT_UNEXPECTED = 70  # EX_SOFTWARE of sysexits.h
TRACEBACK_VARIABLE = "CONCORD_TRACEBACK"

app = typer.Typer(
    name="concord",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    epilog="Start with:  concord demo",
)
app.command(epilog=score.EXAMPLE)(score.score)
app.command(epilog=explain.EXAMPLE)(explain.explain)
app.command(epilog=classify.EXAMPLE)(classify.classify)
app.command(epilog=rank.EXAMPLE)(rank.rank)
app.command(epilog=demo.EXAMPLE)(demo.demo)
app.command(epilog=evaluate.EXAMPLE)(evaluate.evaluate)
app.command("compare-results", epilog=compare_results.EXAMPLE)(compare_results.compare_results)
app.command(epilog=calibrate.EXAMPLE)(calibrate.calibrate)
app.command(epilog=synthesize.EXAMPLE)(synthesize.synthesize)
app.command(epilog=train.EXAMPLE)(train.train)
app.command(epilog=new.EXAMPLE)(new.new)
app.command(epilog=finetune.EXAMPLE)(finetune.finetune)
app.command(epilog=compare.EXAMPLE)(compare.compare)
app.command(epilog=stages.EXAMPLE)(stages.stages)
app.command(epilog=tune.EXAMPLE)(tune.tune)
app.command(epilog=average.EXAMPLE)(average.average)
app.command(epilog=predict.EXAMPLE)(predict.predict)
app.command(epilog=export.EXAMPLE)(export.export)
app.command("import-align", epilog=import_align.EXAMPLE)(import_align.import_align)
app.add_typer(tasks.app, name="tasks", epilog=tasks.EXAMPLE)
app.add_typer(recipes.app, name="recipes", epilog=recipes.EXAMPLE)


def _print_version(is_asked: bool) -> None:
    if is_asked:
        typer.echo(f"concord {_installed_version()}")
        raise typer.Exit


def _installed_version() -> str:
    try:
        return version("concord")
    except PackageNotFoundError:
        return "(run from its source, not installed)"


@app.callback()
def root(
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """Does this context support this claim? Scores text pairs, fast, on a CPU."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command; what it refuses becomes one line on standard error.

    The exit code is 0, 2 for what was refused, 3 if rows could not be scored, and 130 after an
    interrupt. With CONCORD_TRACEBACK=1 in the environment, errors keep their traceback.

    Args:
        arguments: Words after the command's name; those of the process unless given.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # before any runtime starts threads
    prepare_streams()
    try:
        app(args=None if arguments is None else list(arguments), prog_name="concord")
    except Exception as error:
        if os.environ.get(TRACEBACK_VARIABLE):
            raise
        print_error(_one_line(error))
        sys.exit(EXIT_REFUSED if isinstance(error, ConcordError | OSError) else EXIT_UNEXPECTED)


def _one_line(error: Exception) -> str:
    if isinstance(error, ConcordError):
        return str(error)
    if isinstance(error, OSError) and error.strerror:
        place = f"{error.filename}: " if error.filename else ""
        return f"{place}{error.strerror}"
    return f"unexpected {type(error).__name__}: {error} (set {TRACEBACK_VARIABLE}=1 to see where)"


if __name__ == "__main__":
    main()
