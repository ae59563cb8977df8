"""Options that several commands share, and the model that they open."""

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from concord.artifact import BUNDLED_MODEL
from concord.cli.console import error_console
from concord.scoring.backends import BackendName, Precision

if TYPE_CHECKING:
    from concord.scoring.aligner import Aligner


_MODEL_HELP = "A model's folder or hub id."
ModelOption = Annotated[
    str, typer.Option("--model", "-m", help=_MODEL_HELP, rich_help_panel="Model")
]
BackendOption = Annotated[
    BackendName, typer.Option(help="What runs the encoder.", rich_help_panel="Model")
]
PrecisionOption = Annotated[
    Precision,
    typer.Option(
        help="Number format to compute in; auto takes bf16 where the processor has it, fast takes "
        "int8 where the model loses next to nothing by it.",
        rich_help_panel="Model",
    ),
]
DeviceOption = Annotated[
    str, typer.Option(help="cpu, or cuda with the torch backend.", rich_help_panel="Model")
]
ThreadsOption = Annotated[
    int | None,
    typer.Option(min=1, help="Processor threads; all unless given.", rich_help_panel="Model"),
]
ThresholdOption = Annotated[
    float | None,
    typer.Option(
        min=0.0, max=1.0, help="Score from which a sentence is supported; the model's unless given."
    ),
]
RelevanceOption = Annotated[
    str,
    typer.Option(
        metavar="HOW",
        help="Chunks of a long context that are read: auto for a share of the most relevant, "
        "none for all, or their number.",
    ),
]
CalibrationOption = Annotated[
    Path | None,
    typer.Option(
        help="What `concord calibrate` wrote, where it does not lie in the model's folder.",
        rich_help_panel="Model",
    ),
]
DEFAULT_MODEL = BUNDLED_MODEL


def load_aligner(
    model: str = DEFAULT_MODEL,
    *,
    backend: BackendName = BackendName.AUTO,
    precision: Precision = Precision.AUTO,
    device: str = "cpu",
    threads: int | None = None,
    calibration: Path | None = None,
) -> "Aligner":
    """Open a model; the imports that take time happen only here."""
    from concord.scoring.aligner import Aligner

    logging.basicConfig(format="concord: %(message)s", level=logging.WARNING)
    aligner = Aligner.from_pretrained(
        model,
        backend=backend.value,
        precision=precision.value,
        device=device,
        threads=threads,
        calibration=calibration,
    )
    console = error_console()
    if console.is_terminal:
        console.print(f"{model}: {aligner.choice}", style="dim", soft_wrap=True)
    return aligner
