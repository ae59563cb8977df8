"""What of a context has been read for each sentence of a claim, and what is to be read next."""

import numpy as np
from numpy.typing import NDArray

from concord.alignment import Head, compute_aligned
from concord.alignment.scores import NUM_LOGITS
from concord.scoring.chunk_relevance import ContextIndex
from concord.scoring.relevance import Relevance
from concord.scoring.split_plans import SplitPlan
from concord.scoring.word_vectors import WordVectors

Cells = NDArray[np.int64]
"""Places in a plan's ``(chunks, sentences)`` matrix, row by row."""


class Reading:
    """The logits of one plan's token pairs, and which of them are asked for next.

    Args:
        plan: What there is to read.

    Attributes:
        plan: What there is to read.
        logits: One row per token pair in the order of the plan, ``(pairs, 6)``; NaN where none
            was asked for.
    """

    def __init__(self, plan: SplitPlan) -> None:
        self.plan = plan
        self.logits = np.full((plan.num_pairs, NUM_LOGITS), np.nan, dtype=np.float32)
        self._is_begun = False

    def next_cells(self) -> Cells:
        """Return what to score next, all of it at once; nothing when the reading is over."""
        cells = np.arange(0 if self._is_begun else self.plan.num_pairs)
        self._is_begun = True
        return cells


class RelevantReading(Reading):
    """A reading of the most relevant chunks first, which ends with the budget or before.

    Args:
        plan: What there is to read.
        relevance: The budget.
        head: The head whose score tells whether a sentence is supported well enough.
        vectors: What tokens mean, where the model says so.
    """

    def __init__(
        self, plan: SplitPlan, relevance: Relevance, head: Head, vectors: WordVectors | None
    ) -> None:
        super().__init__(plan)
        num_chunks, num_sentences = plan.shape
        self._order = _most_relevant(plan, relevance.rounds(num_chunks)[-1], vectors)
        self._rounds = list(relevance.rounds(num_chunks))
        self._enough = relevance.enough
        self._head = head
        self._num_read = 0
        self._is_open = np.ones(num_sentences, dtype=bool)

    def next_cells(self) -> Cells:
        """Return the next chunks of each sentence that is not yet supported well enough."""
        if not self._rounds:
            return np.arange(0)
        start, end = self._num_read, self._rounds.pop(0)
        if start:
            self._close_supported(start)
        self._num_read = end
        sentences = np.flatnonzero(self._is_open)
        return (self._order[start:end, sentences] * len(self._is_open) + sentences).ravel()

    def _close_supported(self, num_read: int) -> None:
        cells = self._order[:num_read] * len(self._is_open) + np.arange(len(self._is_open))
        scores = compute_aligned(self.logits[cells.ravel()], self._head)
        self._is_open &= np.fmax.reduce(scores.reshape(cells.shape)) < self._enough


def _most_relevant(plan: SplitPlan, count: int, vectors: WordVectors | None) -> Cells:
    """Return the most relevant chunks of each sentence, best first, ``(count, sentences)``."""
    index = ContextIndex([chunk.ids for chunk in plan.chunks], vectors)
    orders = [
        np.argsort(-index.relevance(sentence.ids), kind="stable")[:count]
        for sentence in plan.sentences
    ]
    return np.stack(orders, axis=1)
