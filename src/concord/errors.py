"""The few kinds of error that concord raises on purpose.

Each message says what was wrong, the value found, what would do, and where. Whoever wants to
handle them all catches `ConcordError`; those about an argument are a `ValueError` too.
"""

from typing import Self


class ConcordError(Exception):
    """Whatever concord refuses on purpose; the message is one sentence for a person."""


class ConfigError(ConcordError, ValueError):
    """An option has a value that cannot work."""


class InputError(ConcordError, ValueError):
    """A text, or a list of texts, that cannot be scored."""


class DataError(ConcordError, ValueError):
    """A file or one of its rows that cannot be read as it is."""

    @classmethod
    def at_row(cls, source: str, row: int, problem: str) -> Self:
        """Name the file and the row (counted from 1) in front of the problem."""
        return cls(f"{source}, row {row}: {problem}")


class ArtifactError(ConcordError, ValueError):
    """A model folder that is absent, incomplete or damaged."""


class MissingExtraError(ConcordError, ImportError):
    """A feature whose optional packages are not installed."""

    @classmethod
    def needing(cls, feature: str, package: str, extra: str) -> Self:
        """Name the feature, the package it needs and the extra that brings it."""
        return cls(f"{feature} needs the '{package}' package: pip install 'concord[{extra}]'")
