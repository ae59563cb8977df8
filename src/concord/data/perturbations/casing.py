"""The claim in another case, as people type it, or as a headline has it."""

import numpy as np

from concord.alignment import TextPair
from concord.data.perturbations.perturbation import Rewritten


def lower_claim(pair: TextPair, _rng: np.random.Generator) -> Rewritten | None:
    """Return the pair with its claim in small letters, or None where it is so already."""
    return _with_claim(pair, pair.claim.lower())


def upper_claim(pair: TextPair, _rng: np.random.Generator) -> Rewritten | None:
    """Return the pair with its claim in capitals, or None where it is so already."""
    return _with_claim(pair, pair.claim.upper())


def _with_claim(pair: TextPair, claim: str) -> Rewritten | None:
    return None if claim == pair.claim else Rewritten(TextPair(pair.context, claim), "the claim")
