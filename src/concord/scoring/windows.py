"""Bounds on what is held at once, so that memory stays flat however much there is to score."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Final

import numpy as np

from concord.alignment.scores import NUM_LOGITS, FloatArray
from concord.scoring.batching import Progress, TokenPair
from concord.scoring.split_plans import Context, SplitPlan, fit_pair, passages_of

WINDOW_PAIRS: Final = 50_000
"""Pairs held at once: enough to put those of like length together and to find equal ones."""
WINDOW_CHARACTERS: Final = 16_000_000
"""Text split at once, so that a window of whole books is bounded too."""


def text_windows(contexts: Sequence[Context], claims: Sequence[str]) -> Iterator[slice]:
    """Yield consecutive slices of pairs that are bounded in number and in characters."""
    start, characters = 0, 0
    for index, (context, claim) in enumerate(zip(contexts, claims, strict=True)):
        size = sum(map(len, passages_of(context))) + len(claim)
        is_full = index - start == WINDOW_PAIRS or characters + size > WINDOW_CHARACTERS
        if is_full and index > start:
            yield slice(start, index)
            start, characters = index, 0
        characters += size
    if start < len(claims):
        yield slice(start, len(claims))


def plan_logits(
    plans: Sequence[SplitPlan],
    score_pairs: Callable[[Sequence[TokenPair], Progress], FloatArray],
    progress: Progress,
) -> Iterator[FloatArray]:
    """Yield the joint logits of each plan, one row per token pair, shape ``(pairs, 6)``.

    Token pairs of several plans are scored together, and those of a huge one in parts.

    Args:
        plans: What to score.
        score_pairs: Returns one row of logits per token pair.
        progress: Called with the number of token pairs done and of all.
    """
    pairs = token_pairs(plans)
    total = sum(plan.num_pairs for plan in plans)
    scored = 0
    waiting = np.empty((0, NUM_LOGITS), dtype=np.float32)
    for plan in plans:
        while len(waiting) < plan.num_pairs:
            window = list(islice(pairs, WINDOW_PAIRS))
            rows = score_pairs(window, _part_of(progress, scored, total))
            scored += len(rows)
            waiting = np.concatenate([waiting, rows])
        yield waiting[: plan.num_pairs]
        waiting = waiting[plan.num_pairs :]


def token_pairs(plans: Iterable[SplitPlan]) -> Iterator[TokenPair]:
    """Yield the fitted token pairs of all plans, in the order of `SplitPlan.token_pairs`."""
    for plan in plans:
        for chunk in plan.chunks:
            for sentence in plan.sentences:
                yield fit_pair(chunk.ids, sentence.ids, capacity=plan.capacity)


def _part_of(progress: Progress, before: int, total: int) -> Progress:
    return lambda done, _: progress(before + done, total)


def window_progress(progress: Progress | None, window: slice, total: int) -> Progress:
    """Translate token pairs done of a window into text pairs done of them all."""

    def report(done: int, of: int) -> None:
        if progress is not None:
            progress(window.start + (window.stop - window.start) * done // max(of, 1), total)

    return report
