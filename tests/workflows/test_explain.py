"""Texts given as text, as files, and through a pipe."""

import io
from pathlib import Path

import pytest

from concord.errors import DataError, InputError
from concord.scoring.relevance import RelevanceLike
from concord.scoring.verdicts import Explanation
from concord.workflows.explain import explain_texts, read_argument


class RecordingExplainer:
    """Remembers what it was asked."""

    def __init__(self, answer: Explanation) -> None:
        self.answer = answer
        self.asked: list[tuple[str, str, float | None, RelevanceLike]] = []

    def explain(
        self,
        context: str,
        claim: str,
        *,
        threshold: float | None = None,
        relevance: RelevanceLike = "auto",
    ) -> Explanation:
        """Give the answer whatever the question."""
        self.asked.append((context, claim, threshold, relevance))
        return self.answer


def test_an_argument_is_a_text_unless_a_file_has_its_name(tmp_path: Path) -> None:
    file = tmp_path / "claim.txt"
    file.write_text("from the file", encoding="utf-8")
    nothing = io.StringIO()
    assert read_argument(str(file), nothing) == "from the file"
    assert read_argument("A claim as text.", nothing) == "A claim as text."
    assert read_argument("-", io.StringIO("from the pipe")) == "from the pipe"


@pytest.mark.parametrize("text", ["x" * 5_000, "a\x00b", "\ud800", ""])
def test_texts_that_cannot_be_paths_are_texts(text: str) -> None:
    assert read_argument(text, io.StringIO()) == text


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "model.bin"
    file.write_bytes(b"ab\xff")
    with pytest.raises(DataError, match="not UTF-8 text: invalid start byte at 2"):
        read_argument(str(file), io.StringIO())


def test_threshold_and_relevance_reach_the_model(explanation: Explanation) -> None:
    explainer = RecordingExplainer(explanation)
    claim = io.StringIO("claim")
    explain_texts("context", "-", explainer, threshold=0.7, relevance=3, stdin=claim)
    assert explainer.asked == [("context", "claim", 0.7, 3)]


def test_one_pipe_cannot_give_both_texts(explanation: Explanation) -> None:
    with pytest.raises(InputError, match="only one of context and claim"):
        explain_texts("-", "-", RecordingExplainer(explanation))
