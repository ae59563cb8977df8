"""The commands for models of tasks."""

import json
from pathlib import Path

import pytest
from tests.tiny_tasks import save_tiny_task_model, write_reviews

from concord.cli.main import main
from concord.tasks.classification import Classification


@pytest.fixture
def model(tmp_path: Path) -> Path:
    tasks = {
        name: Classification(labels=("bad", "good"), text="body", label="stars")
        for name in ("mood", "other")
    }
    return save_tiny_task_model(tmp_path / "model", tasks)


def _run(*arguments: str | Path) -> int:
    with pytest.raises(SystemExit) as stopped:
        main([str(argument) for argument in arguments])
    return int(stopped.value.code or 0)


def test_the_kinds_are_listed_with_what_they_answer(capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("tasks", "kinds") == 0
    lines = capsys.readouterr().out.splitlines()
    kinds = [line.split()[0] for line in lines[1:] if not line.startswith(" ")]
    assert len(kinds) == 12
    assert {"classification", "entities", "question_answering", "embedding"} <= set(kinds)


def test_a_model_s_tasks_are_listed_and_removed(
    model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run("tasks", "remove", model, "other") == 0
    assert _run("tasks", "list", model) == 0
    out = capsys.readouterr().out
    assert "mood classification cross_entropy accuracy, macro_f1, mcc" in " ".join(out.split())
    assert "other classification" not in " ".join(out.split())
    assert _run("tasks", "remove", model, "other") == 2
    assert "has no task 'other'; it has mood" in capsys.readouterr().err


def test_a_model_is_measured_on_a_config_s_data(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_reviews(tmp_path / "reviews.jsonl")
    config = tmp_path / "tasks.toml"
    config.write_text(
        '[tasks.mood]\nkind = "classification"\nvalidation = "reviews.jsonl"\n'
        'text = "body"\nlabel = "stars"\n',
        encoding="utf-8",
    )
    output = tmp_path / "figures.json"
    assert _run("tasks", "evaluate", config, model, "-o", output) == 0
    (figures,) = json.loads(output.read_text(encoding="utf-8"))
    assert figures["rows"] == 24
    value = figures["figures"]["accuracy"]["value"]
    assert f"accuracy {value:.4f}" in " ".join(capsys.readouterr().out.split())


def test_rows_get_answers_on_standard_output(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = write_reviews(tmp_path / "reviews.jsonl", copies=1)
    assert _run("predict", model, source, "--task", "mood") == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(lines) == 6
    assert all(line["mood"]["labels"][0] in {"good", "bad"} for line in lines)


def test_a_config_is_not_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = write_reviews(tmp_path / "reviews.jsonl")
    output = tmp_path / "tasks.toml"
    assert _run("new", source, "-o", output) == 0
    assert _run("new", source, "-o", output) == 2
    assert "is there already; name another with --output, or --force" in capsys.readouterr().err
