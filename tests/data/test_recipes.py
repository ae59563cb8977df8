"""Each data set: its declaration, and equal examples from the uniform and the release's layout."""

import json
import re
from collections import Counter
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

import pytest
from tests.recipe_rows import BrokenRows, EqualRows, assert_layouts_equal, lines, read_one

from concord.alignment import Head
from concord.data.examples import DatasetReport, read_examples
from concord.data.recipe import Family, LicenceClass, Split
from concord.data.recipes import get_recipe, recipe_names
from concord.errors import ConfigError, DataError

PAIR = {"text_a": "A man runs.", "text_b": "He moves.", "label": "entailment"}
GAP_TEXT = "Ann met Eve. Eve took her hat. She left."
QA = {"context": "In 1867 Curie was born; she moved in 1891.", "question": "When was she born?"}

EQUAL = [
    EqualRows(
        "snli",
        lines(PAIR),
        "snli_1.0_train.jsonl",
        lines({"sentence1": "A man runs.", "sentence2": "He moves.", "gold_label": "entailment"}),
    ),
    EqualRows(
        "mnli",
        lines(PAIR),
        "train.tsv",
        "sentence1\tsentence2\tlabel1\tgold_label\nA man runs.\tHe moves.\tneutral\tentailment\n",
    ),
    EqualRows(
        "conjnli",
        lines(PAIR),
        "adversarial_train_15k.tsv",
        "Premise\tHypothesis\tLabel\nA man runs.\tHe moves.\tentailment\n",
    ),
    EqualRows(
        "scitail",
        lines(PAIR),
        "snli_format/scitail_1.0_train.txt",
        lines({"sentence1": "A man runs.", "sentence2": "He moves.", "gold_label": "entailment"}),
    ),
    EqualRows(
        "vitaminc",
        lines({**PAIR, "label": "REFUTES"}),
        "train.jsonl",
        lines({"evidence": "A man runs.", "claim": "He moves.", "label": "REFUTES"}),
    ),
    EqualRows(
        "fever",
        lines({**PAIR, "label": "SUPPORTS"}),
        "train_fitems.jsonl",
        lines({"context": "A man runs.", "query": "He moves.", "label": "SUPPORTS"}),
    ),
    EqualRows(
        "paws",
        lines({**PAIR, "label": "1"}),
        "train.tsv",
        "id\tsentence1\tsentence2\tlabel\n1\tA man runs.\tHe moves.\t1\n",
    ),
    EqualRows(
        "qqp",
        lines({**PAIR, "label": "0"}),
        "train.tsv",
        "id\tquestion1\tquestion2\tis_duplicate\n1\tA man runs.\tHe moves.\t0\n",
    ),
    EqualRows(
        "mrpc",
        lines({**PAIR, "label": "1"}),
        "msr_paraphrase_train.txt",
        "\ufeffQuality\t#1 ID\t#2 ID\t#1 String\t#2 String\r\n1\t7\t8\tA man runs.\tHe moves.\r\n",
    ),
    EqualRows(
        "stsb",
        lines({**PAIR, "label": 4.0}),
        "sts-train.csv",
        "news\tMSRpar\t2012\t0001\t4.000\tA man runs.\tHe moves.\tLDC\n",
    ),
    EqualRows(
        "sick",
        lines({**PAIR, "label": 3.5}),
        "SICK.txt",
        "pair_ID\tsentence_A\tsentence_B\trelatedness_score\tentailment_judgment\tSemEval_set\n"
        "1\tA man runs.\tHe moves.\t3.5\tNEUTRAL\tTRAIN\n"
        "2\tA dog.\tA cat.\t1\tNEUTRAL\tTEST\n",
    ),
    EqualRows(
        "boolq",
        lines({"text_a": "Sky -- It is blue.", "text_b": "is the sky blue", "label": "True"}),
        "train.jsonl",
        lines(
            {
                "title": "Sky",
                "passage": "It is blue.",
                "question": "is the sky blue",
                "answer": True,
            }
        ),
    ),
    EqualRows(
        "squad_v2",
        lines(
            {**QA, "answers": [{"text": "1867", "start": 3}], "is_impossible": False},
        ),
        "train-v2.0.json",
        json.dumps(
            {
                "version": "v2.0",
                "data": [
                    {
                        "title": "Curie",
                        "paragraphs": [
                            {
                                "context": QA["context"],
                                "qas": [
                                    {
                                        "id": "1",
                                        "question": QA["question"],
                                        "answers": [{"text": "1867", "answer_start": 3}],
                                    }
                                ],
                            }
                        ],
                    }
                ],
            }
        ),
    ),
    EqualRows(
        "race",
        lines({"context": "Sky.", "question": "It is _ .", "choices": ["red", "blue"], "label": 1}),
        "train/high/12.txt",
        lines(
            {
                "id": "high12.txt",
                "article": "Sky.",
                "questions": ["It is _ ."],
                "options": [["red", "blue"]],
                "answers": ["B"],
            }
        ),
    ),
    EqualRows(
        "gap",
        lines(
            *(
                {
                    "id": f"gap-0-{letter}",
                    "context": "Ann met Eve. Eve took _her_ hat. She left.",
                    "question": 'Who does "her" refer to?',
                    "answer": name,
                    "label": label,
                }
                for letter, name, label in [("A", "Ann", "True"), ("B", "Eve", "False")]
            )
        ),
        "gap-development.tsv",
        "ID\tText\tPronoun\tPronoun-offset\tA\tA-offset\tA-coref\tB\tB-offset\tB-coref\tURL\n"
        f"development-1\t{GAP_TEXT}\ther\t22\tAnn\t0\tTRUE\tEve\t8\tFALSE\thttp://x\n",
    ),
]


FAMILIES = [
    import_module(f"tests.data.recipes.{path.stem}")
    for path in sorted((Path(__file__).parent / "recipes").glob("test_*.py"))
]
ALL_EQUAL = [*EQUAL, *(rows for module in FAMILIES for rows in module.EQUAL)]


@pytest.mark.parametrize("rows", ALL_EQUAL, ids=lambda rows: f"{rows.recipe}-{rows.file}")
def test_the_uniform_and_the_releases_layout_give_equal_examples(
    rows: EqualRows, tmp_path: Path
) -> None:
    assert_layouts_equal(rows, tmp_path)


def test_every_recipe_has_such_a_pair_of_layouts() -> None:
    read = {name for name in recipe_names() if get_recipe(name).make is None}
    assert {rows.recipe for rows in ALL_EQUAL} == read


@pytest.mark.parametrize("name", ["number_comparisons", "number_lists"])
def test_a_set_made_by_rule_needs_no_file(name: str, tmp_path: Path) -> None:
    recipe = get_recipe(name)
    report = DatasetReport()
    examples = list(read_examples(recipe, tmp_path, Split.VALIDATION, max_rows=100, report=report))
    assert len(examples) == report.rows == 100
    assert not report.files
    assert {each.head for each in examples} == {Head.THREE_WAY}


@pytest.mark.parametrize("name", recipe_names())
def test_a_recipe_declares_where_its_data_comes_from(name: str) -> None:
    recipe = get_recipe(name)
    assert recipe.name == name
    assert recipe.source.startswith("https://" if recipe.make is None else "made by rule: ")
    assert recipe.title
    assert recipe.citation
    assert recipe.licence


def test_the_licence_classes_are_those_the_licences_call_for() -> None:
    names = [rows.recipe for rows in EQUAL]
    open_ones = {name for name in names if get_recipe(name).licence_class is LicenceClass.OPEN}
    assert set(names) - open_ones == {"qqp", "mrpc", "sick", "race"}


def test_an_unknown_data_set_is_answered_with_the_nearest_name() -> None:
    with pytest.raises(ConfigError, match="unknown recipe 'vitamin'; did you mean 'vitaminc'"):
        get_recipe("vitamin")


def test_boolq_asks_yes_and_no_in_one_group(tmp_path: Path) -> None:
    row = {"id": "q7", "text_a": "It is blue.", "text_b": "is the sky red?", "label": "False"}
    yes, no = read_one("boolq", tmp_path, lines(row))
    assert (yes.claim, yes.target) == ("Is the sky red? Yes.", 0)
    assert (no.claim, no.target) == ("Is the sky red? No.", 1)
    assert yes.group == no.group == "boolq/q7"


def test_similarity_is_a_fifth_of_its_grade(tmp_path: Path) -> None:
    row = lines({**PAIR, "label": 3.8})
    (example,) = read_one("stsb", tmp_path, row)
    assert example.target == pytest.approx(0.76)  # 3.8 / 5
    assert example.head is Head.REGRESSION


def squad(tmp_path: Path, split: Split, **row: object) -> list[tuple[str, float]]:
    file = "train.jsonl" if split is Split.TRAIN else "dev.jsonl"
    content = lines({"id": "1", **QA, **row})
    examples = read_one("squad_v2", tmp_path, content, file=file, split=split)
    return [(example.claim, example.target) for example in examples]


def test_an_answerable_question_gets_a_wrong_answer_in_training_only(tmp_path: Path) -> None:
    answers = [{"text": "1867", "start": 3}]
    right = ("When was she born? 1867", 1.0)
    wrong = ("When was she born? 1891", 0.0)  # the only other number of the passage
    assert squad(tmp_path, Split.TRAIN, answers=answers) == [right, wrong]
    assert squad(tmp_path, Split.VALIDATION, answers=answers) == [right]


def test_an_unanswerable_question_has_its_plausible_answer_where_one_is_listed(
    tmp_path: Path,
) -> None:
    plausible = [{"text": "in Warsaw", "answer_start": 0}]
    read = squad(tmp_path, Split.VALIDATION, answers=[], plausible_answers=plausible)
    assert read == [("When was she born? in Warsaw", 0.0)]


def test_answers_as_an_object_of_lists_are_read_too(tmp_path: Path) -> None:
    answers = {"text": ["1867"], "answer_start": [3]}
    assert squad(tmp_path, Split.VALIDATION, answers=answers) == [("When was she born? 1867", 1.0)]


def gap_claim(tmp_path: Path, context: str, question: str = "", answer: str = "Eve") -> str | None:
    row = {"id": "g", "context": context, "question": question, "answer": answer, "label": "True"}
    examples = read_one("gap", tmp_path, lines(row))
    return examples[0].claim if examples else None


@pytest.mark.parametrize(
    ("context", "claim"),
    [
        ("Ann left. Bo saw _her_ and ran. So.", "Bo saw Eve and ran."),
        ("Ann left. Bo saw _her_.", "Bo saw Eve."),
        ("Bo took _her_ hat.", "Bo took Eve's hat."),
        ("_His_ hat was red.", "Eve's hat was red."),
        ("The hat was _hers_.", "The hat was Eve's."),
        ("It was, of course, _he_could not.", "It was, of course, Eve could not."),
    ],
)
def test_gap_puts_the_candidate_in_the_pronouns_place(
    tmp_path: Path, context: str, claim: str
) -> None:
    assert gap_claim(tmp_path, context) == claim


def test_gap_takes_the_pronoun_from_the_question_where_the_passage_marks_none(
    tmp_path: Path,
) -> None:
    asked = "Who does _she_ refer to?"
    assert gap_claim(tmp_path, "Ann left when she saw Bo.", asked) == "Ann left when Eve saw Bo."
    assert gap_claim(tmp_path, "Ann left when she saw that she won.", asked) is None


def test_gap_groups_both_candidates_of_a_pronoun(tmp_path: Path) -> None:
    rows = [
        {
            "id": f"gap-3-{letter}",
            "context": "_He_ ran.",
            "question": "",
            "answer": name,
            "label": x,
        }
        for letter, name, x in [("A", "Al", "True"), ("B", "Bo", "False")]
    ]
    examples = read_one("gap", tmp_path, lines(*rows))
    assert {example.group for example in examples} == {"gap/gap-3"}


@pytest.mark.parametrize(
    ("name", "row", "message"),
    [
        (
            "race",
            {"context": "x", "question": "y", "choices": ["a", "b"], "label": 3},
            "row 1: the answer is option 3 of 2, from 0",
        ),
        (
            "race",
            {"context": "x", "question": "y", "choices": "ab", "label": 0},
            "row 1: the options should be a list of texts",
        ),
        ("squad_v2", {**QA, "answers": ["1867"]}, "row 1: 'answers' should be a list of objects"),
        ("squad_v2", {"data": [{"title": "x"}]}, "row 1: not in the layout of SQuAD"),
    ],
)
def test_a_row_that_breaks_its_layout_is_named(
    tmp_path: Path, name: str, row: Mapping[str, object], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        read_one(name, tmp_path, lines(row))


GAP_COLUMNS = "ID\tText\tPronoun\tPronoun-offset\tA\tA-offset\tA-coref\tB\tB-offset\tB-coref\n"
GAP_BROKEN = [
    BrokenRows(
        "gap",
        GAP_COLUMNS.replace("B-coref", "B-right")
        + f"1\t{GAP_TEXT}\ther\t22\tAnn\t0\tTRUE\tEve\t8\tx\n",
        r"gap-development\.tsv, row 2: gap needs the columns context, .* found ID, Text, .*B-right",
        file="gap-development.tsv",
    ),
    BrokenRows(
        "gap",
        GAP_COLUMNS + f"1\t{GAP_TEXT}\ther\t21\tAnn\t0\tTRUE\tEve\t8\tFALSE\n",
        "row 2: the pronoun 'her' does not stand at Pronoun-offset 21",
        file="gap-development.tsv",
    ),
    BrokenRows(
        "gap",
        GAP_COLUMNS + f"1\t{GAP_TEXT}\ther\t22\tAnn\t0\tperhaps\tEve\t8\tFALSE\n",
        "row 2: label 'perhaps' is not one of true, false, 1, 0; correct the row, or mark it",
        file="gap-development.tsv",
    ),
    BrokenRows(
        "gap",
        GAP_COLUMNS,
        r"gap: .* has no validation file; put one of .*gap-validation\.tsv .* there, from https",
        file="gap-development.tsv",
        split=Split.VALIDATION,
    ),
]


ALL_BROKEN = [*GAP_BROKEN, *(rows for module in FAMILIES for rows in module.BROKEN)]


@pytest.mark.parametrize("rows", ALL_BROKEN, ids=lambda rows: f"{rows.recipe}-{rows.file}")
def test_what_is_wrong_with_a_file_is_said_in_one_sentence(
    rows: BrokenRows, tmp_path: Path
) -> None:
    with pytest.raises(DataError) as error:
        read_one(rows.recipe, tmp_path, rows.content, file=rows.file, split=rows.split)
    said = str(error.value)
    assert rows.message in said or re.search(rows.message, said), said
    assert "\n" not in said


def test_every_family_has_three_such_files() -> None:
    families = Counter(get_recipe(rows.recipe).family for rows in ALL_BROKEN)
    assert {family for family in Family if families[family] >= 3} == set(Family)


# Examples by target in the collected data, from the label counts that come with it.
COUNTS = [
    ("snli", Split.VALIDATION, {"aligned": 3329, "contradicted": 3278, "neutral": 3235}),
    ("mnli", Split.VALIDATION, {"aligned": 3479, "contradicted": 3213, "neutral": 3123}),
    ("vitaminc", Split.VALIDATION, {"aligned": 3143, "contradicted": 2325, "neutral": 799}),
    ("fever", Split.VALIDATION, {"aligned": 3051, "contradicted": 3125}),
    ("paws", Split.VALIDATION, {"aligned": 673, "not_aligned": 828}),
    ("mrpc", Split.TEST, {"aligned": 1073, "not_aligned": 508}),
    ("qqp", Split.TRAIN, {"aligned": 29016, "not_aligned": 25659}),  # 17642 + 11374 duplicates
    ("boolq", Split.VALIDATION, {"aligned": 3270, "not_aligned": 3270}),
    ("race", Split.VALIDATION, {"aligned": 4887, "not_aligned": 14661}),  # one of four is right
    ("gap", Split.VALIDATION, {"aligned": 392, "not_aligned": 508}),
    ("squad_v2", Split.VALIDATION, {"aligned": 1214, "not_aligned": 1265}),
]


@pytest.mark.real_data
@pytest.mark.parametrize(("name", "split", "counts"), COUNTS, ids=[case[0] for case in COUNTS])
def test_the_collected_data_gives_the_counts_it_states(
    data_dir: Path, name: str, split: Split, counts: dict[str, int]
) -> None:
    report = DatasetReport()
    for _ in read_examples(get_recipe(name), data_dir, split, report=report):
        pass
    assert report.targets == counts
    assert not report.unlabelled
    assert not report.skipped
