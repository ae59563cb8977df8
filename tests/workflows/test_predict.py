"""Answers of tasks to the rows of a file."""

import io
import json
from pathlib import Path

import pytest
from tests.tiny_tasks import save_tiny_task_model, write_rows

from concord.errors import DataError
from concord.scoring.task_predictor import TaskPredictor
from concord.tasks.classification import Classification
from concord.workflows.predict import PredictionOptions, predict_rows, predict_to_file

ROWS: list[dict[str, object]] = [{"id": n, "body": f"the bridge is {n} long"} for n in range(5)]


@pytest.fixture(scope="module")
def predictor(tmp_path_factory: pytest.TempPathFactory) -> TaskPredictor:
    tasks = {
        "mood": Classification(labels=("good", "bad"), text="body"),
        "kind": Classification(labels=("x", "y"), text="body"),
    }
    folder = save_tiny_task_model(tmp_path_factory.mktemp("tasks") / "model", tasks)
    return TaskPredictor.from_pretrained(folder)


def test_each_row_keeps_its_columns_and_gets_the_answers(
    predictor: TaskPredictor, tmp_path: Path
) -> None:
    source = str(write_rows(tmp_path / "rows.jsonl", ROWS))
    output = io.StringIO()
    options = PredictionOptions(tasks=("mood", "kind"), source=source)
    assert predict_rows(predictor, options, output) == 5
    lines = [json.loads(line) for line in output.getvalue().splitlines()]
    assert [line["id"] for line in lines] == list(range(5))
    (answer,) = predictor.predict("mood", [ROWS[3]["body"]])
    assert lines[3]["mood"]["labels"] == list(answer.labels)
    assert sum(lines[3]["kind"]["probs"].values()) == pytest.approx(1)


def test_a_text_is_read_once_for_all_tasks(predictor: TaskPredictor, tmp_path: Path) -> None:
    source = str(write_rows(tmp_path / "rows.jsonl", ROWS))
    before = predictor.num_read
    predict_rows(predictor, PredictionOptions(tasks=("mood", "kind"), source=source), io.StringIO())
    assert predictor.num_read - before == 5


def test_a_file_appears_when_it_is_complete(predictor: TaskPredictor, tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [*ROWS, {"id": 5}]
    source = str(write_rows(tmp_path / "rows.jsonl", rows))
    output = tmp_path / "answers.jsonl"
    options = PredictionOptions(tasks=("mood",), source=source)
    with pytest.raises(DataError, match=r"row 6: task 'mood': there is no column 'body'"):
        predict_to_file(predictor, options, output)
    assert not output.exists()
