"""The benchmarks, one file each; imported when first asked for."""

from collections.abc import Iterator
from pkgutil import iter_modules
from typing import Final

from concord.evaluation.suites.suite import Suite
from concord.registry import Registry

__all__ = ["SUITES", "get_suite", "suite_names"]

_IN_ORDER: Final = (
    "consistency",
    "alignment",
    "unseen",
    "answer_verification",
    "multitask",
    "behaviour",
    "robustness",
    "bias",
    "consistency_recased",
    "made_errors",
)


def _targets() -> Iterator[tuple[str, str]]:
    for module in iter_modules(__path__):
        if module.name != "suite":
            yield module.name, f"{__name__}.{module.name}:SUITE"


SUITES: Final = Registry("suite", Suite, dict(_targets()))
"""Other packages add their own with `SUITES.register`."""


def get_suite(name: str) -> Suite:
    """Return a suite by name."""
    return SUITES.get(name)


def suite_names() -> tuple[str, ...]:
    """Return the names of all suites, in the order in which they are run and shown."""
    names = SUITES.names()
    return (
        *(name for name in _IN_ORDER if name in names),
        *(name for name in names if name not in _IN_ORDER),
    )
