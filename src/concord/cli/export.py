"""`concord export`: a model in the form that something else runs."""

from pathlib import Path
from typing import Annotated

import typer

from concord.alignment import Head
from concord.cli.console import error_console, output_console
from concord.errors import ConfigError
from concord.workflows.export import ExportFormat, ExportOptions, WeightFormat

EXAMPLE = "Example:  concord export runs/mini/best"


def export(
    model: Annotated[str, typer.Argument(help="A model's folder or hub id.")],
    form: Annotated[
        ExportFormat,
        typer.Option(
            "--format",
            help="openvino: scoring without torch, in the model's own folder. transformers: one "
            "head as an ordinary sequence classifier.",
        ),
    ] = ExportFormat.OPENVINO,
    to: Annotated[
        Path | None, typer.Option(help="Folder to make, for the transformers format.")
    ] = None,
    head: Annotated[
        Head | None,
        typer.Option(help="Head to keep in the transformers format; three_way unless given."),
    ] = None,
    dtype: Annotated[
        WeightFormat | None,
        typer.Option(help="How the new folder stores its weights; float32 unless given."),
    ] = None,
    int8_data: Annotated[
        Path | None,
        typer.Option(
            help="Folder of data sets on which int8 is compared with float32; `--precision fast` "
            "is int8 from then on if it loses at most 0.3 points on each.",
        ),
    ] = None,
    int8_recipes: Annotated[
        str, typer.Option(help="The data sets to compare on, separated by commas.")
    ] = "mnli,stsb,paws",
) -> None:
    """Prepare a trained model for fast scoring without torch, or for other libraries."""
    from concord.workflows.export import export as run_export

    options = ExportOptions(form=form, to=to, head=head, dtype=dtype)
    if int8_data is not None and form is not ExportFormat.OPENVINO:
        raise ConfigError("int8 is for the openvino format; leave out --int8-data or --format")
    report = run_export(model, options)
    console = output_console()
    console.print(f"wrote {report.path}", soft_wrap=True)
    if report.largest_difference is not None:
        console.print(f"largest difference from concord's scores: {report.largest_difference:.1e}")
    if int8_data is not None:
        _gate_int8(model, int8_data, int8_recipes.split(","))


def _gate_int8(model: str, data_dir: Path, recipes: list[str]) -> None:
    from concord.workflows.int8_gate import GateOptions, gate_int8

    console = output_console()
    names = [name.strip() for name in recipes]
    with error_console().status("comparing int8 with float32") as status:
        gate = gate_int8(
            model,
            GateOptions(data_dir=data_dir, recipes=names),
            progress=lambda what: status.update(f"scoring in {what}"),
        )
    console.print(f"int8 in groups of {gate.group} loses")
    for name, loss in gate.losses.items():
        console.print(f"  {loss:+.2f} points on {name}")
    verdict = "int8" if gate.is_passed else "not int8"
    console.print(f"so --precision fast is {verdict} (at most {gate.bound} may be lost)")
