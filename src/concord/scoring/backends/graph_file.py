"""The scoring graph beside `model.safetensors`: how it refers to the weights there.

An OpenVINO graph is an XML file whose constants are byte ranges of a second file. Ours points
into the model's own `model.safetensors`, whose tensors are raw bytes behind a header, so a model
folder holds its weights once. The few constants that are no weights, such as position numbers,
stand in the graph file itself and are read as if they followed the weights.
"""

import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

import numpy as np
from numpy.typing import NDArray

from concord.artifact import GRAPH_FILE, WEIGHTS_FILE
from concord.errors import ArtifactError

ALIGNMENT: Final = 64
"""The constants behind the weights begin at a multiple of this many bytes."""
_SECTION: Final = "rt_info/concord"


@dataclass(frozen=True, slots=True)
class GraphExtras:
    """What concord adds to a graph file.

    Attributes:
        weights_sha256: Digest of the `model.safetensors` that the graph points into.
        constants: The bytes of all constants that are not weights.
    """

    weights_sha256: str
    constants: bytes

    def add_to(self, root: ET.Element) -> None:
        """Write the extras into a graph."""
        info = root.find("rt_info")
        section = ET.SubElement(ET.SubElement(root, "rt_info") if info is None else info, "concord")
        ET.SubElement(section, "weights_sha256", value=self.weights_sha256)
        ET.SubElement(section, "constants", value=base64.b64encode(self.constants).decode())


def aligned_size(size: int) -> int:
    """Return where the constants begin behind so many bytes of weights."""
    return -(-size // ALIGNMENT) * ALIGNMENT


def read_extras(path: Path) -> GraphExtras:
    """Read what concord added to a graph file.

    Raises:
        ArtifactError: If the file is absent, damaged or not one of ours.
    """
    try:
        section = ET.parse(path).find(_SECTION)  # noqa: S314 - expat limits entity expansion
        values = {} if section is None else {entry.tag: entry.get("value") for entry in section}
        digest, constants = values.get("weights_sha256"), values.get("constants")
        if digest is None or constants is None:
            raise ArtifactError(f"{path} was not made by concord; run `concord export` anew")
        return GraphExtras(digest, base64.b64decode(constants))
    except FileNotFoundError:
        raise ArtifactError(
            f"{path} is missing; run `concord export {path.parent}` where the extra 'export' is "
            "installed"
        ) from None
    except (OSError, ET.ParseError, ValueError) as error:
        if isinstance(error, ArtifactError):
            raise
        raise ArtifactError(f"{path} is damaged ({error}); run `concord export` anew") from error


def sha256_of(data: NDArray[np.uint8]) -> str:
    """Return the digest of some bytes."""
    return hashlib.sha256(data.data).hexdigest()


def load_graph_data(folder: Path) -> NDArray[np.uint8]:
    """Read all bytes that a model folder's graph points into, once they are seen to fit it.

    Raises:
        ArtifactError: If the weights are absent, or have changed since the export.
    """
    extras = read_extras(folder / GRAPH_FILE)
    path = folder / WEIGHTS_FILE
    try:
        size = path.stat().st_size
        data = np.zeros(aligned_size(size) + len(extras.constants), dtype=np.uint8)
        with path.open("rb") as file:
            file.readinto(data[:size])  # type: ignore[arg-type]
    except OSError as error:
        raise ArtifactError(f"{path} cannot be read: {error}") from error
    if sha256_of(data[:size]) != extras.weights_sha256:
        raise ArtifactError(
            f"{path} is not the file that {GRAPH_FILE} was made for; run `concord export {folder}`"
        )
    data[aligned_size(size) :] = np.frombuffer(extras.constants, dtype=np.uint8)
    return data
