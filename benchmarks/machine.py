"""What a benchmark ran on, in a line for the top of its table."""

import os
import platform
import re
from pathlib import Path
from typing import Final

_PROCESSOR_FILE: Final = Path("/proc/cpuinfo")
_EXTENSIONS: Final = ("avx2", "avx512f", "avx512_bf16", "avx512_vnni", "amx_bf16", "amx_int8")


def describe_machine() -> str:
    """Return the processor, its number of cores, and what it multiplies matrices with."""
    described = ""
    if _PROCESSOR_FILE.is_file():
        described = _PROCESSOR_FILE.read_text(encoding="utf-8", errors="replace")
    name = re.search(r"^model name\s*:\s*(.+)$", described, re.MULTILINE)
    words = set(re.findall(r"\w+", described))
    found = ", ".join(each for each in _EXTENSIONS if each in words)
    processor = name.group(1) if name else platform.processor() or platform.machine()
    return f"{processor}, {os.cpu_count()} cores" + (f" ({found})" if found else "")
