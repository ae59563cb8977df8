"""`concord evaluate`: a model's figures on labelled data sets."""

import logging
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import Progress

from concord.artifact import CARD_FILE, find_model
from concord.cli.console import output_console, progress_bar
from concord.cli.options import (
    DEFAULT_MODEL,
    BackendOption,
    DeviceOption,
    PrecisionOption,
    ThreadsOption,
    load_aligner,
)
from concord.data.recipe import LicenceClass, Split
from concord.errors import ConfigError
from concord.scoring.backends import BackendName, Precision

if TYPE_CHECKING:
    from concord.evaluation.suites.suite import Suite

EXAMPLE = (
    "Example:  concord evaluate my-model --data-dir data --recipe mnli -o results.json\n\n"
    "A run of suites:  concord evaluate my-model --suite all --baseline majority "
    "--baseline rouge_2 --data-dir data -o run"
)
ALL = "all"
_SUITES = "Suites"


def evaluate(
    data_dir: Annotated[Path, typer.Option(help="Folder that holds the data sets' folders.")],
    models: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="MODEL...",
            help="A model's folder or hub id; the bundled model unless given. Several with "
            "--suite: the first is held against the others.",
        ),
    ] = None,
    recipe: Annotated[
        list[str] | None,
        typer.Option("--recipe", "-r", help="A data set; repeatable. All found unless given."),
    ] = None,
    split: Annotated[Split, typer.Option(help="Part of the data sets.")] = Split.VALIDATION,
    licence: Annotated[
        list[LicenceClass] | None, typer.Option(help="Only data of this licence class; repeatable.")
    ] = None,
    max_rows: Annotated[
        int | None, typer.Option(min=1, help="Read only so many rows of each, for a dry run.")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", help="Keep the figures as JSON; with --suite, the run's folder."
        ),
    ] = None,
    suite: Annotated[
        list[str] | None,
        typer.Option(
            help="Run a suite, or all; repeatable. A run that was cut off goes on where it was.",
            rich_help_panel=_SUITES,
        ),
    ] = None,
    baseline: Annotated[
        list[str] | None,
        typer.Option(
            help="Also run majority, lexical_overlap, bigram_overlap, rouge_2, unsplit, "
            "cosine:MODEL, cross_encoder:MODEL or prompted:MODEL; repeatable.",
            rich_help_panel=_SUITES,
        ),
    ] = None,
    label_order: Annotated[
        str | None,
        typer.Option(
            help="What a cross-encoder's labels mean, by index, with commas between; as its "
            "config says unless given.",
            rich_help_panel=_SUITES,
        ),
    ] = None,
    prompted_rows: Annotated[
        int,
        typer.Option(min=1, help="Rows of each set a generator is asked.", rich_help_panel=_SUITES),
    ] = 200,
    trained_with: Annotated[
        list[Path] | None,
        typer.Option(
            help="A config of `concord train` that made the first model: say which rows it may "
            "have learned; repeatable.",
            rich_help_panel=_SUITES,
        ),
    ] = None,
    quote: Annotated[
        list[LicenceClass] | None,
        typer.Option(
            help="Quote only texts of this licence class in what is written, as for a page that is "
            "to be published; repeatable. All unless given.",
            rich_help_panel=_SUITES,
        ),
    ] = None,
    markdown: Annotated[Path | None, typer.Option(help="Keep a Markdown table.")] = None,
    wrong_rows: Annotated[
        Path | None, typer.Option(help="Keep wrongly answered examples as JSON lines.")
    ] = None,
    card: Annotated[
        bool, typer.Option("--card", help="Renew the figures in the model's card.")
    ] = False,
    seed: Annotated[int, typer.Option(help="Seed of the bootstrap intervals.")] = 0,
    backend: BackendOption = BackendName.AUTO,
    precision: PrecisionOption = Precision.AUTO,
    device: DeviceOption = "cpu",
    threads: ThreadsOption = None,
) -> None:
    """Measure models on labelled data sets, beside simple baselines, with 95 % intervals."""
    chosen = models or [DEFAULT_MODEL]
    if suite:
        _run_suites(
            [*chosen, *(baseline or [])],
            data_dir=data_dir,
            output=output,
            suites=suite,
            max_rows=max_rows,
            seed=seed,
            licences=tuple(licence or LicenceClass),
            threads=threads,
            label_order=label_order,
            prompted_rows=prompted_rows,
            trained_with=tuple(trained_with or ()),
            quoted=tuple(quote or LicenceClass),
        )
        return
    if len(chosen) > 1 or baseline:
        raise ConfigError("several models, or a --baseline, go with --suite NAME or --suite all")
    from concord.cli.rendering import render_report
    from concord.workflows.evaluate import EvaluationOptions
    from concord.workflows.evaluate import evaluate as run_evaluation

    (model,) = chosen
    options = EvaluationOptions(
        data_dir=data_dir,
        recipes=tuple(recipe or ()),
        split=split,
        max_rows=max_rows,
        seed=seed,
        licences=tuple(licence or LicenceClass),
        output=output,
        markdown=markdown,
        wrong_rows=wrong_rows,
        card=find_model(model) / CARD_FILE if card else None,
    )
    aligner = load_aligner(
        model, backend=backend, precision=precision, device=device, threads=threads
    )
    with progress_bar() as bar:
        report = run_evaluation(model, aligner, options, progress=_progress_of(bar))
    output_console().print(render_report(report))


def _run_suites(
    written: list[str],
    *,
    data_dir: Path,
    output: Path | None,
    suites: list[str],
    max_rows: int | None,
    seed: int,
    licences: tuple[LicenceClass, ...],
    threads: int | None,
    label_order: str | None,
    prompted_rows: int,
    trained_with: tuple[Path, ...],
    quoted: tuple[LicenceClass, ...],
) -> None:
    from concord.cli.rendering import render_averages, render_findings
    from concord.evaluation.leaderboard.published import read_published
    from concord.evaluation.systems import SystemOptions
    from concord.workflows.leaderboard import run_leaderboard
    from concord.workflows.leaderboard_options import LeaderboardOptions
    from concord.workflows.system_sources import system_sources

    if output is None:
        raise ConfigError("a run of suites needs --output FOLDER, where it is kept and goes on")
    logging.basicConfig(format="concord: %(message)s", level=logging.WARNING)
    options = LeaderboardOptions(
        data_dir=data_dir,
        output=output,
        suites=_suites(suites),
        max_rows=max_rows,
        seed=seed,
        licences=licences,
        threads=threads,
        command=shlex.join(["concord", *sys.argv[1:]]),
        published=read_published(),
        trained_with=trained_with,
        quoted=quoted,
    )
    system_options = SystemOptions(threads=threads, label_order=label_order, max_rows=prompted_rows)
    with progress_bar() as bar:
        board = run_leaderboard(
            system_sources(written, system_options), options, watch=_progress_of(bar)
        )
    console = output_console()
    if board.averages:
        console.print(render_averages(board))
    if board.findings:
        console.print(render_findings(board))
    console.print(f"{output} holds results.json, results.md and page.html", soft_wrap=True)


def _suites(names: list[str]) -> tuple["Suite", ...]:
    from concord.evaluation.suites import get_suite, suite_names

    wanted = suite_names() if ALL in names else tuple(dict.fromkeys(names))
    return tuple(get_suite(name) for name in wanted)


def _progress_of(bar: Progress) -> Callable[[str], Callable[[int, int], None]]:
    """Return what opens a line of the bar for a data set."""

    def start(name: str) -> Callable[[int, int], None]:
        task = bar.add_task(name, total=None)
        return lambda done, total: bar.update(task, completed=done, total=total)

    return start
