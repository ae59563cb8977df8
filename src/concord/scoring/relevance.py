"""How much of a long context is read: which chunks get a full pass of the encoder, and when."""

import math
from dataclasses import dataclass, replace
from typing import Self, TypeAlias

from concord.errors import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class Relevance:
    """A budget of chunks for each claim sentence, spent on the most relevant ones first.

    It grows: half of what may be read is read in the last round, a quarter in the one before,
    and a sentence that some chunk supports well enough takes part in no further round.

    Attributes:
        max_share: The share of a context's chunks that may be read for a sentence.
        min_chunks: So many may be read however few chunks there are; a context that has no more
            is read whole.
        enough: The score from which a sentence needs no further chunk.
        top_k: Read exactly so many chunks instead, in one round.
    """

    max_share: float = 0.1
    min_chunks: int = 4
    enough: float = 0.9
    top_k: int | None = None

    def __post_init__(self) -> None:
        for name, value in (("max_share", self.max_share), ("enough", self.enough)):
            if not 0 < value <= 1:
                raise ConfigError(f"relevance.{name} must be above 0 and at most 1, got {value}")
        for name, count in (("min_chunks", self.min_chunks), ("top_k", self.top_k)):
            if count is not None and count < 1:
                raise ConfigError(f"relevance.{name} must be at least 1, got {count}")

    @classmethod
    def parse(cls, relevance: "RelevanceLike") -> Self | None:
        """Read a `relevance` argument.

        Args:
            relevance: A value; True or "auto" for the default one; False or "none" for None; or
                the number of chunks to read.

        Raises:
            ConfigError: If it is something else.
        """
        if isinstance(relevance, cls):
            return relevance
        if relevance is True or relevance == "auto":
            return cls()
        if relevance is False or relevance == "none":
            return None
        if isinstance(relevance, int | str) and str(relevance).isdecimal():
            return cls(top_k=int(relevance))
        raise ConfigError(
            f"unknown relevance {relevance!r}; use 'auto', 'none', a number of chunks or a "
            "Relevance value"
        )

    def at_least(self, threshold: float) -> Self:
        """Return this budget, for a decision that needs scores up to a threshold."""
        return replace(self, enough=max(self.enough, threshold))

    def rounds(self, num_chunks: int) -> tuple[int, ...]:
        """Return how many chunks are read by the end of each round, if a sentence goes on.

        Args:
            num_chunks: How many the context has.
        """
        if self.top_k is not None:
            return (min(self.top_k, num_chunks),)
        budget = min(max(self.min_chunks, math.ceil(self.max_share * num_chunks)), num_chunks)
        if budget == num_chunks:
            return (num_chunks,)
        return tuple(sorted({math.ceil(budget / 4), math.ceil(budget / 2), budget}))


RelevanceLike: TypeAlias = Relevance | str | int | bool
"""What callers may give: a value, "auto", "none", or a number of chunks."""


def budget_reaching(relevance: RelevanceLike, threshold: float) -> Relevance | None:
    """Return a budget under which a sentence is read on until it reaches the threshold.

    Args:
        relevance: As `Relevance.parse` reads it.
        threshold: The score that decides.
    """
    budget = Relevance.parse(relevance)
    return budget and budget.at_least(threshold)
