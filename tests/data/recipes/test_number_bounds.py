"""Bounds of numbers made of the pairs and passages of other data sets."""

import json
from pathlib import Path
from typing import Final

import pytest
from tests.recipe_rows import BrokenRows, EqualRows, lines, read_one

from concord.alignment import ALIGNED, CONTRADICTED, Head
from concord.data.examples import DatasetReport, read_examples
from concord.data.recipe import LicenceClass, Split
from concord.data.recipes import get_recipe

PASSAGE: Final = "The bridge over the strait carries 26,731 cars a day. Pigeons nest below it."
CLAIM: Final = "It carries 26,731 cars."

_ANSWERED: Final = {"id": "1", "question": "How many?", "answers": [{"text": "26,731"}]}
_SUPPORTED: Final = {"text_a": PASSAGE, "text_b": CLAIM, "label": "SUPPORTS"}
_REFUTED: Final = {"text_a": PASSAGE, "text_b": "It carries trains alone.", "label": "REFUTES"}

EQUAL: Final = [
    EqualRows(
        "vitaminc_bounds",
        lines(_SUPPORTED, _REFUTED),
        "train.jsonl",
        lines(
            *(
                {
                    "unique_id": "1",
                    "evidence": row["text_a"],
                    "claim": row["text_b"],
                    "label": row["label"],
                }
                for row in (_SUPPORTED, _REFUTED)
            )
        ),
    ),
    EqualRows(
        "fever_bounds",
        lines(_SUPPORTED),
        "train_fitems.jsonl",
        lines({"cid": "1", "context": PASSAGE, "query": CLAIM, "label": "SUPPORTS"}),
    ),
    EqualRows(
        "boolq_bounds",
        lines({"text_a": f"Arch -- {PASSAGE}", "text_b": "is it a bridge", "label": "True"}),
        "train.jsonl",
        lines({"title": "Arch", "passage": PASSAGE, "question": "is it a bridge", "answer": True}),
    ),
    EqualRows(
        "squad_v1_bounds",
        lines({"context": PASSAGE, **_ANSWERED}),
        "train-v1.1.json",
        json.dumps({"data": [{"paragraphs": [{"context": PASSAGE, "qas": [_ANSWERED]}]}]}),
    ),
]

BROKEN: Final = [
    BrokenRows("vitaminc_bounds", lines({**_SUPPORTED, "label": "maybe"}), "maybe"),
    BrokenRows("fever_bounds", lines({**_SUPPORTED, "label": "maybe"}), "maybe"),
    BrokenRows("boolq_bounds", lines({"text_a": PASSAGE}), "text_b"),
    BrokenRows(
        "squad_v1_bounds",
        json.dumps({"data": [{"paragraphs": [{"qas": []}]}, {}]}),
        "not in the layout of SQuAD",
        "train-v1.1.json",
    ),
]
NAMES: Final = [rows.recipe for rows in EQUAL]


def test_of_a_supported_claim_as_many_bounds_hold_as_do_not(tmp_path: Path) -> None:
    made = read_one("vitaminc_bounds", tmp_path, lines(_SUPPORTED))
    assert [each.target for each in made] == [ALIGNED, CONTRADICTED]
    for each in made:
        assert each.head is Head.THREE_WAY
        assert each.context == PASSAGE
        assert each.claim.startswith("It carries ")
        assert each.provenance.startswith("number_bound: 26,731 -> ")


def test_where_the_claim_is_not_supported_a_sentence_of_the_text_stands_for_it(
    tmp_path: Path,
) -> None:
    made = read_one("vitaminc_bounds", tmp_path, lines(_REFUTED))
    assert len(made) == 2
    assert all(each.claim.startswith("The bridge over the strait carries") for each in made)


def test_a_passage_without_a_number_is_counted_with_its_reason(tmp_path: Path) -> None:
    read_one("vitaminc_bounds", tmp_path, lines({**_REFUTED, "text_a": "Pigeons nest below it."}))
    report = DatasetReport()
    found = read_examples(get_recipe("vitaminc_bounds"), tmp_path, Split.TRAIN, report=report)
    assert not list(found)
    ((reason, count),) = report.skipped.items()
    assert reason.startswith("no number that the context states")
    assert count == 1


@pytest.mark.parametrize("name", NAMES)
def test_they_are_as_open_as_what_they_are_made_of(name: str) -> None:
    recipe = get_recipe(name)
    assert recipe.licence_class is LicenceClass.OPEN
    assert recipe.folder == get_recipe(name.removesuffix("_bounds")).folder
