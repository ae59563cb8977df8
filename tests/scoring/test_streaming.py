from collections.abc import Iterator

import pytest

from concord.alignment import TextPair
from concord.errors import InputError
from concord.scoring import streaming
from concord.scoring.aligner import Aligner
from concord.scoring.streaming import stream_scores


def test_each_pair_has_its_score_or_its_problem_in_its_place(
    aligner: Aligner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "STREAM_PAIRS", 2)
    pairs = [TextPair("yes", "a"), TextPair("yes", " "), TextPair("", "a"), TextPair("no", "a")]
    first, problem, *others = stream_scores(aligner, pairs, head="regression")
    assert (first, others) == (1.0, [0.0, 0.0])
    assert isinstance(problem, InputError)
    assert "claim is empty" in str(problem)


def test_pairs_are_read_no_further_ahead_than_a_window(
    aligner: Aligner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "STREAM_PAIRS", 3)
    read: list[int] = []

    def endless() -> Iterator[TextPair]:
        while True:
            read.append(1)
            yield TextPair("yes", "a")

    stream = stream_scores(aligner, endless())
    for _ in range(4):
        next(stream)
    assert len(read) == 6
