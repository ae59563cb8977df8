"""How an epoch's pairs are shared out among the data sets of a mixture."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from concord.errors import ConfigError


class Strategy(StrEnum):
    """How an epoch's pairs are shared out among the data sets."""

    CAPPED_PROPORTIONAL = "capped_proportional"
    """In proportion to size, a size above `cap` counting as `cap`."""
    TEMPERATURE = "temperature"
    """In proportion to size to the power of 1 / `temperature`."""
    UNIFORM = "uniform"
    """The same number from each."""
    EXPLICIT = "explicit"
    """In proportion to `weights`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplingOptions:
    """How many pairs an epoch has and where they come from.

    Attributes:
        strategy: How the pairs are shared out.
        cap: Size above which a data set counts as this many (capped_proportional).
        temperature: 1 is proportional; the higher, the more even (temperature).
        weights: Relative weight of each data set (explicit).
        samples_per_epoch: Pairs in an epoch; None takes the sum of the (capped) sizes.
    """

    strategy: Strategy = Strategy.CAPPED_PROPORTIONAL
    cap: int = 500_000
    temperature: float = 2.0
    weights: Mapping[str, float] = field(default_factory=dict)
    samples_per_epoch: int | None = None

    def __post_init__(self) -> None:
        if self.cap < 1:
            raise ConfigError(f"sampling.cap must be at least 1, got {self.cap}")
        if self.temperature <= 0:
            raise ConfigError(f"sampling.temperature must be above 0, got {self.temperature}")
        if self.samples_per_epoch is not None and self.samples_per_epoch < 1:
            raise ConfigError(
                f"sampling.samples_per_epoch must be at least 1, got {self.samples_per_epoch}"
            )


def compute_quotas(sizes: Mapping[str, int], options: SamplingOptions) -> dict[str, int]:
    """Return how many pairs an epoch draws from each data set.

    Shares are rounded so that they add up exactly (largest remainder).

    Args:
        sizes: Examples in each data set.
        options: The strategy and its numbers.

    Raises:
        ConfigError: If explicit weights name an unknown data set, miss one or are all zero.
    """
    weights = _compute_weights(sizes, options)
    total_weight = sum(weights.values())
    if total_weight <= 0:
        raise ConfigError(f"the mixture is empty: nothing to draw from {sorted(sizes)}")
    capped_total = sum(min(size, options.cap) for size in sizes.values())
    total = options.samples_per_epoch or capped_total
    shares = {name: total * weight / total_weight for name, weight in weights.items()}
    quotas = {name: int(share) for name, share in shares.items()}
    by_remainder = sorted(shares, key=lambda name: (quotas[name] - shares[name], name))
    for name in by_remainder[: total - sum(quotas.values())]:
        quotas[name] += 1
    return quotas


def _compute_weights(sizes: Mapping[str, int], options: SamplingOptions) -> dict[str, float]:
    match options.strategy:
        case Strategy.CAPPED_PROPORTIONAL:
            return {name: float(min(size, options.cap)) for name, size in sizes.items()}
        case Strategy.TEMPERATURE:
            exponent = 1.0 / options.temperature
            return {name: size**exponent for name, size in sizes.items()}
        case Strategy.UNIFORM:
            return {name: float(size > 0) for name, size in sizes.items()}
        case Strategy.EXPLICIT:
            is_usable = all(0 <= weight < math.inf for weight in options.weights.values())
            if set(options.weights) != set(sizes) or not is_usable:
                raise ConfigError(
                    f"sampling.weights must give each of {sorted(sizes)} a weight of 0 or more, "
                    f"got {dict(options.weights)}"
                )
            return {name: options.weights[name] * (sizes[name] > 0) for name in sizes}
