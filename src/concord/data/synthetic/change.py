"""What the families share: a changed claim, how it is told apart from a supported one, the draw."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

import numpy as np

from concord.text.sentences import Span, split_sentences

MAX_TRIES: Final = 12
"""Replacements in a row that may fail before a family gives up: time stays linear in the text."""
_SENTENCE_REACH: Final = 1000  # characters
_MAX_DETAIL: Final = 80  # characters


class SyntheticFamily(StrEnum):
    """The ways in which an example is made of another."""

    NUMBER_SWAP = "number_swap"
    DATE_SWAP = "date_swap"
    NAME_SWAP = "name_swap"
    NEGATION = "negation"
    SENTENCE_SWAP = "sentence_swap"
    MASKED_REFILLING = "masked_refilling"
    WRONG_ANSWER = "wrong_answer"
    SELF_PAIR = "self_pair"
    SWAPPED_PAIR = "swapped_pair"


@dataclass(frozen=True, slots=True)
class Change:
    """A changed claim, which its context no longer supports, and what was changed."""

    text: str
    family: SyntheticFamily
    detail: str

    @property
    def provenance(self) -> str:
        """How it was made, such as "number_swap: 1931 -> 1913"."""
        return f"{self.family}: {self.detail}"


Perturbation: TypeAlias = Callable[[str, str, np.random.Generator], Iterator[Change]]
"""From a claim and the context that supports it to claims that it does not support.

The first is the one drawn; those after it are there for whoever wants several.
"""


def build_generator(seed: int, *texts: str) -> np.random.Generator:
    """Return a generator fixed by a seed and by texts, wherever in a file they stand."""
    digest = hashlib.blake2b(digest_size=16)
    for part in (str(seed), *texts):
        encoded = part.encode("utf-8", "surrogatepass")
        digest.update(len(encoded).to_bytes(8, "big") + encoded)
    return np.random.default_rng(int.from_bytes(digest.digest(), "big"))


def build_changes(
    replacements: Iterable[tuple[Span, str]], claim: str, context: str, family: SyntheticFamily
) -> Iterator[Change]:
    """Yield the replacements of a part of the claim that make something its context never says.

    Args:
        replacements: Parts of the claim, each with what would stand there.
        claim: The claim.
        context: What should no longer support it.
        family: Who proposes the replacements.

    Yields:
        The changes, until too many replacements in a row were none.
    """
    unchanged, tries = normalised(claim), 0
    for span, new in replacements:
        text = claim[: span.start] + new + claim[span.end :]
        sentence = sentence_around(text, span.start)
        if normalised(text) != unchanged and not is_stated(sentence, context):
            old = claim[span.start : span.end]
            yield Change(text, family, f"{shortened(old)} -> {shortened(new)}")
            tries = 0
        tries += 1
        if tries > MAX_TRIES:
            return


def sentence_around(text: str, position: int) -> str:
    """Return the sentence of a text in which a character lies; what is near if it is in none."""
    first = max(0, position - _SENTENCE_REACH)
    near = text[first : position + _SENTENCE_REACH]
    for span in split_sentences(near):
        if span.start <= position - first < span.end:
            return near[span.start : span.end]
    return near


def is_stated(sentence: str, context: str) -> bool:
    """Tell whether a context contains a sentence word for word, whatever case and blanks."""
    return normalised(sentence).rstrip(".!? ") in normalised(context)


def normalised(text: str) -> str:
    """Return a text in lower case with single blanks."""
    return " ".join(text.casefold().split())


def shortened(text: str) -> str:
    """Return a text on one line, cut where it is too long to tell at a glance."""
    line = " ".join(text.split())
    return line if len(line) <= _MAX_DETAIL else f"{line[: _MAX_DETAIL - 1]}\u2026"


def shuffled(count: int, rng: np.random.Generator) -> Iterator[int]:
    """Yield the numbers below `count` in random order."""
    yield from rng.permutation(count).tolist()
