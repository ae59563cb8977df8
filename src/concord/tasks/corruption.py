"""How tokens are hidden from a model that is to guess them."""

from dataclasses import dataclass

from concord.errors import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class Corruption:
    """Tokens that are to be guessed, and what stands in their place.

    Attributes:
        rate: Share of the text tokens to guess.
        masked: Share of these that become the mask.
        random: Share of these that become a random token; the rest stay.
    """

    rate: float = 0.15
    masked: float = 0.8
    random: float = 0.1

    def __post_init__(self) -> None:
        if not 0 < self.rate < 1:
            raise ConfigError(f"rate lies between 0 and 1, got {self.rate}")
