"""Reading a data set by its recipe: files, layouts, labels, carving, counting."""

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from concord.alignment import AlignmentExample, Head
from concord.data.examples import DatasetReport, has_split, read_examples
from concord.data.recipe import Recipe, Split
from concord.data.recipes import get_recipe

SNLI = get_recipe("snli")


def save(folder: Path, name: str, rows: Iterable[object]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def pair(context: str, label: object, claim: str = "A claim.") -> dict[str, object]:
    return {"text_a": context, "text_b": claim, "label": label}


def read(recipe: Recipe, data_dir: Path, split: Split = Split.TRAIN) -> list[AlignmentExample]:
    return list(read_examples(recipe, data_dir, split))


def test_a_row_becomes_an_example_for_the_recipes_head(tmp_path: Path) -> None:
    save(tmp_path / "snli", "train.jsonl", [pair("Two  dogs\nrun.", "contradiction")])
    assert read(SNLI, tmp_path) == [
        AlignmentExample(context="Two dogs run.", claim="A claim.", head=Head.THREE_WAY, target=2)
    ]


def test_unlabelled_rows_are_counted_and_skipped(tmp_path: Path) -> None:
    labels = ["neutral", "-", "", None, -1, "-1", "Entailment "]
    save(tmp_path / "snli", "train.jsonl", [pair("x", label) for label in labels])
    report = DatasetReport()
    examples = list(read_examples(SNLI, tmp_path, Split.TRAIN, report=report))
    assert [example.target for example in examples] == [1, 0]
    assert (report.rows, report.examples, report.unlabelled) == (7, 2, 5)
    assert report.targets == {"neutral": 1, "aligned": 1}


def test_a_label_outside_the_set_names_file_row_value_and_what_would_do(tmp_path: Path) -> None:
    path = save(tmp_path / "snli", "train.jsonl", [pair("x", "neutral"), pair("x", "maybe")])
    with pytest.raises(ValueError, match="row 2") as error:
        read(SNLI, tmp_path)
    assert str(error.value).startswith(
        f"{path}, row 2: label 'maybe' is not one of entailment, neutral, contradiction"
    )
    assert "'-'" in str(error.value)


def test_rows_with_an_empty_text_are_counted_with_the_reason(tmp_path: Path) -> None:
    save(tmp_path / "snli", "train.jsonl", [pair(" ", "neutral"), pair("x", "neutral")])
    report = DatasetReport()
    assert len(list(read_examples(SNLI, tmp_path, Split.TRAIN, report=report))) == 1
    assert report.skipped == {"empty text": 1}


def test_max_rows_reads_no_further(tmp_path: Path) -> None:
    rows: list[object] = [pair("x", "neutral"), pair("y", "neutral"), "not an object"]
    save(tmp_path / "snli", "train.jsonl", rows)
    report = DatasetReport()
    examples = read_examples(SNLI, tmp_path, Split.TRAIN, max_rows=2, report=report)
    assert [example.context for example in examples] == ["x", "y"]
    assert report.rows == 2


def test_a_row_in_no_known_layout_is_told_which_columns_would_do(tmp_path: Path) -> None:
    save(tmp_path / "snli", "train.jsonl", [{"a": "x", "b": "y"}])
    with pytest.raises(ValueError, match="row 1: snli needs the columns text_a, text_b") as error:
        read(SNLI, tmp_path)
    assert "found a, b" in str(error.value)


def test_a_text_that_is_none_is_told_by_its_column(tmp_path: Path) -> None:
    row = {"sentence1": "x", "sentence2": None, "gold_label": "neutral"}
    save(tmp_path / "snli", "snli_1.0_train.jsonl", [row])
    with pytest.raises(ValueError, match="row 1: column 'sentence2' holds None"):
        read(SNLI, tmp_path)


def test_a_missing_folder_says_where_what_and_from_whom(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="there is no folder") as error:
        read(SNLI, tmp_path)
    assert str(tmp_path / "snli") in str(error.value)
    assert "train.jsonl, snli_1.0_train.jsonl" in str(error.value)
    assert SNLI.source in str(error.value)


def test_a_missing_split_is_told_apart_from_a_missing_folder(tmp_path: Path) -> None:
    save(tmp_path / "snli", "train.jsonl", [])
    assert has_split(SNLI, tmp_path, Split.TRAIN)
    assert not has_split(SNLI, tmp_path, Split.TEST)
    with pytest.raises(ValueError, match="has no test file"):
        read(SNLI, tmp_path, Split.TEST)


@pytest.mark.parametrize(
    "name", ["validation.jsonl", "dev.jsonl", "val.jsonl", "dev_matched.jsonl"]
)
def test_the_validation_split_has_several_names(tmp_path: Path, name: str) -> None:
    save(tmp_path / "snli", name, [pair("x", "neutral")])
    assert len(read(SNLI, tmp_path, Split.VALIDATION)) == 1


def test_extra_training_files_are_read_after_the_first(tmp_path: Path) -> None:
    qqp = get_recipe("qqp")
    save(tmp_path / "qqp", "train.jsonl", [pair("x", "0")])
    save(tmp_path / "qqp", "train_extra_positives.jsonl", [pair("y", "1")])
    assert [(e.context, e.target) for e in read(qqp, tmp_path)] == [("x", 0), ("y", 1)]


def test_a_carved_validation_split_shares_no_context_with_training(tmp_path: Path) -> None:
    scitail = replace(get_recipe("scitail"), carve_validation=0.25)
    rows = [pair(f"Context {n // 2}.", "entailment", f"Claim {n}.") for n in range(800)]
    save(tmp_path / "scitail", "train.jsonl", rows)
    train, held_out = (read(scitail, tmp_path, split) for split in list(Split)[:2])
    assert len(train) + len(held_out) == 800
    assert len(held_out) == pytest.approx(200, abs=40)  # a quarter, within 2 deviations of 17
    assert not {e.context for e in train} & {e.context for e in held_out}


def test_nothing_is_carved_where_the_data_set_has_its_own_validation_split(
    tmp_path: Path,
) -> None:
    scitail = replace(get_recipe("scitail"), carve_validation=0.5)
    save(tmp_path / "scitail", "train.jsonl", [pair(str(n), "neutral") for n in range(50)])
    save(tmp_path / "scitail", "dev.jsonl", [pair("own", "neutral")])
    assert len(read(scitail, tmp_path)) == 50
    assert [e.context for e in read(scitail, tmp_path, Split.VALIDATION)] == ["own"]


def test_a_grade_outside_its_scale_is_refused(tmp_path: Path) -> None:
    save(tmp_path / "stsb", "train.jsonl", [pair("x", 5.5)])
    with pytest.raises(ValueError, match=r"row 1: the grade 5\.5 is not between 0 and 5"):
        read(get_recipe("stsb"), tmp_path)


@pytest.mark.parametrize("label", ["high", "nan", "inf"])
def test_a_grade_must_be_a_number(tmp_path: Path, label: str) -> None:
    save(tmp_path / "stsb", "train.jsonl", [pair("x", label)])
    with pytest.raises(ValueError, match="is not one of a number"):
        read(get_recipe("stsb"), tmp_path)
