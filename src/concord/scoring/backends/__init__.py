"""The inference engines that scoring runs on."""

from concord.scoring.backends.backend import Backend, Precision
from concord.scoring.backends.selection import BackendName, open_backend

__all__ = ["Backend", "BackendName", "Precision", "open_backend"]
