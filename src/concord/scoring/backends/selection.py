"""Which backend scores with a model, and opening it; each is imported only when it is opened."""

from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path

from concord.artifact import GRAPH_FILE
from concord.errors import ArtifactError, ConfigError, MissingExtraError
from concord.scoring.backends.backend import Backend, Precision, check_threads


class BackendName(StrEnum):
    """The backends to choose from."""

    AUTO = "auto"
    """OpenVINO on the CPU for an exported model; otherwise torch, where it is installed."""
    OPENVINO = "openvino"
    TORCH = "torch"

    @classmethod
    def _missing_(cls, value: object) -> "BackendName":
        raise ConfigError(f"unknown backend {value!r}; choose one of {', '.join(cls)}")


def open_backend(
    folder: Path,
    name: BackendName = BackendName.AUTO,
    *,
    precision: Precision = Precision.AUTO,
    device: str = "cpu",
    threads: int | None = None,
    int8_group: int | None = None,
) -> Backend:
    """Load a model folder into an inference engine.

    Args:
        folder: The model.
        name: Which engine.
        precision: The number format to compute in.
        device: "cpu", or a torch device such as "cuda".
        threads: CPU threads to use; all cores unless given.
        int8_group: In int8, the input channels that share a scale; a careful number unless given.

    Raises:
        ConfigError: If the engine cannot use the device.
    """
    check_threads(threads)
    if name is BackendName.AUTO:
        name = choose_backend(folder, device)
    if name is BackendName.TORCH:
        return _open_torch(folder, precision, device, threads)
    if device != "cpu":
        raise ConfigError(f"the openvino backend runs on the cpu, got device {device!r}; use torch")
    from concord.scoring.backends.openvino import OpenVinoBackend

    grouping = {} if int8_group is None else {"int8_group": int8_group}
    return OpenVinoBackend(folder, precision=precision, threads=threads, **grouping)


def choose_backend(folder: Path, device: str) -> BackendName:
    """Return the backend that "auto" stands for.

    Raises:
        ArtifactError: If the model was not exported and torch is not installed.
    """
    if device != "cpu":
        return BackendName.TORCH
    if (folder / GRAPH_FILE).is_file():
        return BackendName.OPENVINO
    if find_spec("torch") is None:
        raise ArtifactError(
            f"{folder / GRAPH_FILE} is missing and torch is not installed; run "
            f"`concord export {folder}` where the extra 'train' or 'export' is installed"
        )
    return BackendName.TORCH


def _open_torch(folder: Path, precision: Precision, device: str, threads: int | None) -> Backend:
    try:
        from concord.scoring.backends.pytorch import TorchBackend
    except ModuleNotFoundError as error:
        if error.name not in {"torch", "transformers"}:
            raise
        raise MissingExtraError.needing("the torch backend", error.name, "train") from error
    return TorchBackend.load(folder, precision=precision, device=device, threads=threads)
