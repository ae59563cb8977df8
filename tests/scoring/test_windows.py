from collections.abc import Sequence

import numpy as np
import pytest

from concord.alignment.scores import FloatArray
from concord.scoring import windows
from concord.scoring.batching import Progress, TokenPair
from concord.scoring.readings import Cells, Reading
from concord.scoring.split_plans import Piece, SplitPlan
from concord.scoring.windows import fill_readings, text_windows


def plan(*, chunks: int, sentences: int, first: int = 0) -> SplitPlan:
    def piece(number: int) -> Piece:
        return Piece(np.array([number], dtype=np.int32), 0, 0, 1)

    return SplitPlan(
        chunks=tuple(piece(first + number) for number in range(chunks)),
        sentences=tuple(piece(first + number) for number in range(sentences)),
        capacity=10,
    )


def test_windows_are_bounded_in_pairs_and_in_characters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(windows, "WINDOW_PAIRS", 3)
    monkeypatch.setattr(windows, "WINDOW_CHARACTERS", 10)
    contexts = ["a", "a", "a", "a", "a" * 50, "a"]  # claims add one character each
    found = list(text_windows(contexts, ["b"] * 6))
    assert found == [slice(0, 3), slice(3, 4), slice(4, 5), slice(5, 6)]


def test_no_texts_are_no_windows() -> None:
    assert list(text_windows([], [])) == []


def test_a_huge_plan_is_scored_in_parts_and_small_ones_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(windows, "WINDOW_PAIRS", 4)
    sizes: list[int] = []
    calls: list[tuple[int, int]] = []

    def score(pairs: Sequence[TokenPair], progress: Progress) -> FloatArray:
        sizes.append(len(pairs))
        progress(len(pairs), len(pairs))
        return np.array([[c[0], s[0], 0, 0, 0, 0] for c, s in pairs], dtype=np.float32)

    plans = [plan(chunks=1, sentences=2), plan(chunks=3, sentences=3, first=5)]
    report = lambda *numbers: calls.append(numbers)  # noqa: E731
    small, huge = fill_readings(map(Reading, plans), score, report, total=11)
    assert sizes == [4, 4, 3]  # 2 + 9 pairs in windows of 4
    assert small.logits[:, :2].tolist() == [[0, 0], [0, 1]]
    assert huge.logits[:, :2].tolist() == [[c, s] for c in (5, 6, 7) for s in (5, 6, 7)]
    assert calls == [(4, 11), (8, 11), (11, 11), (11, 11)]


def test_readings_are_taken_up_only_as_far_as_their_logits_may_be_held(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(windows, "WINDOW_CELLS", 5)
    begun: list[int] = []

    def begin(number: int) -> Reading:
        begun.append(number)
        return Reading(plan(chunks=2, sentences=1))

    readings = fill_readings(map(begin, range(9)), lambda pairs, _: zeros(pairs), ignore, total=18)
    next(readings)
    assert begun == [0, 1, 2]  # 2 + 2 pairs, and the one that would make it 6
    assert len(list(readings)) == 8


class HalfReading(Reading):
    """Asks for the first pair, and then for the third."""

    def __init__(self, plan: SplitPlan) -> None:
        super().__init__(plan)
        self._asked = [np.array([0]), np.array([2])]

    def next_cells(self) -> Cells:
        return self._asked.pop(0) if self._asked else np.arange(0)


def test_a_pair_that_is_never_asked_for_is_unknown_and_counts_as_done() -> None:
    calls: list[tuple[int, int]] = []
    sizes: list[int] = []

    def score(pairs: Sequence[TokenPair], progress: Progress) -> FloatArray:
        sizes.append(len(pairs))
        progress(len(pairs), len(pairs))
        return zeros(pairs)

    readings = [HalfReading(plan(chunks=4, sentences=1)) for _ in range(2)]
    report = lambda *numbers: calls.append(numbers)  # noqa: E731
    for reading in fill_readings(readings, score, report, total=8):
        assert np.isnan(reading.logits[:, 0]).tolist() == [False, True, False, True]
    assert sizes == [2, 2]  # both readings' first pairs together, then both others
    assert calls == [(2, 8), (4, 8), (8, 8)]


def zeros(pairs: Sequence[TokenPair]) -> FloatArray:
    return np.zeros((len(pairs), 6), dtype=np.float32)


def ignore(_done: int, _total: int) -> None:
    """Take no notice of progress."""


def test_windows_begin_small_and_grow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(windows, "FIRST_WINDOW_PAIRS", 2)
    monkeypatch.setattr(windows, "WINDOW_PAIRS", 5)
    sizes = [each.stop - each.start for each in text_windows(["a"] * 15, ["b"] * 15)]
    assert sizes == [2, 4, 5, 4]
