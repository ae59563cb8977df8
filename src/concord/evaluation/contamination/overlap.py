"""How much of what a model is judged on it may have learned from.

The evaluation's texts are indexed and the training examples stream past them, so that memory is
that of the evaluation alone.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice, product
from typing import Final

import numpy as np
from numpy.typing import NDArray

from concord.alignment import AlignmentExample
from concord.evaluation.board import Overlap
from concord.evaluation.contamination.near_duplicates import TextIndex, plain_text

_BLOCK: Final = 4096  # training examples looked up at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class OverlapCounts:
    """How many examples of a test set occur in training data.

    Texts are compared without case, punctuation and blanks, and pairs in either order.

    Attributes:
        rows: Examples of the test set.
        exact: Of them, those whose pair of texts is in the training data.
        near: Those more with a near duplicate there: both texts are the same or nearly so.
        contexts: Examples whose context occurs there, in whatever pair.
        claims: Examples whose claim occurs there, in whatever pair.
    """

    rows: int
    exact: int
    near: int
    contexts: int
    claims: int

    def to_overlap(self, name: str, source: str, note: str = "") -> Overlap:
        """Return the row of a board: a test set's name, what was learned, and what else to say."""
        alone = f"context alone in {self.contexts:,}, claim alone in {self.claims:,}"
        return Overlap(
            set=name,
            rows=self.rows,
            exact=self.exact,
            near=self.near,
            source=source,
            note="; ".join(filter(None, (alone, note))),
        )


def check_contamination(
    train: Iterable[AlignmentExample], evaluation: Mapping[str, Sequence[AlignmentExample]]
) -> dict[str, OverlapCounts]:
    """Count how much of each test set occurs in training examples.

    Args:
        train: The training examples; read once, and never all in memory.
        evaluation: The examples of each test set by its name.
    """
    index = _EvaluationIndex(evaluation)
    examples = iter(train)
    while block := list(islice(examples, _BLOCK)):
        index.look_up(block)
    return {name: index.counts(name) for name in evaluation}


class _EvaluationIndex:
    """The test sets' texts and pairs, and which of them were met in training."""

    def __init__(self, evaluation: Mapping[str, Sequence[AlignmentExample]]) -> None:
        places: dict[str, int] = {}
        self._rows: dict[str, NDArray[np.int64]] = {}  # places of context and claim, (rows, 2)
        for name, examples in evaluation.items():
            texts = (text for each in examples for text in (each.context, each.claim))
            found = [places.setdefault(plain_text(text), len(places)) for text in texts]
            self._rows[name] = np.array(found, dtype=np.int64).reshape(-1, 2)
        self._texts = TextIndex(list(places))
        self._pairs = {_pair(*row) for rows in self._rows.values() for row in rows.tolist()}
        self._met_texts = np.zeros(len(places), dtype=bool)
        self._met_exact: set[tuple[int, int]] = set()
        self._met_near: set[tuple[int, int]] = set()

    def look_up(self, block: Sequence[AlignmentExample]) -> None:
        """Take note of what some training examples have in common with the test sets."""
        pairs = [(plain_text(each.context), plain_text(each.claim)) for each in block]
        near = self._near_places(chain.from_iterable(pairs))
        for pair in pairs:
            exact = [
                [place] if (place := self._texts.place(text)) is not None else [] for text in pair
            ]
            self._met_texts[list(chain(*exact))] = True
            self._met_exact.update(self._known(*exact))
            self._met_near.update(self._known(*(near[text] for text in pair)))

    def counts(self, name: str) -> OverlapCounts:
        """Return what of one test set was met."""
        rows = self._rows[name]
        pairs = [_pair(*row) for row in rows.tolist()]
        is_exact = [pair in self._met_exact for pair in pairs]
        is_near = [pair in self._met_near for pair in pairs]
        return OverlapCounts(
            rows=len(rows),
            exact=sum(is_exact),
            near=sum(near and not exact for near, exact in zip(is_near, is_exact, strict=True)),
            contexts=int(self._met_texts[rows[:, 0]].sum()),
            claims=int(self._met_texts[rows[:, 1]].sum()),
        )

    def _near_places(self, texts: Iterable[str]) -> dict[str, list[int]]:
        distinct = list(dict.fromkeys(texts))
        return dict(zip(distinct, self._texts.find_near(distinct), strict=True))

    def _known(self, contexts: Sequence[int], claims: Sequence[int]) -> Iterator[tuple[int, int]]:
        """Yield the test sets' pairs among the given texts."""
        for first, second in product(contexts, claims):
            if (pair := _pair(first, second)) in self._pairs:
                yield pair


def _pair(first: int, second: int) -> tuple[int, int]:
    """Return two places in one order, so that swapped pairs are the same."""
    return (first, second) if first <= second else (second, first)
