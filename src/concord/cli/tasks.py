"""`concord tasks`: what a model of tasks can do, how well, and with which heads."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from concord.cli.console import error_console, output_console, progress_bar
from concord.cli.options import PrecisionOption, ThreadsOption
from concord.data.sources import Split
from concord.scoring.backends import Precision

EXAMPLE = "Example:  concord tasks evaluate tasks.toml runs/mine/model --wrong-rows wrong.jsonl"

app = typer.Typer(no_args_is_help=True, help="What a model of tasks can do, and how well.")


@app.command("kinds")
def kinds() -> None:
    """List the kinds of task that `concord finetune` can train."""
    from concord.tasks.kinds import TASK_KINDS, task_kind

    table = _table("kind", "what it answers")
    for name in TASK_KINDS.names():
        summary = (task_kind(name).__doc__ or "").strip().splitlines()[0]
        table.add_row(name, summary)
    output_console().print(table)


@app.command("list")
def list_tasks(
    model: Annotated[str, typer.Argument(help="A model of tasks: a folder or a hub id.")],
) -> None:
    """List the tasks of a model."""
    from concord.artifact import find_model
    from concord.tasks import load_tasks

    table = _table("task", "kind", "loss", "metrics")
    for name, task in load_tasks(find_model(model)).items():
        table.add_row(name, task.kind, task.loss, ", ".join(task.metrics))
    output_console().print(table)


@app.command("evaluate")
def evaluate(
    config: Annotated[Path, typer.Argument(help="The TOML file that names the tasks' data.")],
    model: Annotated[str, typer.Argument(help="A model of these tasks: a folder or a hub id.")],
    overrides: Annotated[
        list[str] | None, typer.Argument(help="Values to change, as key.name=value.")
    ] = None,
    split: Annotated[Split, typer.Option(help="Part of the data.")] = Split.VALIDATION,
    task: Annotated[
        list[str] | None, typer.Option("--task", "-t", help="A task; repeatable. All unless given.")
    ] = None,
    max_rows: Annotated[
        int | None, typer.Option(min=1, help="Read only so many rows of each, for a dry run.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Keep the figures as JSON.")
    ] = None,
    wrong_rows: Annotated[
        Path | None, typer.Option(help="Keep the rows got wrong as JSON lines, the worst first.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of the bootstrap intervals.")] = 0,
    precision: PrecisionOption = Precision.AUTO,
    threads: ThreadsOption = None,
) -> None:
    """Measure a model's tasks on labelled rows, with 95 % intervals."""
    from concord.scoring.task_predictor import TaskPredictor
    from concord.workflows.evaluate_tasks import (
        TaskEvaluationOptions,
        evaluate_tasks,
        load_task_sources,
    )

    sources = load_task_sources(config, tuple(overrides or ()))
    options = TaskEvaluationOptions(
        split=split,
        data_dir=sources.data_dir,
        names=tuple(task or ()),
        max_rows=max_rows,
        seed=seed,
        output=output,
        wrong_rows=wrong_rows,
    )
    predictor = TaskPredictor.from_pretrained(model, precision=precision, threads=threads)
    with progress_bar() as bar:
        shown = bar.add_task("measuring", total=None)
        results = evaluate_tasks(
            predictor,
            sources.tasks,
            options,
            progress=lambda name, done, total: bar.update(
                shown, description=name, completed=done, total=total
            ),
        )
    table = _table("task", "rows", "metric", "value", "95 % interval", "trivial")
    for result in results:
        for place, (metric, figure) in enumerate(result.figures.items()):
            trivial = result.trivial.get(metric)
            table.add_row(
                "" if place else result.name,
                "" if place else f"{result.num_rows:,}",
                metric,
                f"{figure.value:.4f}",
                f"{figure.low:.4f} to {figure.high:.4f}",
                "" if trivial is None else f"{trivial:.4f}",
            )
    output_console().print(table)
    for path in (output, wrong_rows):
        if path is not None:
            error_console().print(f"wrote {path}", soft_wrap=True)


@app.command("fit-threshold")
def fit_threshold(
    config: Annotated[Path, typer.Argument(help="The TOML file that names the tasks' data.")],
    model: Annotated[Path, typer.Argument(help="The folder of a model of these tasks.")],
    task: Annotated[str, typer.Argument(help="A task of kind question_answering.")],
    overrides: Annotated[
        list[str] | None, typer.Argument(help="Values to change, as key.name=value.")
    ] = None,
    split: Annotated[Split, typer.Option(help="Part of the data.")] = Split.VALIDATION,
    precision: PrecisionOption = Precision.AUTO,
    threads: ThreadsOption = None,
) -> None:
    """Choose from how much doubt on a task answers "none", where F1 is best on labelled rows."""
    from concord.scoring.task_predictor import TaskPredictor
    from concord.workflows.evaluate_tasks import load_task_sources
    from concord.workflows.fit_no_answer import fit_no_answer, save_threshold

    sources = load_task_sources(config, tuple(overrides or ()))
    predictor = TaskPredictor.from_pretrained(model, precision=precision, threads=threads)
    fitted = fit_no_answer(predictor, sources.tasks, task, split=split, data_dir=sources.data_dir)
    save_threshold(model, task, fitted)
    table = _table("metric", "always answered", "before", "after", "95 % interval")
    for metric, figure in fitted.after.items():
        table.add_row(
            metric,
            f"{fitted.always[metric].value:.4f}",
            f"{fitted.before[metric].value:.4f}",
            f"{figure.value:.4f}",
            f"{figure.low:.4f} to {figure.high:.4f}",
        )
    console = output_console()
    console.print(table)
    console.print(
        f"threshold {fitted.task.no_answer_threshold:.3f}, from {fitted.num_rows:,} rows; never "
        f"answering has F1 {fitted.trivial:.4f}. 'after' is measured on each half of the rows "
        "with the threshold of the other.",
        soft_wrap=True,
    )
    console.print(f"wrote it into {model}", soft_wrap=True)


@app.command("merge")
def merge(
    model: Annotated[Path, typer.Argument(help="The folder of a model of tasks.")],
    task: Annotated[str, typer.Argument(help="A task with an adapter of its own.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The new model's folder.")],
) -> None:
    """Put a task's own adapter into the encoder's weights: a plain model of that task alone."""
    from concord.workflows.merge_tasks import merge_task_folder

    merge_task_folder(model, task, output)
    output_console().print(f"wrote {output}", soft_wrap=True)


@app.command("remove")
def remove(
    model: Annotated[Path, typer.Argument(help="The folder of a model of tasks.")],
    task: Annotated[str, typer.Argument(help="The task to remove, with its head.")],
) -> None:
    """Remove a task from a model; `concord finetune initial_model=MODEL` adds one."""
    from concord.tasks import delete_task

    delete_task(model, task)
    output_console().print(f"removed task {task} from {model}", soft_wrap=True)


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    for name in columns:
        table.add_column(name, justify="right" if name in {"rows", "value", "trivial"} else "left")
    return table
