"""Where in a safetensors file each tensor stands, found by what it holds."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from concord.errors import ArtifactError

FLOAT_FORMATS: Final = ("F32", "F16", "BF16")
"""The formats, in safetensors' words, that scoring can read weights in."""
_HEADER_SIZE_BYTES: Final = 8


@dataclass(frozen=True, slots=True)
class StoredTensor:
    """A float tensor in a weights file.

    Attributes:
        name: Its name in the file.
        float_format: One of `FLOAT_FORMATS`.
        offset: Its first byte, counted from the start of the file.
        data: Its bytes.
    """

    name: str
    float_format: str
    offset: int
    data: NDArray[np.uint8]

    def widened(self) -> NDArray[np.float32]:
        """Return the values in float32, which holds each of the formats exactly."""
        match self.float_format:
            case "F32":
                return self.data.view(np.float32)
            case "F16":
                return self.data.view(np.float16).astype(np.float32)
            case _:  # bfloat16 is the upper half of a float32
                return (self.data.view(np.uint16).astype(np.uint32) << 16).view(np.float32)


def read_stored_tensors(path: Path) -> dict[bytes, StoredTensor]:
    """Return the float tensors of a safetensors file by the digest of their float32 values.

    Raises:
        ArtifactError: If the file is absent or damaged.
    """
    try:
        content = np.fromfile(path, dtype=np.uint8)
        header_size = int(content[:_HEADER_SIZE_BYTES].view("<u8")[0])
        start = _HEADER_SIZE_BYTES + header_size
        header = json.loads(content[_HEADER_SIZE_BYTES:start].tobytes())
        tensors = [
            _stored_tensor(name, entry, content, start)
            for name, entry in header.items()
            if entry.get("dtype") in FLOAT_FORMATS
        ]
        return {digest_of(tensor.widened()): tensor for tensor in tensors}
    except (OSError, ValueError, IndexError, KeyError) as error:
        raise ArtifactError(f"{path} cannot be read as safetensors: {error}") from error


def digest_of(values: NDArray[np.float32]) -> bytes:
    """Return what identifies an array's values, whatever its shape."""
    return hashlib.sha256(np.ascontiguousarray(values).data).digest()


def _stored_tensor(
    name: str, entry: dict[str, Any], content: NDArray[np.uint8], start: int
) -> StoredTensor:
    first, last = entry["data_offsets"]
    data = content[start + first : start + last].copy()  # aligned, so that it can be viewed
    return StoredTensor(name, entry["dtype"], start + first, data)
