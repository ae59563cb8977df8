"""What memory and processor time this process has taken, and what machine it runs on."""

import os
import platform
import re
import sys
from pathlib import Path
from typing import Final

_STATUS: Final = Path("/proc/self/status")
_RESTART: Final = Path("/proc/self/clear_refs")
_PROCESSOR: Final = Path("/proc/cpuinfo")
_KIB_PER_MB: Final = 1_000 / 1.024


def restart_peak_memory() -> None:
    """Let the peak count from now on, where the system can do that; else it goes on."""
    try:
        _RESTART.write_text("5", encoding="ascii")
    except OSError:
        return


def memory_mb() -> float:
    """Return the memory that the process holds, in megabytes; its peak where only that is known."""
    held = _status_mb("VmRSS")
    return peak_memory_mb() if held is None else held


def peak_memory_mb() -> float:
    """Return the most memory that the process has held, in megabytes; 0 where it is unknown."""
    peak_mb = _status_mb("VmHWM")
    if peak_mb is not None:
        return peak_mb
    try:
        import resource
    except ImportError:  # not on Windows
        return 0.0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak / _KIB_PER_MB


def _status_mb(name: str) -> float | None:
    if not _STATUS.is_file():
        return None
    found = re.search(rf"^{name}:\s+(\d+) kB", _STATUS.read_text(encoding="ascii"), re.MULTILINE)
    return int(found[1]) / _KIB_PER_MB if found else None


def cpu_seconds() -> float:
    """Return the processor time of the process and of the children that it waited for."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def describe_machine(threads: int | None = None) -> str:
    """Return processor, cores and the threads that systems were given."""
    described = ""
    if _PROCESSOR.is_file():
        described = _PROCESSOR.read_text(encoding="utf-8", errors="replace")
    name = re.search(r"^model name\s*:\s*(.+)$", described, re.MULTILINE)
    processor = name[1] if name else platform.processor() or platform.machine()
    cores = os.cpu_count() or 1
    return f"{processor}, {cores} cores, {threads or cores} threads"
