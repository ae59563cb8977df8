"""A question-answering task gets the threshold for no answer that its rows call for."""

from pathlib import Path

import pytest
from tests.tiny_tasks import save_tiny_task_model

from concord.cli.main import main
from concord.data.writers import write_rows
from concord.errors import ConfigError
from concord.evaluation.metrics import Estimate
from concord.evaluation.metrics.answers import plain_words
from concord.scoring.task_predictor import TaskPredictor
from concord.tasks import AnyTask, load_tasks
from concord.tasks.classification import Classification
from concord.tasks.question_answering import QuestionAnswering
from concord.workflows.fit_no_answer import FittedThreshold, fit_no_answer

CONTEXT = "The red bridge was opened in May and the old park is closed on Monday."


@pytest.fixture
def model(tmp_path: Path) -> Path:
    tasks: dict[str, AnyTask] = {
        "answers": QuestionAnswering(no_answer_threshold=-50.0),  # says "none" to everything
        "mood": Classification(labels=("bad", "good")),
    }
    return save_tiny_task_model(tmp_path / "model", tasks)


def _rows(path: Path, model: Path) -> Path:
    """Write four questions of which the model answers the two with least doubt as the rows do."""
    words = ("opened", "closed", "red", "old", "park", "bridge", "Monday", "new", "green", "there")
    questions = [f"What was {word} in May?" for word in words]
    predictor = TaskPredictor.from_pretrained(model)
    predictor.tasks["answers"] = QuestionAnswering(no_answer_threshold=1e9)
    found = predictor.predict("answers", [(CONTEXT, question) for question in questions])
    counting = [each for each in zip(questions, found, strict=True) if plain_words(each[1].text)]
    by_doubt = sorted(counting[:4], key=lambda each: each[1].no_answer_prob)
    rows = [
        {
            "context": CONTEXT,
            "question": question,
            "answers": [{"text": answer.text, "start": answer.start}] if place < 2 else [],
        }
        for place, (question, answer) in enumerate(by_doubt)
    ]
    write_rows(rows, path)
    return path


def _fit(model: Path, rows: Path, name: str = "answers") -> FittedThreshold:
    tasks: dict[str, AnyTask] = {
        "answers": QuestionAnswering(validation=rows),
        "mood": Classification(),
    }
    return fit_no_answer(TaskPredictor.from_pretrained(model), tasks, name)


def test_the_threshold_parts_what_has_an_answer_from_what_has_none(
    model: Path, tmp_path: Path
) -> None:
    rows = _rows(tmp_path / "rows.jsonl", model)
    fitted = _fit(model, rows)
    assert fitted.num_rows == 4
    assert fitted.before["answer_f1"].value == 0.5  # "none" is right twice
    assert fitted.trivial == 0.5
    assert fitted.always["answer_f1"].value == 0.5  # the model's own answers are right twice
    assert fitted.always["unanswerable_exact"].value == 0
    # saved and used, every row is right: the two with least doubt are answered
    predictor = TaskPredictor.from_pretrained(model)
    predictor.tasks["answers"] = fitted.task
    again = fit_no_answer(predictor, {"answers": QuestionAnswering(validation=rows)}, "answers")
    assert again.before["answer_f1"] == Estimate(1.0, 1.0, 1.0)


def test_the_command_keeps_it_in_the_model(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = _rows(tmp_path / "rows.jsonl", model)
    config = tmp_path / "tasks.toml"
    config.write_text(
        f'[tasks.answers]\nkind = "question_answering"\nvalidation = "{rows.name}"\n',
        encoding="utf-8",
    )
    before = load_tasks(model)
    with pytest.raises(SystemExit) as stopped:
        main(["tasks", "fit-threshold", str(config), str(model), "answers"])
    assert not stopped.value.code
    after = load_tasks(model)
    assert after["mood"] == before["mood"]
    threshold = _fit(model, rows).task.no_answer_threshold
    assert after["answers"].to_saved() == {
        **before["answers"].to_saved(),
        "no_answer_threshold": threshold,
    }
    assert f"threshold {threshold:.3f}, from 4 rows" in capsys.readouterr().out


def test_what_has_no_such_threshold_is_refused(model: Path, tmp_path: Path) -> None:
    rows = _rows(tmp_path / "rows.jsonl", model)
    with pytest.raises(ConfigError, match="of kind 'classification'; only one of kind"):
        _fit(model, rows, "mood")
    with pytest.raises(ConfigError, match="no task 'moods'; it has answers, mood"):
        _fit(model, rows, "moods")
    write_rows([{"context": CONTEXT, "question": "What?", "answers": []}], rows)
    with pytest.raises(ConfigError, match="validation data hold 1 labelled rows"):
        _fit(model, rows)
