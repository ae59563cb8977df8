"""How an epoch's examples are shared out among the data sets of a mixture."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Literal, TypeAlias

from concord.errors import ConfigError

Batching: TypeAlias = Literal["mixed", "one_task"]
"""Whether a batch may hold several data sets or holds one."""


class Strategy(StrEnum):
    """How an epoch's examples are shared out among the data sets."""

    PROPORTIONAL = "proportional"
    """In proportion to size."""
    CAPPED_PROPORTIONAL = "capped_proportional"
    """In proportion to size, a size above `cap` counting as `cap`."""
    TEMPERATURE = "temperature"
    """In proportion to size to the power of 1 / `temperature`."""
    UNIFORM = "uniform"
    """The same number from each."""
    ANNEALED = "annealed"
    """From proportional in the first epoch to nearly even in the last: in proportion to size to a
    power that falls from 1 to 0.2 (Stickland and Murray, ICML 2019)."""
    EXPLICIT = "explicit"
    """In proportion to `weights`."""


_UNCAPPED: Final = (Strategy.PROPORTIONAL, Strategy.ANNEALED)


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplingOptions:
    """How many examples an epoch has, where they come from, and which may share a batch.

    Attributes:
        strategy: How the examples are shared out.
        cap: Size above which a data set counts as this many; not for proportional and annealed.
        temperature: 1 is proportional; the higher, the more even (temperature).
        weights: Relative weight of each data set (explicit).
        samples_per_epoch: Examples in an epoch; None takes the sum of the (capped) sizes.
        max_repeats: An epoch draws from a data set at most this many times its size. What it
            would have had beyond goes to the others in proportion; where none can take it, the
            epoch is shorter.
        max_examples: By data set, how many of its examples take part at all, drawn at random once
            for the whole run; all of those that are not named. Of one seed, a smaller number is
            part of a larger one.
        shares: By data set, the share of those that take part, likewise, at least one: a share of
            0.01 is a rehearsal buffer of 1 %.
        batching: "mixed" batches hold any data sets. "one_task" batches hold one each, and come
            in random order, or for `uniform` from the data sets in turn.
    """

    strategy: Strategy = Strategy.CAPPED_PROPORTIONAL
    cap: int = 500_000
    temperature: float = 2.0
    weights: Mapping[str, float] = field(default_factory=dict)
    samples_per_epoch: int | None = None
    max_repeats: float | None = None
    max_examples: Mapping[str, int] = field(default_factory=dict)
    shares: Mapping[str, float] = field(default_factory=dict)
    batching: Batching = "mixed"

    def __post_init__(self) -> None:
        if self.cap < 1:
            raise ConfigError(f"sampling.cap must be at least 1, got {self.cap}")
        if self.temperature <= 0:
            raise ConfigError(f"sampling.temperature must be above 0, got {self.temperature}")
        if self.samples_per_epoch is not None and self.samples_per_epoch < 1:
            raise ConfigError(
                f"sampling.samples_per_epoch must be at least 1, got {self.samples_per_epoch}"
            )
        if self.max_repeats is not None and not 0 < self.max_repeats < math.inf:
            raise ConfigError(
                f"sampling.max_repeats must be above 0 and finite, got {self.max_repeats}"
            )
        for name, number in self.max_examples.items():
            if number < 1:
                raise ConfigError(f"sampling.max_examples.{name} must be at least 1, got {number}")
        for name, share in self.shares.items():
            if not 0 < share <= 1:
                raise ConfigError(f"sampling.shares.{name} lies in (0, 1], got {share}")


def compute_budgets(sizes: Mapping[str, int], options: SamplingOptions) -> dict[str, int]:
    """Return how many examples of each data set take part at all.

    A share is rounded to the nearest number, a half upwards, and is at least 1.

    Args:
        sizes: Examples in each data set.
        options: May limit them.

    Raises:
        ConfigError: If an unknown data set is to be limited.
    """
    for option in ("max_examples", "shares"):
        unknown = sorted(set(getattr(options, option)) - set(sizes))
        if unknown:
            raise ConfigError(
                f"sampling.{option} names {unknown[0]!r}, and the data sets are {sorted(sizes)}"
            )
    budgets = {}
    for name, size in sizes.items():
        most = min(size, options.max_examples.get(name, size))
        share = options.shares.get(name, 1.0)
        budgets[name] = min(most, max(int(most * share + 0.5), 1))
    return budgets


def compute_quotas(
    sizes: Mapping[str, int], options: SamplingOptions, *, epoch: int = 0, epochs: int = 1
) -> dict[str, int]:
    """Return how many examples an epoch draws from each data set.

    Shares are rounded so that they add up exactly (largest remainder).

    Args:
        sizes: Examples in each data set.
        options: The strategy and its numbers.
        epoch: The epoch, counted from 0 (annealed).
        epochs: How many there are (annealed).

    Raises:
        ConfigError: If explicit weights name an unknown data set, miss one or are all zero, or
            nothing may be drawn.
    """
    weights = _compute_weights(sizes, options, epoch, epochs)
    cap = math.inf if options.strategy in _UNCAPPED else options.cap
    total = options.samples_per_epoch or int(sum(min(size, cap) for size in sizes.values()))
    repeats = options.max_repeats
    limits = {} if repeats is None else {name: int(size * repeats) for name, size in sizes.items()}
    quotas = _share_out(total, weights, limits) if sum(weights.values()) > 0 else {}
    if sum(quotas.values()) == 0:
        raise ConfigError(f"the mixture is empty: nothing to draw from {sorted(sizes)}")
    return quotas


def _share_out(
    total: int, weights: Mapping[str, float], limits: Mapping[str, int]
) -> dict[str, int]:
    """Share a total in proportion to weights; what one cannot take goes to the others."""
    quotas = dict.fromkeys(weights, 0)
    shares: dict[str, float] = {}
    free, left = dict(weights), total
    while any(free.values()):
        total_weight = sum(free.values())
        shares = {name: left * weight / total_weight for name, weight in free.items()}
        full = [name for name in free if shares[name] > limits.get(name, math.inf)]
        if not full:
            break
        for name in full:
            quotas[name] = limits[name]
            left -= limits[name]
            del free[name]
    else:
        return quotas  # every one is full
    quotas |= {name: int(share) for name, share in shares.items()}
    by_remainder = sorted(shares, key=lambda name: (quotas[name] - shares[name], name))
    for name in by_remainder[: total - sum(quotas.values())]:
        quotas[name] += 1
    return quotas


def _compute_weights(
    sizes: Mapping[str, int], options: SamplingOptions, epoch: int, epochs: int
) -> dict[str, float]:
    match options.strategy:
        case Strategy.PROPORTIONAL:
            return {name: float(size) for name, size in sizes.items()}
        case Strategy.CAPPED_PROPORTIONAL:
            return {name: float(min(size, options.cap)) for name, size in sizes.items()}
        case Strategy.TEMPERATURE:
            exponent = 1.0 / options.temperature
            return {name: size**exponent for name, size in sizes.items()}
        case Strategy.UNIFORM:
            return {name: float(size > 0) for name, size in sizes.items()}
        case Strategy.ANNEALED:
            exponent = 1.0 - 0.8 * (epoch / (epochs - 1) if epochs > 1 else 0.0)
            return {name: size**exponent for name, size in sizes.items()}
        case Strategy.EXPLICIT:
            is_usable = all(0 <= weight < math.inf for weight in options.weights.values())
            if set(options.weights) != set(sizes) or not is_usable:
                raise ConfigError(
                    f"sampling.weights must give each of {sorted(sizes)} a weight of 0 or more, "
                    f"got {dict(options.weights)}"
                )
            return {name: options.weights[name] * (sizes[name] > 0) for name in sizes}
