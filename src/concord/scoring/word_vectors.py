"""The encoder's own input vectors of tokens, read from its weights without running it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from concord.alignment.scores import FloatArray
from concord.artifact import ADDED_PREFIX, WEIGHTS_FILE
from concord.text import TokenIds

_TABLES: Final = ("word_embeddings.weight", "tok_embeddings.weight")
_DTYPES: Final = {"BF16": np.uint16, "F16": np.float16, "F32": np.float32}

_TINY: Final = np.finfo(np.float32).tiny
_ROWS_AT_ONCE: Final = 1024  # a book has most of the vocabulary, which takes tens of megabytes


class WordVectors:
    """Directions of tokens: two that mean much the same point nearly the same way.

    The file stays on disk and is mapped; only the rows that are asked for are read.

    Args:
        table: One row per token id; bfloat16 as its bits.
    """

    def __init__(self, table: NDArray[Any]) -> None:
        self._table = table

    @classmethod
    def load(cls, folder: Path | None) -> Self | None:
        """Map the table in a model folder's weights; None where there is none to be found."""
        path = None if folder is None else folder / WEIGHTS_FILE
        if path is None or not path.is_file():
            return None
        with path.open("rb") as file:
            size = int.from_bytes(file.read(8), "little")
            header: dict[str, Any] = json.loads(file.read(size))
        found = (
            tensor
            for name, tensor in header.items()
            if name.endswith(_TABLES) and not name.startswith(ADDED_PREFIX)
        )
        tensor = next(found, None)
        if tensor is None or tensor["dtype"] not in _DTYPES:
            return None
        return cls(_map_tensor(path, 8 + size, tensor))

    def matrix(self) -> FloatArray:
        """Return the whole table, shape ``(vocabulary, size)``."""
        return _as_floats(np.asarray(self._table))

    def directions(self, tokens: TokenIds) -> FloatArray:
        """Return a vector of length 1 for each token, shape ``(tokens, size)``."""
        directions = np.empty((len(tokens), self._table.shape[1]), dtype=np.float32)
        for start in range(0, len(tokens), _ROWS_AT_ONCE):
            block = slice(start, start + _ROWS_AT_ONCE)
            rows = _as_floats(self._table[tokens[block]])
            lengths = np.linalg.norm(rows, axis=1, keepdims=True)
            np.divide(rows, np.maximum(lengths, _TINY), out=directions[block])
        return directions


def _map_tensor(path: Path, start: int, tensor: Mapping[str, Any]) -> NDArray[Any]:
    return np.memmap(
        path,
        dtype=_DTYPES[tensor["dtype"]],
        mode="r",
        offset=start + tensor["data_offsets"][0],
        shape=tuple(tensor["shape"]),
    )


def _as_floats(rows: NDArray[Any]) -> FloatArray:
    if rows.dtype == np.uint16:  # bfloat16: the upper half of a float32
        return (rows.astype(np.uint32) << 16).view(np.float32)
    return rows.astype(np.float32)
