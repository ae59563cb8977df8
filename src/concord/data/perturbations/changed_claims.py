"""Claims that their context no longer supports, from the families of synthetic examples."""

import numpy as np

from concord.alignment import TextPair
from concord.data.perturbations.perturbation import Rewrite, Rewritten
from concord.data.synthetic.change import Perturbation


def build_rewrite(family: Perturbation) -> Rewrite:
    """Return what changes a pair's claim by the first change that a family proposes."""

    def rewrite(pair: TextPair, rng: np.random.Generator) -> Rewritten | None:
        change = next(family(pair.claim, pair.context, rng), None)
        if change is None:
            return None
        return Rewritten(TextPair(pair.context, change.text), change.detail)

    return rewrite
