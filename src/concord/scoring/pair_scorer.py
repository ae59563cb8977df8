"""Text pairs to logits: split, tokenize, score in bounded windows, and put together again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from concord.alignment import Head, compute_aligned, compute_three_way
from concord.alignment.scores import FloatArray
from concord.artifact import AlignmentSettings
from concord.scoring.backends import Backend
from concord.scoring.batching import Progress, TokenPair, score_token_pairs
from concord.scoring.long_inputs import Splitting, build_splitter
from concord.scoring.lookahead import made_ahead
from concord.scoring.readings import Reading, RelevantReading
from concord.scoring.relevance import Relevance
from concord.scoring.split_plans import Context, LongInputSplitter, SplitPlan
from concord.scoring.windows import fill_readings, text_windows, window_progress
from concord.scoring.word_vectors import WordVectors
from concord.text import PairTokenizer

_PACKED: Final = frozenset({Splitting.PACKED, Splitting.CONTEXTS})


@dataclass(frozen=True, slots=True)
class ScoredPair:
    """One text pair's plan, and what is known of its token pairs.

    Attributes:
        plan: How the texts were split.
        logits: Joint logits of each token pair, ``(pairs, 6)``; NaN where a chunk was not read.
    """

    plan: SplitPlan
    logits: FloatArray

    @property
    def num_passes(self) -> int:
        """The number of token pairs that were scored."""
        return int(np.count_nonzero(~np.isnan(self.logits[:, 0])))

    def aligned(self, head: Head) -> FloatArray:
        """Return the scores that a head gives to "aligned", shape ``(chunks, sentences)``."""
        return self.plan.matrix(compute_aligned(self.logits, head))

    @property
    def three_way(self) -> FloatArray:
        """The three-way probabilities, shape ``(chunks, sentences, 3)``."""
        return self.plan.matrix(compute_three_way(self.logits))


class PairScorer:
    """Scores text pairs in memory that does not grow with their number.

    Args:
        backend: What computes logits.
        tokenizer: The model's tokenizer.
        settings: The model's windows.
        max_batch_tokens: Bound on a batch's pairs times its longest pair's tokens.
        vectors: What tokens mean, for the choice of relevant chunks; None if it is not known.
    """

    def __init__(
        self,
        backend: Backend,
        tokenizer: PairTokenizer,
        settings: AlignmentSettings,
        *,
        max_batch_tokens: int,
        vectors: WordVectors | None = None,
    ) -> None:
        self._backend = backend
        self._tokenizer = tokenizer
        self._settings = settings
        self._max_batch_tokens = max_batch_tokens
        self._vectors = vectors

    def score(
        self,
        contexts: Sequence[Context],
        claims: Sequence[str],
        splitting: Splitting,
        progress: Progress | None = None,
        *,
        relevance: Relevance | None = None,
        head: Head = Head.THREE_WAY,
    ) -> Iterator[ScoredPair]:
        """Yield each pair's plan and logits, in the given order.

        Args:
            contexts: One for each claim.
            claims: None of them empty.
            splitting: What to do with long texts.
            progress: Called with the number of text pairs done and of all.
            relevance: How much of a context in many chunks is read; all of it unless given.
                It concerns packed chunks only.
            head: The head whose score says that a sentence needs no further chunk.
        """
        splitter = self._build_splitter(splitting)
        budget = relevance if splitting in _PACKED else None
        windows = list(text_windows(contexts, claims))
        planned = made_ahead(
            windows, lambda window: splitter.plan(contexts[window], claims[window])
        )
        for window, plans in zip(windows, planned, strict=True):
            readings = (self._begin(plan, budget, head) for plan in plans)
            report = window_progress(progress, window, len(claims))
            total = sum(plan.num_pairs for plan in plans)
            for reading in fill_readings(readings, self._logits, report, total=total):
                yield ScoredPair(reading.plan, reading.logits)

    def _begin(self, plan: SplitPlan, relevance: Relevance | None, head: Head) -> Reading:
        num_chunks = len(plan.chunks)
        if relevance is None or relevance.rounds(num_chunks) == (num_chunks,):
            return Reading(plan)
        return RelevantReading(plan, relevance, head, self._vectors)

    def _build_splitter(self, splitting: Splitting) -> LongInputSplitter:
        return build_splitter(
            splitting,
            self._tokenizer,
            max_tokens=self._settings.max_tokens,
            chunk_tokens=self._settings.chunk_tokens,
            overlap_tokens=self._settings.overlap_tokens,
        )

    def _logits(self, pairs: Sequence[TokenPair], progress: Progress) -> FloatArray:
        return score_token_pairs(
            pairs,
            self._backend,
            self._tokenizer,
            max_batch_tokens=self._max_batch_tokens,
            max_tokens=self._settings.max_tokens,
            progress=progress,
        )
