"""Scores for any number of pairs, one after the other, in memory that does not grow."""

from collections.abc import Iterable, Iterator
from typing import Final

from concord.alignment import TextPair
from concord.errors import InputError
from concord.scoring.aligner import Aligner
from concord.scoring.inputs import check_claim, check_context

STREAM_PAIRS: Final = 4_096
"""Pairs held at once: enough to put those of like length together."""
STREAM_CHARACTERS: Final = 16_000_000
"""Text held at once."""


def stream_scores(
    aligner: Aligner,
    pairs: Iterable[TextPair],
    *,
    head: str = "three_way",
    split: bool | str = True,
    aggregation: str = "mean",
) -> Iterator[float | InputError]:
    """Yield for each pair, in order, its score or what is wrong with it.

    Args:
        aligner: What scores the pairs.
        pairs: Read only as far ahead as a window of pairs reaches.
        head: The head to ask.
        split: As in `Aligner.score`.
        aggregation: As in `Aligner.score`.
    """
    for window in _windows(pairs):
        problems = [_problem(pair) for pair in window]
        good = [pair for pair, problem in zip(window, problems, strict=True) if problem is None]
        contexts, claims = [pair.context for pair in good], [pair.claim for pair in good]
        scores = iter(
            aligner.score(contexts, claims, head=head, split=split, aggregation=aggregation)
        )
        for problem in problems:
            yield float(next(scores)) if problem is None else problem


def _problem(pair: TextPair) -> InputError | None:
    try:
        check_context(pair.context, "context")
        check_claim(pair.claim, "claim")
    except InputError as error:
        return error
    return None


def _windows(pairs: Iterable[TextPair]) -> Iterator[list[TextPair]]:
    window: list[TextPair] = []
    characters = 0
    for pair in pairs:
        window.append(pair)
        characters += sum(len(text) for text in pair if isinstance(text, str))
        if len(window) == STREAM_PAIRS or characters >= STREAM_CHARACTERS:
            yield window
            window, characters = [], 0
    if window:
        yield window
