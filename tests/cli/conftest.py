"""A stand-in for the model, and a way to run commands."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from concord.alignment import AlignmentScores
from concord.alignment.scores import FloatArray
from concord.cli import demo, evaluate, explain, score
from concord.cli.main import main
from concord.scoring.verdicts import Explanation


class FakeAligner:
    """Gives every pair the same answer."""

    def __init__(self, answer: Explanation) -> None:
        self.answer = answer
        self.options: dict[str, object] = {}

    def score(
        self, contexts: Sequence[str], claims: Sequence[str], **options: object
    ) -> FloatArray:
        """Find every claim half supported, and remember how it was asked."""
        assert len(contexts) == len(claims)
        self.options = options
        return np.full(len(claims), 0.5, dtype=np.float32)

    def predict(
        self, contexts: Sequence[str], claims: Sequence[str], **_options: object
    ) -> AlignmentScores:
        """Find every claim aligned."""
        assert len(contexts) == len(claims)
        ones = np.ones(len(claims), dtype=np.float32)
        return AlignmentScores(ones, ones, np.stack([ones, 0 * ones, 0 * ones], axis=1))

    def explain(self, context: str, claim: str, **options: object) -> Explanation:
        """Give the answer that was prepared, and remember how it was asked."""
        self.options = options
        assert isinstance(context, str)
        assert isinstance(claim, str)
        return self.answer


@pytest.fixture
def fake_aligner(explanation: Explanation, monkeypatch: pytest.MonkeyPatch) -> FakeAligner:
    """What the commands open instead of a model."""
    aligner = FakeAligner(explanation)
    for command in (score, explain, evaluate, demo):
        monkeypatch.setattr(command, "load_aligner", lambda *_args, **_options: aligner)
    return aligner


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Run a command and return its exit code, output and error output."""

    def run_command(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as stopped:
            main(arguments)
        captured = capsys.readouterr()
        code = stopped.value.code
        return (code if isinstance(code, int) else 0), captured.out, captured.err

    return run_command
