"""What scoring needs of an inference engine, and the numeric precision it may be asked for."""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Protocol

from concord.alignment.scores import FloatArray
from concord.errors import ConfigError
from concord.text import TokenBatch


class Backend(Protocol):
    """Turns token batches into logits: OpenVINO, PyTorch or a test double."""

    @property
    def num_streams(self) -> int:
        """How many batches are computed at the same time."""
        ...

    def logits(self, batches: Iterable[TokenBatch]) -> Iterator[FloatArray]:
        """Yield the joint logits of each batch, in the order of the batches.

        Columns stand in the order of `LOGIT_COLUMNS`, shape ``(pairs, 6)``. The next batches are
        taken, and so made, while others are computed.
        """
        ...


class Precision(StrEnum):
    """The number format of the encoder's arithmetic; logits come back as float32 anyway."""

    AUTO = "auto"
    """bf16 where the hardware computes in it natively, else f32."""
    FAST = "fast"
    """int8 where it was found to keep the model's quality and the processor is fast at it; else
    auto."""
    F32 = "f32"
    BF16 = "bf16"
    INT8 = "int8"
    """Large products in eight bits; the rest as bf16 or f32."""

    @classmethod
    def _missing_(cls, value: object) -> "Precision":
        raise ConfigError(f"unknown precision {value!r}; choose one of {', '.join(cls)}")


def check_threads(threads: int | None) -> None:
    """Refuse a number of threads that cannot work.

    Raises:
        ConfigError: If it is below 1.
    """
    if threads is not None and threads < 1:
        raise ConfigError(f"threads must be at least 1, or None for all cores; got {threads}")
