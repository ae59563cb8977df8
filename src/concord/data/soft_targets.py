"""What teachers say of a task's training examples, on disk, in the order of the examples.

Teachers answer block by block, and each block is written for itself: a run that is killed goes on
with the first block that is missing. As the encoded examples, a finished cache is keyed by what it
holds and read back through memory maps.
"""

import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from concord.data.arrays import GrowingArray, load_arrays, write_arrays

BlockT = TypeVar("BlockT")

_ARRAYS: Final[Mapping[str, str]] = {"values": "<f4", "sizes": "<i4"}


@dataclass(frozen=True, slots=True)
class SoftTargets:
    """A vector for each example of a task.

    Attributes:
        values: All vectors, end to end.
        starts: Where each example's starts, with the end.
    """

    values: NDArray[np.float32]
    starts: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.starts) - 1

    def of(self, index: int) -> NDArray[np.float32]:
        """Return the vector of one example."""
        return self.values[self.starts[index] : self.starts[index + 1]]


def load_or_answer(
    folder: Path,
    blocks: Callable[[], Iterable[BlockT]],
    answer: Callable[[BlockT], Sequence[NDArray[np.float32]]],
) -> SoftTargets:
    """Return the soft targets of a folder, after filling it if need be.

    Args:
        folder: Named after what it holds.
        blocks: Gives the blocks of examples in their order, always the same.
        answer: Gives a vector for each example of a block.
    """
    if not folder.is_dir():
        parts = folder.with_name(f".{folder.name}.blocks")
        for number, block in enumerate(blocks()):
            part = parts / f"{number:08d}"
            if not part.is_dir():
                write_arrays(part, _ARRAYS, partial(_fill, answer(block)))
        write_arrays(folder, _ARRAYS, partial(_join, parts))
        shutil.rmtree(parts, ignore_errors=True)
    arrays = load_arrays(folder)
    starts = np.concatenate([[0], np.cumsum(arrays["sizes"], dtype=np.int64)])
    return SoftTargets(arrays["values"], starts)


def _fill(vectors: Sequence[NDArray[Any]], arrays: Mapping[str, GrowingArray]) -> None:
    arrays["values"].extend(np.concatenate(vectors))
    arrays["sizes"].extend([len(vector) for vector in vectors])


def _join(parts: Path, arrays: Mapping[str, GrowingArray]) -> None:
    for part in sorted(path for path in parts.iterdir() if not path.name.startswith(".")):
        for name, values in load_arrays(part).items():
            arrays[name].extend(values)
