"""What predicting tasks needs of an inference engine: the encoder's states."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Protocol

from concord.alignment.scores import FloatArray
from concord.scoring.backends.adapters import AdapterTable
from concord.scoring.backends.backend import Precision
from concord.scoring.backends.openvino import OpenVinoBackend
from concord.tasks.adapters import SavedAdapter
from concord.text import TokenBatch


class StateEncoder(Protocol):
    """Turns token batches into the encoder's states."""

    @property
    def num_streams(self) -> int:
        """How many batches are computed at the same time."""
        ...

    def states(
        self, batches: Iterable[TokenBatch], task: str | None = None
    ) -> Iterator[FloatArray]:
        """Yield each batch's states, ``(sequences, tokens, layers * hidden)``, in order.

        Args:
            batches: What to read.
            task: Whose own adapter is on; none is unless given.
        """
        ...


class OpenVinoEncoder:
    """Runs an exported encoder without torch.

    Args:
        folder: An exported model of tasks.
        precision: The number format to compute in; auto is bf16 where it is native, else f32.
        threads: CPU threads to use; all cores unless given.
        adapters: What tasks have of their own, by task.
    """

    def __init__(
        self,
        folder: Path,
        *,
        precision: Precision = Precision.AUTO,
        threads: int | None = None,
        adapters: Mapping[str, SavedAdapter] | None = None,
    ) -> None:
        self._backend = OpenVinoBackend(folder, precision=precision, threads=threads)
        self._adapters = AdapterTable(self._backend.adapter_ports, adapters or {})

    def __repr__(self) -> str:
        return repr(self._backend)

    @property
    def num_streams(self) -> int:
        """How many batches are computed at the same time: each by one thread."""
        return self._backend.num_streams

    def states(
        self, batches: Iterable[TokenBatch], task: str | None = None
    ) -> Iterator[FloatArray]:
        """Yield each batch's states, ``(sequences, tokens, layers * hidden)``, in order.

        Args:
            batches: What to read.
            task: Whose own adapter is on; none is unless given.
        """
        return self._backend.logits(batches, self._adapters.inputs(task))
