"""Sets for heads: by a model's own head, by claims without one, or left out."""

import json
import logging
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from concord.alignment import AlignmentScores
from concord.alignment.scores import FloatArray
from concord.errors import ConfigError
from concord.evaluation.board import Board
from concord.evaluation.suites.suite import Suite, TaskSet
from concord.evaluation.systems import MajoritySystem
from concord.evaluation.systems.system import System
from concord.workflows.leaderboard import run_leaderboard
from concord.workflows.leaderboard_options import LeaderboardOptions, SystemSource

_SENTIMENT = TaskSet(
    name="reviews",
    title="Reviews",
    task={"kind": "classification", "validation": "reviews/dev.jsonl*"},
    heads=("stars", "sentiment"),
    metric="accuracy",
    licence_class="open",
    claims={"good": "It is good.", "bad": "It is bad."},
)
_ENTITIES = TaskSet(
    name="names",
    title="Names",
    task={"kind": "entities", "validation": "names/dev.jsonl*"},
    heads=("names",),
    metric="entity_f1",
    licence_class="open",
)
_ROWS = [("a fine film", "good"), ("a dull film", "bad"), ("fine acting", "good"), ("so", "bad")]


class FineReader:
    """Finds that what is "fine" is good, and that all else is rather good too."""

    name = "reader"
    kind = "model"
    description = "Looks for one word."
    fingerprint = "0" * 16
    parameters = None
    size_mb = None
    seen = ()

    def predict(
        self, contexts: Sequence[str], claims: Sequence[str], **_options: object
    ) -> AlignmentScores:
        """Is not asked."""
        raise AssertionError(contexts, claims)

    def score(
        self, contexts: Sequence[str], claims: Sequence[str], **_options: object
    ) -> FloatArray:
        """Return high scores of "good" for what is fine, and of both else."""
        found = [
            0.9 if "fine" in context and "good" in claim else 0.6 if "good" in claim else 0.3
            for context, claim in zip(contexts, claims, strict=True)
        ]
        return np.array(found, dtype=np.float32)


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    for name in ("reviews", "names"):
        (folder / name).mkdir(parents=True)
    reviews = [{"text": text, "label": label} for text, label in _ROWS]
    names = [{"tokens": ["Ann", "ran"], "tags": ["B-PER", "O"]}]
    for name, rows in (("reviews", reviews), ("names", names)):
        text = "".join(f"{json.dumps(row)}\n" for row in rows)
        (folder / name / "dev.jsonl").write_text(text, encoding="utf-8")
    return folder


def _run(data_dir: Path, output: Path, *systems: object) -> Board:
    suite = Suite(name="multitask", title="M", purpose="?", task_sets=(_SENTIMENT, _ENTITIES))
    sources = [
        SystemSource("a system", lambda each=each: cast("System", each))  # type: ignore[misc]
        for each in systems
    ]
    return run_leaderboard(
        sources, LeaderboardOptions(data_dir=data_dir, output=output, suites=(suite,))
    )


def test_a_model_without_the_head_classifies_by_claims(
    data_dir: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        board = _run(data_dir, tmp_path / "run", FineReader(), MajoritySystem())
    by_system = {each.system: each for each in board.results}
    # "good" throughout: right on two of four
    assert by_system["reader"].figure.value == 0.5
    assert by_system["reader"].secondary.keys() == {"macro_f1", "mcc"}
    assert by_system["majority"].figure.value == 0.5
    assert by_system["reader"].confusion is not None
    assert by_system["reader"].confusion.labels == ("bad", "good")
    assert by_system["reader"].confusion.counts == ((0, 2), (0, 2))
    assert [row.context for row in by_system["reader"].worst] == ["a dull film", "so"]
    assert "reader has no head for names (names); left out" in caplog.messages


def test_kept_answers_are_used_again(data_dir: Path, tmp_path: Path) -> None:
    first = _run(data_dir, tmp_path / "run", FineReader())
    reader = FineReader()
    reader.score = reader.predict  # type: ignore[method-assign, assignment]
    again = _run(data_dir, tmp_path / "run", reader)
    assert again.results == first.results


def test_a_head_of_the_model_answers(data_dir: Path, tmp_path: Path) -> None:
    tiny_tasks = pytest.importorskip("tests.tiny_tasks")
    from concord.evaluation.systems.task_model import TaskModelSystem
    from concord.tasks.classification import Classification
    from concord.tasks.entities import Entities
    from concord.tasks.tagging import TagScheme

    tasks = {
        "stars": Classification(labels=("bad", "good")),
        "names": Entities(labels=("PER",), scheme=TagScheme.IOB2),
    }
    folder = tiny_tasks.save_tiny_task_model(tmp_path / "model", tasks)
    system = TaskModelSystem.open(folder)
    board = _run(data_dir, tmp_path / "run", system)
    assert {each.set for each in board.results} == {"reviews", "names"}
    (stars,) = [each for each in board.results if each.set == "reviews"]
    found = [answer.label for answer in system.predictor.predict("stars", [t for t, _ in _ROWS])]
    right = [label == wanted for label, (_, wanted) in zip(found, _ROWS, strict=True)]
    assert stars.figure.value == np.mean(right)
    with pytest.raises(ConfigError, match="does not score pairs"):
        system.predict(["a"], ["b"])


def test_the_figures_of_a_run_are_derived_anew_by_a_script_of_its_own(
    data_dir: Path, tmp_path: Path
) -> None:
    _run(data_dir, tmp_path / "run", FineReader(), MajoritySystem())
    script = Path(__file__).parents[2] / "benchmarks" / "rederive_figures.py"
    arguments = [sys.executable, str(script), str(tmp_path / "run")]
    found = subprocess.run(arguments, capture_output=True, text=True, check=False)  # noqa: S603
    assert found.returncode == 0, found.stdout + found.stderr
    assert found.stdout.startswith("No figure differs.\n2 figures and 2 averages")
    results = tmp_path / "run" / "results.json"
    values = json.loads(results.read_text(encoding="utf-8"))
    values["results"][0]["figure"]["value"] = 0.75
    results.write_text(json.dumps(values), encoding="utf-8")
    wrong = subprocess.run(arguments, capture_output=True, text=True, check=False)  # noqa: S603
    assert wrong.returncode == 1
    assert "reader on reviews, accuracy: 0.75 in the results, 0.5 here" in wrong.stdout
