"""Claims about strangers: a name gives way to one that stands in other texts of the data set.

`name_swap` takes another name of the same context; a summary that invents somebody takes one from
nowhere. Since the evidence of a fact often leaves out whom it is about ("He was born in 1931."), a
model learns that a name which the context does not have may be right all the same. Here it has the
name that was replaced, so the new one is wrong.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

import numpy as np

from concord.alignment import ALIGNED, UNALIGNED, AlignmentExample, Head
from concord.data.augmentation import AugmentationOptions
from concord.data.recipe import Family
from concord.data.synthetic.change import build_generator, shuffled
from concord.data.synthetic.name_swap import fits_article, may_be_same, may_lie_apart
from concord.text.names import Name, NameKind, find_names

_RENAMED: Final = frozenset({Family.NLI, Family.FACT_CHECKING, Family.CONSISTENCY})
_KEPT: Final = 2000  # names
_MOST_TRIES: Final = 60
_WORD: Final = re.compile(r"[\w'\u2019]+")


class Strangers:
    """Names seen so far, one of which may take the place of another text's.

    Args:
        seed: Another seed draws others.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._kept: list[Name] = []
        self._written: set[str] = set()

    def keep(self, names: Iterable[Name]) -> None:
        """Have names ready for later claims; when there are many, others give way."""
        for name in names:
            if name.kind is NameKind.DEMONYM or name.written in self._written:
                continue
            self._written.add(name.written)
            if len(self._kept) < _KEPT:
                self._kept.append(name)
                continue
            rng = build_generator(self._seed, "kept name", name.written)
            place = int(rng.integers(_KEPT))
            self._written.remove(self._kept[place].written)
            self._kept[place] = name

    def rename(
        self,
        example: AlignmentExample,
        names: Iterable[Name],
        rng: np.random.Generator,
    ) -> AlignmentExample | None:
        """Return an aligned example whose claim names a stranger, which is no longer aligned.

        Args:
            example: The example, aligned.
            names: The names in its claim.
            rng: Draws the name and its stranger.

        Returns:
            The example, or None where the claim has no name that the context knows too, or no
            stranger is like it: of the same kind and as many words, the same article before it,
            and without a word that either text has.
        """
        stated = _words(example.context)
        taken = stated | _words(example.claim)
        known = [
            name for name in names if name.words & stated and name.kind is not NameKind.DEMONYM
        ]
        for index in shuffled(len(known), rng):
            name = known[index]
            for _ in range(_MOST_TRIES if self._kept else 0):
                other = self._kept[int(rng.integers(len(self._kept)))]
                if _is_like(name, other, example.claim) and not taken & _words(other.written):
                    return _renamed(example, name, other)
        return None


def with_strangers(
    examples: Iterable[AlignmentExample],
    family: Family,
    options: AugmentationOptions,
    *,
    seed: int = 0,
) -> Iterator[AlignmentExample]:
    """Yield examples, some aligned ones followed by a copy whose claim names a stranger.

    Of sets for inference, fact checking and consistency only. Whether an example gets a copy is
    fixed by its texts and the seed; which name it gets, by the rows before it as well.

    Args:
        examples: Of one data set, in whose texts the strangers' names stand.
        family: The data set's.
        options: How many copies.
        seed: Another seed draws others.

    Yields:
        The examples, with the copies among them.
    """
    if options.stranger_rate == 0 or family not in _RENAMED:
        yield from examples
        return
    strangers = Strangers(seed)
    for example in examples:
        yield example
        rng = build_generator(seed, "stranger", example.context, example.claim)
        if rng.random() >= options.stranger_rate:
            continue
        own, others = find_names([example.claim, example.context])
        if _is_aligned(example):
            copy = strangers.rename(example, own, rng)
            if copy is not None:
                yield copy
        strangers.keep([*own, *others])


def _is_aligned(example: AlignmentExample) -> bool:
    if example.head is Head.THREE_WAY:
        return example.target == ALIGNED
    return example.head is Head.BINARY and example.target == 1


def _is_like(name: Name, other: Name, claim: str) -> bool:
    """Whether another name could stand in a name's place without being as true or odd."""
    return (
        other.kind is name.kind
        and other.has_article == name.has_article
        and len(other.written.split()) == len(name.written.split())
        and may_lie_apart(name, other)
        and not may_be_same(name, other)
        and fits_article(claim, name, other.written)
    )


def _renamed(example: AlignmentExample, name: Name, other: Name) -> AlignmentExample:
    claim = example.claim[: name.span.start] + other.written + example.claim[name.span.end :]
    target = UNALIGNED if example.head is Head.THREE_WAY else 0
    made = f"stranger: {name.written} -> {other.written}"
    return replace(example, claim=claim, target=target, provenance=made)


def _words(text: str) -> frozenset[str]:
    return frozenset(word.lower() for word in _WORD.findall(text))
