"""Text pairs to logits: split, tokenize, score in bounded windows, and put together again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from concord.alignment import Head, compute_scores
from concord.alignment.scores import FloatArray
from concord.artifact import AlignmentSettings
from concord.scoring.backends import Backend
from concord.scoring.batching import Progress, TokenPair, score_token_pairs
from concord.scoring.long_inputs import Splitting, build_splitter
from concord.scoring.split_plans import Context, LongInputSplitter, SplitPlan
from concord.scoring.windows import plan_logits, text_windows, window_progress
from concord.text import PairTokenizer


@dataclass(frozen=True, slots=True)
class ScoredPair:
    """One text pair's plan, and joint logits for each of its token pairs, ``(pairs, 6)``."""

    plan: SplitPlan
    logits: FloatArray

    def aligned(self, head: Head) -> FloatArray:
        """Return the scores that a head gives to "aligned", shape ``(chunks, sentences)``."""
        return self.plan.matrix(compute_scores(self.logits).aligned(head))

    @property
    def three_way(self) -> FloatArray:
        """The three-way probabilities, shape ``(chunks, sentences, 3)``."""
        return self.plan.matrix(compute_scores(self.logits).three_way)


class PairScorer:
    """Scores text pairs in memory that does not grow with their number.

    Args:
        backend: What computes logits.
        tokenizer: The model's tokenizer.
        settings: The model's windows.
        max_batch_tokens: Bound on a batch's pairs times its longest pair's tokens.
    """

    def __init__(
        self,
        backend: Backend,
        tokenizer: PairTokenizer,
        settings: AlignmentSettings,
        *,
        max_batch_tokens: int,
    ) -> None:
        self._backend = backend
        self._tokenizer = tokenizer
        self._settings = settings
        self._max_batch_tokens = max_batch_tokens

    def score(
        self,
        contexts: Sequence[Context],
        claims: Sequence[str],
        splitting: Splitting,
        progress: Progress | None = None,
    ) -> Iterator[ScoredPair]:
        """Yield each pair's plan and logits, in the given order.

        Args:
            contexts: One for each claim.
            claims: None of them empty.
            splitting: What to do with long texts.
            progress: Called with the number of text pairs done and of all.
        """
        splitter = self._build_splitter(splitting)
        for window in text_windows(contexts, claims):
            plans = splitter.plan(contexts[window], claims[window])
            report = window_progress(progress, window, len(claims))
            for plan, logits in zip(plans, plan_logits(plans, self._logits, report), strict=True):
                yield ScoredPair(plan, logits)

    def _build_splitter(self, splitting: Splitting) -> LongInputSplitter:
        return build_splitter(
            splitting,
            self._tokenizer,
            max_tokens=self._settings.max_tokens,
            chunk_tokens=self._settings.chunk_tokens,
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
