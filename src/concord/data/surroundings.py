"""Contexts among others of their data set: the evidence of a claim is one passage of several.

Sets for fact checking give the sentence that decides; summaries, retrieved passages and chunks of
long documents hold more than that. HotpotQA's distractor setting (Yang et al., EMNLP 2018) is the
same thought.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

import numpy as np

from concord.alignment import AlignmentExample
from concord.data.augmentation import AugmentationOptions
from concord.data.recipe import Family
from concord.data.synthetic.change import build_generator
from concord.data.wrong_answers import content_words

_SURROUNDED: Final = frozenset({Family.FACT_CHECKING, Family.CONSISTENCY})
_KEPT: Final = 400  # contexts; neighbours in a file often stem from one page
_MOST_TRIES: Final = 12
_MOST_OTHERS: Final = 4
_FEWEST_WORDS: Final = 4
_MOST_SHARED: Final = 0.25  # of the claim's content words, with a context that is not its own


class Surroundings:
    """Contexts seen so far, of which some are put around another.

    Args:
        max_words: Contexts grow to about this many words.
        seed: Another seed draws others.
    """

    def __init__(self, max_words: int, seed: int) -> None:
        self._max_words = max_words
        self._seed = seed
        self._kept: list[str] = []

    def keep(self, context: str) -> None:
        """Have a context ready to surround later ones; when there are many, another gives way."""
        context = context.strip()
        if not _FEWEST_WORDS <= len(context.split()) <= self._max_words // 2:
            return
        if len(self._kept) < _KEPT:
            self._kept.append(context)
            return
        rng = build_generator(self._seed, "kept", context)
        self._kept[int(rng.integers(_KEPT))] = context

    def surround(
        self, example: AlignmentExample, rng: np.random.Generator
    ) -> AlignmentExample | None:
        """Return an example with others' contexts before and behind its own, in drawn order.

        What shares more than a quarter of the claim's content words does not stand there, so the
        claim is as true as before. None where nothing fits.
        """
        words = content_words(example.claim)
        parts = [example.context.strip()]
        room = self._max_words - len(parts[0].split())
        if not parts[0] or not self._kept:
            return None
        for _ in range(_MOST_TRIES):
            other = self._kept[int(rng.integers(len(self._kept)))]
            fits = other not in parts and len(other.split()) <= room
            if fits and len(content_words(other) & words) <= _MOST_SHARED * len(words):
                parts.insert(int(rng.integers(len(parts) + 1)), other)
                room -= len(other.split())
            if len(parts) > _MOST_OTHERS:
                break
        if len(parts) == 1:
            return None
        made = f"surrounded: among {len(parts) - 1} other contexts"
        return replace(example, context=" ".join(parts), provenance=made)


def with_surrounded(
    examples: Iterable[AlignmentExample],
    family: Family,
    options: AugmentationOptions,
    *,
    seed: int = 0,
) -> Iterator[AlignmentExample]:
    """Yield examples, some followed by a copy whose context stands among others.

    Of sets for fact checking and consistency only: a scene that a sentence of SNLI does not
    describe may well bear out a claim on another scene.

    Args:
        examples: Of one data set, of whose contexts the surroundings are.
        family: The data set's.
        options: How many copies, and how long their contexts grow.
        seed: Another seed draws others.

    Yields:
        The examples, with the copies among them.
    """
    if options.surround_rate == 0 or family not in _SURROUNDED:
        yield from examples
        return
    surroundings = Surroundings(options.surround_words, seed)
    for example in examples:
        yield example
        rng = build_generator(seed, "surrounded copy", example.context, example.claim)
        if rng.random() < options.surround_rate:
            copy = surroundings.surround(example, rng)
            if copy is not None:
                yield copy
        surroundings.keep(example.context)
