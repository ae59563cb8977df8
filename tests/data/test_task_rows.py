"""A task's files to its labelled inputs."""

from pathlib import Path

import pytest
from tests.tiny_tasks import write_reviews, write_rows

from concord.data.sources import Split
from concord.data.task_rows import RowCounts, has_split, read_labelled
from concord.errors import ConfigError, DataError
from concord.tasks.classification import Classification


def _reviews(folder: Path, **options: object) -> Classification:
    write_reviews(folder / "reviews.jsonl", copies=40)
    return Classification("reviews.jsonl", text="body", label="stars", **options)  # type: ignore[arg-type]


def test_held_out_rows_and_the_rest_are_all_rows_once(tmp_path: Path) -> None:
    task = _reviews(tmp_path, held_out=0.25)
    sides = [
        [row.row.number for row in read_labelled(task, split, folder=tmp_path)]
        for split in (Split.TRAIN, Split.VALIDATION)
    ]
    assert sorted(sides[0] + sides[1]) == list(range(1, 241))
    assert 35 <= len(sides[1]) <= 85  # 60 of 240, give or take 4 standard deviations of 6.7


def test_equal_texts_fall_on_one_side(tmp_path: Path) -> None:
    rows = [{"text": f"text {number % 20}", "label": "a"} for number in range(200)]
    task = Classification([str(write_rows(tmp_path / "rows.jsonl", rows))], held_out=0.5)
    train, validation = (
        {row.input.text for row in read_labelled(task, split)}
        for split in (Split.TRAIN, Split.VALIDATION)
    )
    assert train | validation == {f"text {number}" for number in range(20)}
    assert not train & validation


def test_a_named_validation_file_leaves_all_of_train(tmp_path: Path) -> None:
    task = _reviews(tmp_path, validation="reviews.jsonl")
    assert len(list(read_labelled(task, Split.TRAIN, folder=tmp_path))) == 240


def test_unlabelled_rows_are_counted_and_left_out() -> None:
    rows = [{"text": "a", "label": "x"}, {"text": "b", "label": None}]
    task = Classification(rows, validation=rows)
    counts = RowCounts()
    assert len(list(read_labelled(task, Split.TRAIN, counts=counts))) == 1
    assert (counts.rows, counts.unlabelled) == (2, 1)


def test_a_bad_row_is_named_with_its_file(tmp_path: Path) -> None:
    path = write_rows(
        tmp_path / "rows.jsonl", [{"text": "a", "label": "x"}, {"text": 5, "label": 1}]
    )
    with pytest.raises(DataError, match=r"rows\.jsonl, row 2: column 'text' holds 5 where a text"):
        list(read_labelled(Classification(str(path), validation=str(path)), Split.TRAIN))


def test_a_split_without_data_is_told(tmp_path: Path) -> None:
    task = _reviews(tmp_path)
    assert not has_split(task, Split.TEST)
    with pytest.raises(ConfigError, match="the task names no test data; give it `test = FILE`"):
        next(read_labelled(task, Split.TEST))


def test_no_more_rows_are_read_than_asked(tmp_path: Path) -> None:
    task = _reviews(tmp_path, validation="reviews.jsonl", max_rows=7)
    assert len(list(read_labelled(task, Split.TRAIN, folder=tmp_path))) == 7
