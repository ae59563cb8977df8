"""Sentences put before or behind a context that have nothing to do with it."""

from typing import Final

import numpy as np

from concord.alignment import TextPair
from concord.data.perturbations.perturbation import Rewritten
from concord.data.wrong_answers import content_words

SENTENCES: Final = (
    "The kettle in the kitchen had been boiling for a while.",
    "A grey cat slept on the windowsill all afternoon.",
    "The bakery on the corner sells rye bread on Fridays.",
    "Somebody had left an umbrella under the bench.",
    "The ferry was late again because of the fog.",
    "A new coat of paint makes the fence look better.",
    "The tomatoes in the greenhouse ripened early.",
    "Her uncle collects old postage stamps.",
    "The lift is out of order until further notice.",
    "A postcard arrived from the mountains yesterday.",
    "The choir rehearses in the hall behind the library.",
    "Several pencils had rolled off the desk.",
    "The lamp in the hallway flickers now and then.",
    "A recipe for plum cake was pinned to the board.",
    "The orchard needs pruning before winter.",
    "The piano has not been tuned for a decade.",
)
"""Sentences on everyday things, on which no data set's claims depend."""


def prepend_distractor(pair: TextPair, rng: np.random.Generator) -> Rewritten | None:
    """Return the pair with a distractor in front of its context."""
    sentence = draw_distractor(pair, rng)
    if sentence is None:
        return None
    return Rewritten(TextPair(f"{sentence} {pair.context}", pair.claim), f"+ {sentence}")


def append_distractor(pair: TextPair, rng: np.random.Generator) -> Rewritten | None:
    """Return the pair with a distractor behind its context."""
    sentence = draw_distractor(pair, rng)
    if sentence is None:
        return None
    return Rewritten(TextPair(f"{pair.context} {sentence}", pair.claim), f"+ {sentence}")


def draw_distractor(pair: TextPair, rng: np.random.Generator) -> str | None:
    """Return a sentence that shares no content word with a pair, or None for an empty context."""
    if not pair.context.strip():
        return None
    known = content_words(f"{pair.context} {pair.claim}")
    foreign = [sentence for sentence in SENTENCES if not content_words(sentence) & known]
    return foreign[int(rng.integers(len(foreign)))] if foreign else None
