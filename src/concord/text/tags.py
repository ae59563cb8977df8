"""Parts of speech and kinds of names as numbers, and how a token's id carries them.

A token's id and its two tags are one number: the id in the lower bits, the tags above. So whatever
cuts, joins, stores or pads ids keeps tags in their places without knowing of them. Special tokens
and padding are given their ids alone: their tags are 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from concord.text.tokenizer import TokenIds
from concord.text.words import words_of

ID_BITS: Final = 21
TAG_BITS: Final = 5
NUM_TAGS: Final = 1 << TAG_BITS
"""Numbers that a tag has room for; 0 is for none."""

PARTS_OF_SPEECH: Final = words_of(
    "ADJ ADP ADV AUX CCONJ DET INTJ NOUN NUM PART PRON PROPN PUNCT SCONJ SYM VERB X"
)
"""Those of Universal Dependencies, numbered from 1."""
ENTITY_TYPES: Final = words_of(
    "CARDINAL DATE EVENT FAC GPE LANGUAGE LAW LOC MONEY NORP ORDINAL ORG PERCENT PERSON PRODUCT "
    "QUANTITY TIME WORK_OF_ART PER MISC"
)
"""Those of OntoNotes and of CoNLL 2003, numbered from 1; any other type has the next number."""

_PARTS: Final = {name: number for number, name in enumerate(PARTS_OF_SPEECH, start=1)}
_TYPES: Final = {name: number for number, name in enumerate(ENTITY_TYPES, start=1)}


@dataclass(frozen=True, slots=True)
class TaggedWords:
    """The words of one text and their tags, from left to right.

    Attributes:
        spans: First and past-the-end character of each word, shape ``(words, 2)``.
        tags: What `joined_tag` makes of each, shape ``(words,)``.
    """

    spans: NDArray[np.int32]
    tags: NDArray[np.int32]


class Tagger(Protocol):
    """Finds the words of texts and tags them."""

    @property
    def fingerprint(self) -> str:
        """What the tags depend on; equal strings mean equal tags."""
        ...

    def tag(self, texts: Sequence[str]) -> list[TaggedWords]:
        """Return the words of each text."""
        ...


def joined_tag(part_of_speech: str, entity_type: str) -> int:
    """Return both tags of a word as one number; an unknown part of speech counts as none.

    Args:
        part_of_speech: As Universal Dependencies calls it.
        entity_type: Of the name that the word is in; empty where it is in none.
    """
    entity = _TYPES.get(entity_type, len(_TYPES) + 1) if entity_type else 0
    return _PARTS.get(part_of_speech, 0) | entity << TAG_BITS


def tags_of_tokens(words: TaggedWords, offsets: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return the tags of sub-words: those of the first word that each has a character of.

    Args:
        words: The text's words.
        offsets: First and past-the-end character of each sub-word, shape ``(tokens, 2)``.

    Returns:
        Shape ``(tokens,)``; 0 where a sub-word lies outside of words.
    """
    if not len(words.tags):
        return np.zeros(len(offsets), dtype=np.int32)
    starts, ends = words.spans.T
    nearest = np.searchsorted(ends, offsets[:, 0], side="right")  # the first that ends behind it
    word = np.minimum(nearest, len(ends) - 1)
    is_inside = (nearest < len(ends)) & (starts[word] < offsets[:, 1])
    return np.where(is_inside, words.tags[word], 0).astype(np.int32)


def with_tags(ids: TokenIds, tags: NDArray[np.int32]) -> TokenIds:
    """Return ids that carry tags.

    Args:
        ids: Plain ids, below 2 to the power of `ID_BITS`, shape ``(tokens,)``.
        tags: As `joined_tag` gives them, of the same shape.
    """
    return ids | tags << ID_BITS
