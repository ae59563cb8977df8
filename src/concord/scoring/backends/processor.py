"""What the processor is fast at."""

import re
from pathlib import Path
from typing import Final

_INSTRUCTIONS: Final = frozenset({"avx512_vnni", "avx_vnni", "amx_int8"})
_PROCESSOR_FILE: Final = Path("/proc/cpuinfo")


def int8_instructions(processor_file: Path = _PROCESSOR_FILE) -> frozenset[str]:
    """Return those of the processor's instruction sets that make int8 products worthwhile.

    Args:
        processor_file: Where Linux describes the processor; elsewhere there is none, and int8
            has to be asked for.
    """
    try:
        described = processor_file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return frozenset()
    return _INSTRUCTIONS & set(re.findall(r"\w+", described))
