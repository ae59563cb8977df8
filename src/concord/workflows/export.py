"""Writes a trained model in the form that something else runs."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from concord.alignment import Head
from concord.artifact import find_model, is_alignment_model
from concord.errors import ConfigError, MissingExtraError

_EXTRA_PACKAGES = frozenset({"torch", "transformers", "safetensors"})


class ExportFormat(StrEnum):
    """What is to run the model."""

    OPENVINO = "openvino"
    """Scoring without torch: a graph in the model's own folder, with all heads."""
    TRANSFORMERS = "transformers"
    """Whatever loads `AutoModelForSequenceClassification`: a folder of its own, with one head."""


class WeightFormat(StrEnum):
    """How the weights of a new folder are stored."""

    FLOAT32 = "float32"
    FLOAT16 = "float16"
    BFLOAT16 = "bfloat16"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportOptions:
    """Which form to write.

    Attributes:
        form: What is to run the model.
        to: The folder to make, for a form with a folder of its own.
        head: The head to keep, for a form with one head; three-way unless given.
        dtype: How the weights are stored in a new folder; float32 unless given.
    """

    form: ExportFormat = ExportFormat.OPENVINO
    to: Path | None = None
    head: Head | None = None
    dtype: WeightFormat | None = None

    def __post_init__(self) -> None:
        if self.form is ExportFormat.TRANSFORMERS and self.to is None:
            raise ConfigError(
                "the transformers format is a folder of its own; say where with --to FOLDER"
            )
        options = {"--to": self.to, "--head": self.head, "--dtype": self.dtype}
        given = [name for name, value in options.items() if value is not None]
        if self.form is ExportFormat.OPENVINO and given:
            raise ConfigError(
                f"{' and '.join(given)} cannot be chosen for the openvino format, which stands in "
                "the model's own folder with all its heads; perhaps --format transformers is meant"
            )


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What was written.

    Attributes:
        path: The file or the folder.
        largest_difference: From the model's own scores, where they were compared.
    """

    path: Path
    largest_difference: float | None = None


def export(model: str, options: ExportOptions | None = None) -> ExportReport:
    """Export a model folder; without options, in place for scoring without torch.

    Raises:
        MissingExtraError: If torch or what goes with it is not installed.
    """
    asked = options or ExportOptions()
    folder = find_model(model)
    try:
        import torch

        from concord.export import export_classifier, export_encoder, export_model
    except ModuleNotFoundError as error:
        if error.name not in _EXTRA_PACKAGES:
            raise
        raise MissingExtraError.needing("exporting", error.name, "export") from error
    if asked.to is None:
        write = export_model if is_alignment_model(folder) else export_encoder
        return ExportReport(write(folder))
    difference = export_classifier(
        folder,
        asked.to,
        head=asked.head or Head.THREE_WAY,
        dtype=getattr(torch, asked.dtype or WeightFormat.FLOAT32),
    )
    return ExportReport(asked.to, difference)
