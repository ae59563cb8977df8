"""Windows of rows to their scores, in this process."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from concord.scoring.batching import Progress
from concord.scoring.scorer import VerdictScorer
from concord.workflows.bulk.options import Answers, RowOptions
from concord.workflows.bulk.windows import Window

RowsDone: TypeAlias = Callable[[int], None]
"""Called with the number of all rows done so far."""


OpenScorer: TypeAlias = Callable[[], VerdictScorer]
"""Opens a model where it is called: in this process, or in a worker."""


def score_windows(
    windows: Iterable[Window],
    open_scorer: OpenScorer,
    options: RowOptions,
    report: RowsDone | None = None,
) -> Iterator[tuple[Window, Answers]]:
    """Yield each window with its answers; the model is opened for the first.

    Args:
        windows: Taken one by one.
        open_scorer: Opens the model.
        options: What is asked of the model.
        report: Called as a window's pairs are done.
    """
    scorer: VerdictScorer | None = None
    for window in windows:
        scorer = scorer or open_scorer()
        yield window, options.answers(window.pairs, scorer, _within(window, report))


def _within(window: Window, report: RowsDone | None) -> Progress | None:
    if report is None:
        return None
    return lambda done, total: report(window.start + len(window) * done // max(total, 1))
