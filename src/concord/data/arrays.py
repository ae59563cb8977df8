"""Folders of one-dimensional arrays, written piece by piece and read through memory maps."""

import shutil
import tempfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray


def load_arrays(folder: Path) -> dict[str, NDArray[Any]]:
    """Map a folder's arrays into memory, by name."""
    return {path.stem: np.load(path, mmap_mode="r") for path in folder.glob("*.npy")}


def write_arrays(
    folder: Path,
    formats: Mapping[str, str],
    fill: Callable[[Mapping[str, "GrowingArray"]], object],
) -> None:
    """Write a folder of arrays under a temporary name and rename it, so that a kill leaves none.

    Args:
        folder: Must not be there, unless another process writes the same meanwhile.
        formats: From each array's name to its number format on disk.
        fill: Given the arrays, empty, by name; extends them.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".filling-"))
    try:
        with ExitStack() as stack:
            fill(
                {
                    name: stack.enter_context(GrowingArray(temporary / f"{name}.npy", dtype))
                    for name, dtype in formats.items()
                }
            )
        temporary.rename(folder)
    except OSError:
        if not folder.is_dir():  # else another run filled it meanwhile
            raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


class GrowingArray:
    """A one-dimensional `.npy` file that is written piece by piece, so that memory stays flat."""

    def __init__(self, path: Path, dtype: str) -> None:
        self._file = path.open("wb")
        self._dtype = np.dtype(dtype)
        self._length = 0
        self._write_header()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._file.seek(0)
        self._write_header()
        self._file.close()

    def extend(self, values: ArrayLike) -> None:
        """Write more values."""
        array = np.asarray(values, dtype=self._dtype)
        self._file.write(array.data)
        self._length += len(array)

    def _write_header(self) -> None:
        """NumPy leaves room in a header for its first axis to grow."""
        shape = (self._length,)
        header = {"descr": self._dtype.str, "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(self._file, header)
