"""From files of rows to a commented config."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from tests.tiny_tasks import write_reviews, write_rows

from concord.errors import ConfigError
from concord.tasks import build_task
from concord.workflows.new_config import find_tasks, render_config

MOODS = [{"body": f"it is {n} days long", "mood": ("good", "bad")[n % 2]} for n in range(20)]


def _config(*files: Path) -> dict[str, Any]:
    text = render_config(find_tasks(files), folder=files[0].parent, encoder="some/encoder")
    return tomllib.loads(text)


def test_a_file_of_labelled_texts_becomes_a_classification(tmp_path: Path) -> None:
    config = _config(write_reviews(tmp_path / "reviews.jsonl"))
    task = config["tasks"]["reviews"]
    assert (task["kind"], task["train"]) == ("classification", "reviews.jsonl")
    assert (task["text"], task["label"]) == ("body", "stars")
    assert config["encoder"]["name"] == "some/encoder"


def test_files_named_after_their_splits_are_one_task(tmp_path: Path) -> None:
    names = ("mood-train.jsonl", "mood-dev.jsonl", "mood_test.jsonl")
    config = _config(*(write_rows(tmp_path / name, MOODS) for name in names))
    task = config["tasks"]["mood"]
    assert [task[split] for split in ("train", "validation", "test")] == list(names)
    assert "held_out" not in task


def test_a_file_named_by_its_split_alone_is_called_after_its_folder(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "my moods" / "train.jsonl", MOODS)
    assert list(_config(path)["tasks"]) == ["mymoods"]


def test_two_texts_and_many_numbers_are_a_regression_of_pairs(tmp_path: Path) -> None:
    rows = [
        {"one": f"there are {n} of them", "two": f"I see {n} of them", "score": n / 7}
        for n in range(30)
    ]
    task = _config(write_rows(tmp_path / "alike.jsonl", rows))["tasks"]["alike"]
    assert task["kind"] == "regression"
    assert (task["text"], task["text_pair"], task["label"]) == ("one", "two", "score")


def test_what_was_seen_stands_beside_what_was_guessed(tmp_path: Path) -> None:
    text = render_config(
        find_tasks([write_rows(tmp_path / "mood.jsonl", MOODS)]), folder=tmp_path, encoder="e"
    )
    assert "#   mood: 2 labels, good 10, bad 10" in text
    assert "#   body: texts of about 18 characters" in text  # 17.5, half of them have 17


@pytest.mark.parametrize(
    ("rows", "kind"),
    [
        ([{"tokens": ["the", "Rhine"], "tags": ["O", "B-LOC"]}] * 3, "entities"),
        (
            [
                {
                    "context": f"It opened in {year}.",
                    "question": "When did it open?",
                    "answers": [{"text": str(year), "start": 13}],
                }
                for year in range(1990, 1999)
            ],
            "question_answering",
        ),
        (
            [
                {"question": f"What is {n} and {n}?", "choices": ["a", "b"], "label": n % 2}
                for n in range(20)
            ],
            "multiple_choice",
        ),
        ([{"better": "it is a good text", "worse": "it a text"}] * 3, "preference"),
        ([{"anchor": "what is it now", "positive": "what can it be"}] * 3, "embedding"),
        ([{"text": f"there is nothing but text in row {n}"} for n in range(9)], "masked_language"),
    ],
)
def test_each_kind_of_rows_is_recognised(
    rows: list[dict[str, Any]], kind: str, tmp_path: Path
) -> None:
    config = _config(write_rows(tmp_path / "rows.jsonl", rows))
    assert config["tasks"]["rows"]["kind"] == kind
    build_task(config["tasks"]["rows"], source="rows.toml", name="rows")


def test_rows_that_are_no_task_are_told_by_their_columns(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "rows.jsonl", [{"id": n} for n in range(9)])
    with pytest.raises(ConfigError, match=r"rows\.jsonl looks like no task: it has id \(other\)"):
        find_tasks([path])


def test_two_files_for_one_split_are_told(tmp_path: Path) -> None:
    files = [write_rows(tmp_path / folder / "mood-dev.jsonl", MOODS) for folder in ("one", "two")]
    with pytest.raises(ConfigError, match="both look like the validation data of 'mood'"):
        find_tasks(files)
