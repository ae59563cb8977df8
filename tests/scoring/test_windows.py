from typing import Any

import numpy as np
import pytest

from concord.alignment.scores import FloatArray
from concord.scoring import windows
from concord.scoring.batching import Progress, TokenPair
from concord.scoring.split_plans import Piece, SplitPlan
from concord.scoring.windows import plan_logits, text_windows, token_pairs


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

    def score(pairs: Any, progress: Progress) -> FloatArray:
        sizes.append(len(pairs))
        progress(len(pairs), len(pairs))
        return np.array([[c[0], s[0], 0, 0, 0, 0] for c, s in pairs], dtype=np.float32)

    plans = [plan(chunks=1, sentences=2), plan(chunks=3, sentences=3, first=5)]
    small, huge = plan_logits(plans, score, lambda *numbers: calls.append(numbers))
    assert sizes == [4, 4, 3]  # 2 + 9 pairs in windows of 4
    assert small[:, :2].tolist() == [[0, 0], [0, 1]]
    assert huge[:, :2].tolist() == [[c, s] for c in (5, 6, 7) for s in (5, 6, 7)]
    assert calls == [(4, 11), (8, 11), (11, 11)]


def test_pairs_come_lazily_in_the_order_of_the_plan() -> None:
    one = plan(chunks=2, sentences=2)
    listed: list[TokenPair] = one.token_pairs()
    assert [(c.tolist(), s.tolist()) for c, s in token_pairs([one])] == [
        (c.tolist(), s.tolist()) for c, s in listed
    ]
