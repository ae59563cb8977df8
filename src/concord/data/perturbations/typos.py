"""Slips of the keyboard: two letters exchanged, or the key beside the right one."""

import re
from typing import Final

import numpy as np

from concord.alignment import TextPair
from concord.data.perturbations.perturbation import Rewritten
from concord.text.words import word_set

_WORD: Final = re.compile(r"(?<![\w'\u2019-])[a-z]{5,}(?![\w'\u2019-])")
"""Words of five small letters or more: a slip in them seldom makes another word."""
_OTHER_WORDS: Final = word_set(
    """
    angel angle casual causal dairy diary except expect hunger hunter marital martial
    quiet quite sacred saint scared stain trail trial united untied
    """
)
"""Words that a slip could turn into another word."""
_KEYBOARD: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_BESIDE: Final = {
    key: row[max(0, place - 1) : place] + row[place + 1 : place + 2]
    for row in _KEYBOARD
    for place, key in enumerate(row)
}
"""The keys left and right of each key."""
SHARE: Final = 0.15  # of the words that may get one


def add_typos(text: str, rng: np.random.Generator, *, share: float = SHARE) -> str | None:
    """Return a text with slips in some of its longer words, one each, or None without such a word.

    The first and the last letter stay, as they mostly do when people mistype. Names, numbers and
    short words are left alone.

    Args:
        text: The text.
        rng: Draws the words and the slips.
        share: Of the words that may get a slip; at least one word gets one.
    """
    words = [match for match in _WORD.finditer(text) if match[0] not in _OTHER_WORDS]
    if not words:
        return None
    count = max(1, round(share * len(words)))
    drawn = sorted(rng.choice(len(words), size=count, replace=False).tolist(), reverse=True)
    for index in drawn:
        word = words[index]
        text = text[: word.start()] + _mistyped(word[0], rng) + text[word.end() :]
    return text


def mistype_claim(pair: TextPair, rng: np.random.Generator) -> Rewritten | None:
    """Return the pair with slips in its claim."""
    claim = add_typos(pair.claim, rng)
    if claim is None:
        return None
    count = sum(old != new for old, new in zip(pair.claim.split(), claim.split(), strict=True))
    return Rewritten(TextPair(pair.context, claim), f"{count} in the claim")


def _mistyped(word: str, rng: np.random.Generator) -> str:
    """Return a word with two inner letters exchanged, or with a neighbour of the right key."""
    exchangeable = [at for at in range(1, len(word) - 2) if word[at] != word[at + 1]]
    if exchangeable and rng.random() < 0.5:
        at = int(rng.choice(exchangeable))
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    at = int(rng.integers(1, len(word) - 1))
    return word[:at] + str(rng.choice(list(_BESIDE[word[at]]))) + word[at + 1 :]
