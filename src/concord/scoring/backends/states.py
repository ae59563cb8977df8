"""What predicting tasks needs of an inference engine: the encoder's states."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol

from concord.alignment.scores import FloatArray
from concord.scoring.backends.backend import Precision
from concord.scoring.backends.openvino import OpenVinoBackend
from concord.text import TokenBatch


class StateEncoder(Protocol):
    """Turns token batches into the encoder's states."""

    @property
    def num_streams(self) -> int:
        """How many batches are computed at the same time."""
        ...

    def states(self, batches: Iterable[TokenBatch]) -> Iterator[FloatArray]:
        """Yield each batch's states, ``(sequences, tokens, layers * hidden)``, in order."""
        ...


class OpenVinoEncoder:
    """Runs an exported encoder without torch.

    Args:
        folder: An exported model of tasks.
        precision: The number format to compute in; auto is bf16 where it is native, else f32.
        threads: CPU threads to use; all cores unless given.
    """

    def __init__(
        self, folder: Path, *, precision: Precision = Precision.AUTO, threads: int | None = None
    ) -> None:
        self._backend = OpenVinoBackend(folder, precision=precision, threads=threads)

    def __repr__(self) -> str:
        return repr(self._backend)

    @property
    def num_streams(self) -> int:
        """How many batches are computed at the same time: each by one thread."""
        return self._backend.num_streams

    def states(self, batches: Iterable[TokenBatch]) -> Iterator[FloatArray]:
        """Yield each batch's states, ``(sequences, tokens, layers * hidden)``, in order."""
        return self._backend.logits(batches)
