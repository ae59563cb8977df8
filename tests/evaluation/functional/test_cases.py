"""Reading functional tests, and drawing some of them."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from concord.errors import DataError
from concord.evaluation.functional.cases import (
    CHECKLIST_QQP,
    CHECKLIST_SENTIMENT,
    CHECKLIST_SQUAD,
    HATECHECK,
    HATECHECK_TESTS,
    FunctionalData,
    TestKind,
    read_cases,
)
from concord.evaluation.functional.sampling import sample_cases

SENTIMENT: dict[str, Any] = {
    "functionality": "typos",
    "capability": "Robustness",
    "type": "INV",
    "description": " d ",
    "group": "typos#1",
    "variant": 1,
    "label": None,
    "text": "a fine  flight",
}
HATE: dict[str, Any] = {
    "text": "I like tulips.",
    "label": "non-hateful",
    "functionality": "ident_pos_nh",
    "target_ident": "gardeners",
    "templ_id": "7",
}


def write(folder: Path, data: FunctionalData, rows: Sequence[Mapping[str, Any]]) -> Path:
    (folder / data.name).mkdir(exist_ok=True)
    text = "".join(json.dumps(row) + "\n" for row in rows)
    (folder / data.name / "test.jsonl").write_text(text, encoding="utf-8")
    return folder


def test_a_checklist_row_becomes_a_case(tmp_path: Path) -> None:
    (case,) = read_cases(CHECKLIST_SENTIMENT, write(tmp_path, CHECKLIST_SENTIMENT, [SENTIMENT]))
    assert (case.row, case.functionality, case.capability) == (1, "typos", "Robustness")
    assert (case.kind, case.description, case.group) == (TestKind.INV, "d", "typos#1")
    assert (case.variant, case.label, case.texts) == (1, None, {"text": "a fine  flight"})


def test_a_label_may_be_a_class_or_an_answer(tmp_path: Path) -> None:
    labelled = {**SENTIMENT, "type": "MFT", "label": 2.0}
    (case,) = read_cases(CHECKLIST_SENTIMENT, write(tmp_path, CHECKLIST_SENTIMENT, [labelled]))
    assert case.label == 2
    question = {**SENTIMENT, "label": " Ida ", "context": "Ida left.", "question": "Who left?"}
    (case,) = read_cases(CHECKLIST_SQUAD, write(tmp_path, CHECKLIST_SQUAD, [question]))
    assert (case.label, list(case.texts)) == ("Ida", ["context", "question"])


def test_a_hatecheck_row_gets_its_class_template_and_target(tmp_path: Path) -> None:
    (case,) = read_cases(HATECHECK, write(tmp_path, HATECHECK, [HATE]))
    assert (case.capability, case.kind, case.group) == ("plain mentions", TestKind.MFT, "7")
    assert (case.label, case.target) == ("non-hateful", "gardeners")
    assert len(HATECHECK_TESTS) == 29


@pytest.mark.parametrize(
    ("data", "row", "problem"),
    [
        (HATECHECK, {**HATE, "functionality": "slurs"}, "row 1: functionality 'slurs' is not one"),
        (HATECHECK, {**HATE, "label": "hate"}, "label 'hate' is not one of hateful, non-hateful"),
        (CHECKLIST_SENTIMENT, {**SENTIMENT, "label": 3}, "label 3 is not one of null, 0, 1, 2"),
        (CHECKLIST_SENTIMENT, {**SENTIMENT, "type": "XYZ"}, "type 'XYZ' is not one of MFT, INV"),
        (CHECKLIST_SENTIMENT, {**SENTIMENT, "variant": -1}, "variant -1 is not a number from 0"),
        (CHECKLIST_SENTIMENT, {"text": "a"}, "needs the columns functionality, capability"),
        (CHECKLIST_QQP, {**SENTIMENT, "text_a": "Who?"}, "there is no column 'text_b'"),
        (CHECKLIST_SQUAD, {**SENTIMENT, "label": 1}, "label 1 is not one of a text, null"),
    ],
)
def test_a_row_that_cannot_be_read_is_named(
    tmp_path: Path, data: FunctionalData, row: Mapping[str, Any], problem: str
) -> None:
    with pytest.raises(DataError, match=problem):
        list(read_cases(data, write(tmp_path, data, [row])))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"hatecheck: there is no test\.jsonl"):
        list(read_cases(HATECHECK, tmp_path))


def test_every_functionality_has_its_turn_and_groups_stay_whole(tmp_path: Path) -> None:
    rows = [
        {**SENTIMENT, "functionality": name, "group": f"{name}#{group}", "variant": variant}
        for name, groups in (("many", 10), ("few", 1))
        for group in range(groups)
        for variant in range(2)
    ]
    cases = list(read_cases(CHECKLIST_SENTIMENT, write(tmp_path, CHECKLIST_SENTIMENT, rows)))
    drawn = sample_cases(cases, 6, seed=1)
    # 2 of "few", and 2 groups of 2 of "many"
    assert [case.functionality for case in drawn] == ["many"] * 4 + ["few"] * 2
    assert [case.variant for case in drawn] == [0, 1] * 3
    assert drawn == sample_cases(cases, 6, seed=1)
    assert sample_cases(cases, None) == sample_cases(cases, 100) == cases
