"""Files of passages through a stand-in aligner: the best supported come first."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.length_scorer import LengthScorer

from concord.alignment.scores import FloatArray
from concord.data.readers import read_rows
from concord.data.writers import write_rows
from concord.errors import ConfigError, DataError
from concord.workflows.rank import RankOptions, rank_file
from concord.workflows.score import OnError, ScoreCounts


class PassageScorer(LengthScorer):
    """Scores a passage by its length, in hundredths."""

    def score(
        self, contexts: Sequence[str], claims: Sequence[str], **_options: object
    ) -> FloatArray:
        """Give a hundredth for each character of the context."""
        assert set(claims) <= {"query"}
        return np.array([len(context) / 100 for context in contexts], dtype=np.float32)


def run(source: Path, output: Path, **options: Any) -> tuple[ScoreCounts, list[dict[str, object]]]:
    counts = rank_file(
        str(source), str(output), RankOptions(query="query", **options), PassageScorer
    )
    return counts, [dict(row.fields) for row in read_rows(output)]


def write_passages(path: Path, *passages: object) -> Path:
    write_rows([{"text": text, "n": number} for number, text in enumerate(passages)], path)
    return path


def test_rows_come_in_order_of_support_and_equals_as_they_were(tmp_path: Path) -> None:
    source = write_passages(tmp_path / "in.jsonl", "b", "aaa", "c", "")
    counts, rows = run(source, tmp_path / "out.jsonl")
    assert [row["n"] for row in rows] == [1, 0, 2, 3]
    assert [row["score"] for row in rows] == [0.03, 0.01, 0.01, 0]
    assert (counts.scored, counts.failed) == (4, 0)


@pytest.mark.parametrize("top_k", [1, 2, 9])
def test_only_the_best_rows_are_written(tmp_path: Path, top_k: int) -> None:
    source = write_passages(tmp_path / "in.jsonl", "b", "aaa", "c")
    _, rows = run(source, tmp_path / "out.csv", top_k=top_k)
    assert [row["n"] for row in rows] == ["1", "0", "2"][:top_k]


def test_rows_that_cannot_be_scored_come_last_with_their_error(tmp_path: Path) -> None:
    source = write_passages(tmp_path / "in.jsonl", None, "", "b")
    counts, rows = run(source, tmp_path / "out.jsonl", prefix="c_")
    assert [row["n"] for row in rows] == [2, 1, 0]
    assert rows[-1]["c_score"] is None
    assert "holds null where a text should be" in str(rows[-1]["c_error"])
    assert counts.failed == 1
    with pytest.raises(DataError, match="row 1: column 'text' holds null"):
        run(source, tmp_path / "out.jsonl", on_error=OnError.STOP)


def test_progress_tells_the_rows_done(tmp_path: Path) -> None:
    source = write_passages(tmp_path / "in.jsonl", "a", "b")
    seen: list[tuple[int, int]] = []
    rank_file(
        str(source),
        str(tmp_path / "out.jsonl"),
        RankOptions(query="query"),
        ReportingScorer,
        progress=lambda done, resumed: seen.append((done, resumed)),
    )
    assert seen == [(2, 0)]


class ReportingScorer(PassageScorer):
    """Tells when all is done."""

    def score(self, contexts: Sequence[str], claims: Sequence[str], **options: Any) -> FloatArray:
        """Score by length, and report the end."""
        options["progress"](len(claims), len(claims))
        return super().score(contexts, claims)


def test_options_that_cannot_work_are_refused() -> None:
    with pytest.raises(ConfigError, match="the query is empty"):
        RankOptions(query=" ")
    with pytest.raises(ConfigError, match="top_k must be at least 1, got 0"):
        RankOptions(query="a", top_k=0)
