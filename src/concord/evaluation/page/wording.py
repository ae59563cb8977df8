"""How figures are put into words: percents, intervals, differences and what they mean."""

import math
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from concord.evaluation.metrics import Estimate

MISSING: Final = "\N{EN DASH}"
"""Stands where a figure is undefined or was not measured."""
_SHORT_NAMES: Final[Mapping[str, str]] = {
    "auc": "AUC",
    "ece": "ECE",
    "em": "EM",
    "f1": "F1",
    "mcc": "MCC",
    "pearson": "Pearson",
    "spearman": "Spearman",
    "kendall": "Kendall",
}
_KINDS: Final[Mapping[str, str]] = {
    "model": "model",
    "baseline": "baseline",
    "cross_encoder": "cross-encoder",
    "generator": "generator",
}


class Verdict(StrEnum):
    """What a difference with its interval says of the system against the other."""

    BETTER = "better"
    WORSE = "worse"
    NOISE = "within noise"
    UNKNOWN = "not compared"

    @property
    def sign(self) -> str:
        """A mark that tells verdicts apart without colour."""
        return {"better": "▲", "worse": "▼", "within noise": "≈"}.get(self, "")


def is_known(value: float | None) -> bool:
    """Tell whether there is a figure to show."""
    return value is not None and math.isfinite(value)


def percent(value: float | None, digits: int = 1) -> str:
    """Return a share or correlation times 100, such as ``81.4``."""
    if value is None or not math.isfinite(value):
        return MISSING
    return f"{value * 100:.{digits}f}".replace("-", "\N{MINUS SIGN}")


def signed_percent(value: float | None) -> str:
    """Return a difference times 100 with its sign, such as ``+1.3``."""
    if value is None or not math.isfinite(value):
        return MISSING
    return f"{value * 100:+.1f}".replace("-", "\N{MINUS SIGN}")


def interval(estimate: Estimate | None) -> str:
    """Return the ends of an interval in percent, such as ``79.9 to 82.6``."""
    if estimate is None or not (is_known(estimate.low) and is_known(estimate.high)):
        return MISSING
    return f"{percent(estimate.low)} to {percent(estimate.high)}"


def signed_interval(estimate: Estimate | None) -> str:
    """Return the ends of a difference's interval with their signs."""
    if estimate is None or not (is_known(estimate.low) and is_known(estimate.high)):
        return MISSING
    return f"{signed_percent(estimate.low)} to {signed_percent(estimate.high)}"


def with_interval(estimate: Estimate | None) -> str:
    """Return a figure and its interval, such as ``81.4 (79.9 to 82.6)``."""
    if estimate is None or not is_known(estimate.value):
        return MISSING
    return f"{percent(estimate.value)} ({interval(estimate)})"


def p_value(value: float | None) -> str:
    """Return a p value as papers print it."""
    if value is None or not math.isfinite(value):
        return MISSING
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def verdict(difference: Estimate | None) -> Verdict:
    """Return what a difference says: an interval that holds 0 is within noise."""
    if difference is None or not (is_known(difference.low) and is_known(difference.high)):
        return Verdict.UNKNOWN
    if difference.low > 0:
        return Verdict.BETTER
    return Verdict.WORSE if difference.high < 0 else Verdict.NOISE


def number(value: float | None) -> str:
    """Return a count or measure with three digits that count, such as ``1,240`` or ``0.38``."""
    if value is None or not math.isfinite(value):
        return MISSING
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2g}"


def parameters(count: int | None) -> str:
    """Return a number of parameters, such as ``22.7 M``."""
    if count is None:
        return MISSING
    return f"{count / 1e6:,.1f} M" if count >= 100_000 else f"{count:,}"


def metric(name: str) -> str:
    """Return a metric's name to be read, such as ``balanced accuracy``."""
    return " ".join(_SHORT_NAMES.get(word, word) for word in name.split("_"))


def kind(name: str) -> str:
    """Return a system's kind to be read."""
    return _KINDS.get(name, name.replace("_", " "))


def plural(count: int, word: str) -> str:
    """Return a count with its noun, such as ``1 set`` or ``12 sets``."""
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"
