"""Bounds on what is held at once, so that memory stays flat however much there is to score."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, TypeAlias

from concord.alignment.scores import FloatArray
from concord.scoring.batching import Progress, TokenPair
from concord.scoring.readings import Cells, Reading
from concord.scoring.split_plans import Context, passages_of

WINDOW_PAIRS: Final = 50_000
"""Pairs held at once: enough to put those of like length together and to find equal ones."""
FIRST_WINDOW_PAIRS: Final = 2048
"""Pairs of the first window; each next one has twice as many. So the encoder need not wait until
all texts are tokenized, and it is at work while the next window is."""
WINDOW_CHARACTERS: Final = 16_000_000
"""Text split at once, so that a window of whole books is bounded too."""
WINDOW_CELLS: Final = 500_000
"""Token pairs, scored or left out, whose logits are held at once."""

_Asked: TypeAlias = tuple[Reading, Cells]


def text_windows(contexts: Sequence[Context], claims: Sequence[str]) -> Iterator[slice]:
    """Yield consecutive slices of pairs that are bounded in number and in characters."""
    start, characters = 0, 0
    limit = min(FIRST_WINDOW_PAIRS, WINDOW_PAIRS)
    for index, (context, claim) in enumerate(zip(contexts, claims, strict=True)):
        size = sum(map(len, passages_of(context))) + len(claim)
        is_full = index - start == limit or characters + size > WINDOW_CHARACTERS
        if is_full and index > start:
            yield slice(start, index)
            start, characters = index, 0
            limit = min(2 * limit, WINDOW_PAIRS)
        characters += size
    if start < len(claims):
        yield slice(start, len(claims))


def fill_readings(
    readings: Iterable[Reading],
    score_pairs: Callable[[Sequence[TokenPair], Progress], FloatArray],
    progress: Progress,
    *,
    total: int,
) -> Iterator[Reading]:
    """Yield each reading when all that it asks for is scored.

    Token pairs of several readings are scored together, round by round, and those of a huge one
    in parts.

    Args:
        readings: What to score; taken up as they come, some at a time.
        score_pairs: Returns one row of logits per token pair.
        progress: Called with the number of token pairs done, or left out, and of all.
        total: The number of token pairs of all readings.
    """
    settled = 0
    for group in _groups(readings):
        scored = 0
        while asked := [
            (reading, cells) for reading in group if len(cells := reading.next_cells())
        ]:
            for window in _windows_of_cells(asked):
                pairs = [
                    pair
                    for reading, cells in window
                    for pair in reading.plan.token_pairs(cells.tolist())
                ]
                rows = score_pairs(pairs, _part_of(progress, settled + scored, total))
                scored += len(rows)
                _hand_out(rows, window)
        settled += sum(reading.plan.num_pairs for reading in group)
        progress(settled, total)
        yield from group


def _groups(readings: Iterable[Reading]) -> Iterator[list[Reading]]:
    """Cut readings into lists whose logits are bounded; a huge one is a list of its own."""
    group: list[Reading] = []
    cells = 0
    for reading in readings:
        if group and cells + reading.plan.num_pairs > WINDOW_CELLS:
            yield group
            group, cells = [], 0
        group.append(reading)
        cells += reading.plan.num_pairs
    if group:
        yield group


def _windows_of_cells(asked: Iterable[_Asked]) -> Iterator[list[_Asked]]:
    """Cut what is asked for into lists of a bounded number of token pairs."""
    window: list[_Asked] = []
    room = WINDOW_PAIRS
    for reading, cells in asked:
        while len(cells):
            window.append((reading, cells[:room]))
            cells, room = cells[room:], room - len(cells[:room])
            if not room:
                yield window
                window, room = [], WINDOW_PAIRS
    if window:
        yield window


def _hand_out(rows: FloatArray, window: Iterable[_Asked]) -> None:
    start = 0
    for reading, cells in window:
        reading.logits[cells] = rows[start : start + len(cells)]
        start += len(cells)


def _part_of(progress: Progress, before: int, total: int) -> Progress:
    return lambda done, _: progress(before + done, total)


def window_progress(progress: Progress | None, window: slice, total: int) -> Progress:
    """Translate token pairs done of a window into text pairs done of them all."""

    def report(done: int, of: int) -> None:
        if progress is not None:
            progress(window.start + (window.stop - window.start) * done // max(of, 1), total)

    return report
