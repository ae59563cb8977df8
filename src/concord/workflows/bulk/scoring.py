"""Windows of rows to their scores, in this process."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeAlias

from concord.alignment import TextPair
from concord.scoring.batching import Progress
from concord.scoring.scorer import VerdictScorer
from concord.workflows.bulk.options import ScoreOptions
from concord.workflows.bulk.windows import Answers, Window

RowsDone: TypeAlias = Callable[[int], None]
"""Called with the number of all rows done so far."""


OpenScorer: TypeAlias = Callable[[], VerdictScorer]
"""Opens a model where it is called: in this process, or in a worker."""


def score_windows(
    windows: Iterable[Window],
    open_scorer: OpenScorer,
    options: ScoreOptions,
    report: RowsDone | None = None,
) -> Iterator[tuple[Window, Answers]]:
    """Yield each window with its answers; the model is opened for the first.

    Args:
        windows: Taken one by one.
        open_scorer: Opens the model.
        options: Head, splitting, verdicts.
        report: Called as a window's pairs are done.
    """
    scorer: VerdictScorer | None = None
    for window in windows:
        scorer = scorer or open_scorer()
        yield window, score_pairs(window.pairs, options, scorer, _within(window, report))


def _within(window: Window, report: RowsDone | None) -> Progress | None:
    if report is None:
        return None
    return lambda done, total: report(window.start + len(window) * done // max(total, 1))


def score_pairs(
    pairs: Sequence[TextPair],
    options: ScoreOptions,
    scorer: VerdictScorer,
    progress: Progress | None = None,
) -> Answers:
    """Return the scores of some pairs and, where asked for, their verdicts."""
    if not pairs:
        return {"score": [], "verdict": []} if options.with_verdicts else {"score": []}
    contexts, claims = [pair.context for pair in pairs], [pair.claim for pair in pairs]
    if options.with_verdicts:
        verdicts = scorer.verify(
            contexts,
            claims,
            threshold=options.threshold,
            aggregation=options.aggregation,
            calibrated=options.calibrated,
            domain=options.domain,
            relevance=options.relevance,
            progress=progress,
        )
        return {
            "score": [_rounded(verdict.score) for verdict in verdicts],
            "verdict": [verdict.label.value for verdict in verdicts],
        }
    scores = scorer.score(
        contexts,
        claims,
        head=options.head.value,
        split=options.split,
        aggregation=options.aggregation,
        calibrated=options.calibrated,
        domain=options.domain,
        relevance=options.relevance,
        progress=progress,
    )
    return {"score": [_rounded(score) for score in scores]}


def _rounded(score: float) -> float:
    """Drop the digits that float32 cannot vouch for."""
    return round(float(score), 6)
