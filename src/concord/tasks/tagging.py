"""Tags of words to spans and back, and the best tags of a sentence under a CRF; in NumPy."""

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from concord.errors import ConfigError, InputError
from concord.tasks.heads import FloatArray

OUTSIDE: Final = "O"
_TAG: Final = re.compile(r"([BIELSU])-(.+)", re.DOTALL)
_BEGINS: Final = frozenset("BSU")
_CLOSES: Final = frozenset("ESLU")


class TagScheme(StrEnum):
    """How tags tell entities apart."""

    IOB2 = "iob2"
    """B- begins each entity, I- goes on with it."""
    IOB1 = "iob1"
    """I- is for all words of entities, B- where one follows another of its class at once."""
    IO = "io"
    """I- is for all words of entities, or the class's bare name."""
    BILOU = "bilou"
    """B-, I- and L- for the first, inner and last words, U- for entities of one word."""
    IOBES = "iobes"
    """The same as B-, I-, E- and S-."""

    @classmethod
    def _missing_(cls, value: object) -> "TagScheme":
        raise ConfigError(f"unknown scheme {value!r}; choose one of {', '.join(cls)}")


_PREFIXES: Final = {
    None: "BIELSU",
    TagScheme.IOB2: "BI",
    TagScheme.IOB1: "BI",
    TagScheme.IO: "I",
    TagScheme.BILOU: "BILU",
    TagScheme.IOBES: "BIES",
}


class EntitySpan(NamedTuple):
    """An entity by its words.

    Attributes:
        label: Its class.
        start: Its first word.
        end: The word past its last.
    """

    label: str
    start: int
    end: int


def spans_of_tags(tags: Sequence[str], scheme: TagScheme | None = None) -> tuple[EntitySpan, ...]:
    """Return the entities that tags mark.

    Without a scheme all of `TagScheme` are read alike but bare names: an entity begins with B-, S-
    or U-, and wherever a class does not go on from the word before; so I- after O begins one, as
    in IOB1 and IO files. With a scheme, tags that break its rules are refused.

    Raises:
        InputError: If a tag is malformed, with its position.
    """
    marks = [_mark(tag, place, scheme) for place, tag in enumerate(tags)]
    if scheme is not None:
        _check_rules(tags, marks, scheme)
    spans: list[EntitySpan] = []
    is_open = False
    for place, (prefix, label) in enumerate(marks):
        if not label:
            is_open = False
            continue
        if is_open and prefix not in _BEGINS and spans[-1].label == label:
            spans[-1] = spans[-1]._replace(end=place + 1)
        else:
            spans.append(EntitySpan(label, place, place + 1))
        is_open = prefix not in _CLOSES
    return tuple(spans)


def iob2_tags(spans: Iterable[EntitySpan], labels: Sequence[str], num_words: int) -> FloatArray:
    """Return each word's index among the IOB2 tags: O, then B- and I- of each label in turn."""
    tags = np.zeros(num_words, dtype=np.float32)
    for span in spans:
        first = 1 + 2 * labels.index(span.label)
        tags[span.start] = first
        tags[span.start + 1 : span.end] = first + 1
    return tags


def spans_of_iob2(tags: Sequence[int], labels: Sequence[str]) -> tuple[EntitySpan, ...]:
    """Return the entities of tag indices; an I- with nothing to go on from counts as a B-."""
    names = [OUTSIDE, *(f"{prefix}-{label}" for label in labels for prefix in "BI")]
    return spans_of_tags([names[tag] for tag in tags])


def best_tags(
    scores: FloatArray, transitions: FloatArray, starts: FloatArray, ends: FloatArray
) -> NDArray[np.int64]:
    """Return the tags whose scores and transitions add up to most (Viterbi, 1967).

    Args:
        scores: Of each word's tags, shape ``(words, tags)``; at least one word.
        transitions: From each tag to the next, shape ``(tags, tags)``.
        starts: Of the first word's tags.
        ends: Of the last word's tags.
    """
    total = starts + scores[0]
    came_from = np.zeros(scores.shape, dtype=np.int64)
    for place, each in enumerate(scores[1:], start=1):
        paths = total[:, np.newaxis] + transitions
        came_from[place] = paths.argmax(axis=0)
        total = paths.max(axis=0) + each
    tags = np.zeros(len(scores), dtype=np.int64)
    tags[-1] = (total + ends).argmax()
    for place in range(len(scores) - 1, 0, -1):
        tags[place - 1] = came_from[place, tags[place]]
    return tags


def tag_probs(
    scores: FloatArray, transitions: FloatArray, starts: FloatArray, ends: FloatArray
) -> NDArray[np.float64]:
    """Return each word's tag probabilities under a CRF, ``(words, tags)``.

    The arguments are those of `best_tags`; forward and backward sums are in logarithms.
    """
    own = scores.astype(np.float64)
    forward, backward = np.empty_like(own), np.empty_like(own)
    forward[0] = starts + own[0]
    for place in range(1, len(own)):
        forward[place] = own[place] + _log_sum(forward[place - 1][:, np.newaxis] + transitions, 0)
    backward[-1] = ends
    for place in range(len(own) - 2, -1, -1):
        backward[place] = _log_sum(transitions + own[place + 1] + backward[place + 1], 1)
    return softmax(forward + backward)


def softmax(logits: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return probabilities over the last axis, in float64."""
    shifted = logits.astype(np.float64) - logits.max(axis=-1, keepdims=True)
    exponentials = np.exp(shifted)
    probs: NDArray[np.float64] = exponentials / exponentials.sum(axis=-1, keepdims=True)
    return probs


def _log_sum(values: NDArray[np.float64], axis: int) -> NDArray[np.float64]:
    result: NDArray[np.float64] = np.logaddexp.reduce(values, axis=axis)
    return result


def _mark(tag: str, place: int, scheme: TagScheme | None) -> tuple[str, str]:
    """Return a tag's prefix and class, both empty for O."""
    if tag == OUTSIDE:
        return "", ""
    found = _TAG.fullmatch(tag)
    if found is not None and found[1] in _PREFIXES[scheme]:
        return found[1], found[2]
    if scheme is TagScheme.IO and found is None and tag:
        return "I", tag
    prefixes = ", ".join(f"{prefix}-" for prefix in _PREFIXES[scheme])
    kind = "" if scheme is None else f" of {scheme}"
    raise InputError(
        f"{tag!r:.40} at position {place} is no tag{kind}: write O, or a class after {prefixes}"
    )


def _check_rules(tags: Sequence[str], marks: Sequence[tuple[str, str]], scheme: TagScheme) -> None:
    """Refuse a tag that may not follow the one before it."""
    if scheme is TagScheme.IO:
        return
    before = ("", "")
    for place, mark in enumerate([*marks, ("", "")]):
        prefix, is_same = mark[0], mark[1] == before[1]
        if scheme is TagScheme.IOB1:
            is_right = prefix != "B" or is_same
        else:
            goes_on = prefix in {"I", "L", "E"}
            is_right = not goes_on or (is_same and before[0] in {"B", "I"})
            if scheme is not TagScheme.IOB2 and before[0] in {"B", "I"}:
                is_right = is_right and goes_on
        if not is_right:
            found = f"{tags[place]!r:.40}" if place < len(tags) else "the end"
            after = f"{tags[place - 1]!r:.40}" if place else "nothing"
            raise InputError(
                f"{found} at position {place} cannot follow {after} in {scheme}; correct it, or "
                "leave out the task's scheme to read it as the beginning of an entity"
            )
        before = mark
