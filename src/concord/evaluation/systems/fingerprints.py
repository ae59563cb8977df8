"""What tells two systems apart whose answers may differ."""

import hashlib
from typing import Final

_NUM_DIGITS: Final = 16


def fingerprint_of(*parts: object) -> str:
    """Return 16 hexadecimal digits that change with any of the parts, as they are written."""
    written = "\0".join(map(str, parts))
    return hashlib.sha256(written.encode()).hexdigest()[:_NUM_DIGITS]
