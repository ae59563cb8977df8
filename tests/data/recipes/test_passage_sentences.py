"""Sentences of passages: said there, or taken out."""

import json
from pathlib import Path
from typing import Final

import pytest
from tests.recipe_rows import BrokenRows, EqualRows, lines, read_one

from concord.alignment import ALIGNED, NEUTRAL, Head
from concord.data.examples import DatasetReport, read_examples
from concord.data.recipe import LicenceClass, Split
from concord.data.recipes import get_recipe

SENTENCES: Final = (
    "The bridge over the strait was opened by a minister in 1932.",
    "Its engineers had built three railways before they came to the city.",
    "Pigeons nest below the northern arch in spring and summer.",
)
PASSAGE: Final = " ".join(SENTENCES)

_ANSWERED: Final = {"id": "1", "question": "When?", "answers": [{"text": "1932"}]}

EQUAL: Final = [
    EqualRows(
        "boolq_sentences",
        lines({"text_a": f"Arch -- {PASSAGE}", "text_b": "is it a bridge", "label": "True"}),
        "train.jsonl",
        lines({"title": "Arch", "passage": PASSAGE, "question": "is it a bridge", "answer": True}),
    ),
    EqualRows(
        "squad_v1_sentences",
        lines({"context": PASSAGE, **_ANSWERED}),
        "train-v1.1.json",
        json.dumps({"data": [{"paragraphs": [{"context": PASSAGE, "qas": [_ANSWERED]}]}]}),
    ),
]

BROKEN: Final = [
    BrokenRows("boolq_sentences", lines({"text_a": PASSAGE}), "text_b"),
    BrokenRows(
        "squad_v1_sentences",
        json.dumps({"data": [{"paragraphs": [{"qas": []}]}, {}]}),
        "not in the layout of SQuAD",
        "train-v1.1.json",
    ),
]


def _row(passage: str, question: str) -> str:
    return lines({"text_a": passage, "text_b": question, "label": "True"})


def test_a_sentence_is_aligned_with_its_passage_and_neutral_to_the_rest(tmp_path: Path) -> None:
    whole, rest = read_one("boolq_sentences", tmp_path, _row(PASSAGE, "is it a bridge"))
    assert whole.claim in SENTENCES
    assert (whole.context, whole.head, whole.target) == (PASSAGE, Head.THREE_WAY, ALIGNED)
    others = [each for each in SENTENCES if each != whole.claim]
    assert (rest.context, rest.claim) == (" ".join(others), whole.claim)
    assert (rest.head, rest.target) == (Head.THREE_WAY, NEUTRAL)
    assert rest.provenance.startswith("sentence_taken_out")


def test_other_questions_on_a_passage_draw_other_sentences(tmp_path: Path) -> None:
    rows = "".join(_row(PASSAGE, f"is it number {number}") for number in range(30))
    drawn = {each.claim for each in read_one("boolq_sentences", tmp_path, rows)}
    assert drawn == set(SENTENCES)


@pytest.mark.parametrize(
    ("passage", "examples", "why"),
    [
        ("Yes. No. It is so.", 0, "no sentence of six words or more"),
        (SENTENCES[0], 1, "the rest of the passage could say"),
        (f"{SENTENCES[0]} {SENTENCES[0]}", 1, "the rest of the passage could say"),
    ],
    ids=["too short", "nothing left", "said twice"],
)
def test_what_gives_no_example_is_counted_with_its_reason(
    tmp_path: Path, passage: str, examples: int, why: str
) -> None:
    read_one("boolq_sentences", tmp_path, _row(passage, "is it"))
    report = DatasetReport()
    found = read_examples(get_recipe("boolq_sentences"), tmp_path, Split.TRAIN, report=report)
    assert len(list(found)) == examples
    ((reason, count),) = report.skipped.items()
    assert reason.startswith(why)
    assert count == 1


@pytest.mark.parametrize("name", ["boolq_sentences", "squad_v1_sentences"])
def test_they_are_as_open_as_the_passages(name: str) -> None:
    recipe = get_recipe(name)
    assert recipe.licence_class is LicenceClass.OPEN
    assert recipe.folder == get_recipe(name.removesuffix("_sentences")).folder
