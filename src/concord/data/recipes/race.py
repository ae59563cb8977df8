"""RACE: English exams for Chinese pupils, four options a question."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from concord.alignment import AlignmentExample, Head
from concord.data.casting import build_option, state_answer
from concord.data.readers import FileFormat, Row
from concord.data.recipe import Family, Layout, LicenceClass, Metric, Recipe, Record
from concord.data.sources import SourceFile, build_sources


def _questions_of_article(row: Row) -> Iterator[Mapping[str, object]]:
    """Unfold one file of the release: an article with lists of questions, options and answers."""
    article, article_id = row.text("article"), row.value("id")
    columns: list[Any] = [row.value(name) for name in ("questions", "options", "answers")]
    if not all(isinstance(column, list) for column in columns):
        raise row.error("'questions', 'options' and 'answers' should be lists")
    if len({len(column) for column in columns}) > 1:
        raise row.error("'questions', 'options' and 'answers' differ in length")
    for index, (question, choices, label) in enumerate(zip(*columns, strict=True)):
        yield {
            "id": f"{article_id}-{index}",
            "context": article,
            "question": question,
            "choices": choices,
            "label": label,
        }


def cast_options(record: Record) -> Iterator[AlignmentExample]:
    """Yield one example per option, the question's blank filled in or the option behind it."""
    question, choices, answer = record.text("question"), record.values["choices"], record.target()
    if not isinstance(choices, list) or not all(isinstance(choice, str) for choice in choices):
        raise record.row.error("the options should be a list of texts")
    if answer >= len(choices):
        raise record.row.error(f"the answer is option {answer:g} of {len(choices)}, from 0")
    for index, choice in enumerate(choices):
        claim = state_answer(question, " ".join(choice.split()))
        yield build_option(record, claim, is_right=index == answer)


def _articles(split: str) -> list[SourceFile]:
    patterns = (f"{split}/*/*.txt", f"RACE/{split}/*/*.txt")
    return [SourceFile(pattern, FileFormat.JSONL) for pattern in patterns]


RECIPE: Final = Recipe(
    name="race",
    title="Reading Comprehension from Examinations",
    source="https://www.cs.cmu.edu/~glai1/data/race/",
    citation="Lai et al., RACE: Large-scale Reading Comprehension Dataset From Examinations, "
    "EMNLP 2017",
    licence="research use, non-commercial",
    licence_class=LicenceClass.NONCOMMERCIAL,
    family=Family.QA,
    head=Head.BINARY,
    metric=Metric.OPTION_ACCURACY,
    folder="race",
    sources=build_sources(
        train=_articles("train"), validation=_articles("dev"), test=_articles("test")
    ),
    layouts=(
        Layout(
            {
                "id": "id",
                "context": "context",
                "question": "question",
                "choices": "choices",
                "label": "label",
            }
        ),
        Layout(
            {"context": "article", "questions": "questions", "choices": "options"},
            unfold=_questions_of_article,
        ),
        Layout(
            {"context": "article", "question": "question", "choices": "options", "label": "answer"}
        ),
    ),
    labels={"0": 0, "1": 1, "2": 2, "3": 3, "a": 0, "b": 1, "c": 2, "d": 3},
    cast=cast_options,
)
