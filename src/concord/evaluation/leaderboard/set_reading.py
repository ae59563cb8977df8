"""From a suite's declared set to the rows that systems are asked."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from concord.alignment import AlignmentExample, Head
from concord.data.evenly import spread_rows
from concord.data.examples import DatasetReport, has_split, read_examples
from concord.data.recipe import Metric, Recipe, Split
from concord.data.recipes import get_recipe
from concord.errors import DataError
from concord.evaluation.board import SetCard
from concord.evaluation.leaderboard.predictions import hash_examples, hash_files
from concord.evaluation.leaderboard.text_cleaning import recase
from concord.evaluation.suites.suite import Judging, TestSet

ANSWER_F1: Final = "answer_f1"
"""What sets judged as questions with and without an answer are measured by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedSet:
    """The rows of one split of a set.

    Attributes:
        declared: What the suite asks for.
        recipe: The data set.
        split: The part that was read.
        examples: The pairs that are asked; none of them where they are not held in memory.
        rows: Their places among all labelled pairs of the split.
        num_examples: How many are asked.
        data_hash: Of the files.
        rows_hash: Of the texts.
    """

    declared: TestSet
    recipe: Recipe
    split: Split
    examples: tuple[AlignmentExample, ...]
    rows: tuple[int, ...]
    num_examples: int
    data_hash: str
    rows_hash: str

    @property
    def head(self) -> Head:
        """The head whose answers are judged."""
        return self.recipe.judged_head or self.recipe.head

    def card(self) -> SetCard:
        """Return what results say of the set."""
        return SetCard(
            name=self.declared.title,
            title=self.recipe.title,
            split=self.split.value,
            metric=metric_name(self.declared, self.recipe),
            head=self.head.value,
            licence_class=self.recipe.licence_class.value,
            examples=self.num_examples,
            data_hash=self.data_hash,
            is_split=self.recipe.is_judged_split,
            note=self.declared.note,
        )

    def without_texts(self) -> "AskedSet":
        """Return the set as a whole run can hold it in memory."""
        return replace(self, examples=(), rows=())

    def at_most(self, rows: int | None) -> "AskedSet":
        """Return the set with no more rows than that, evenly from all of it."""
        if rows is None or rows >= len(self.examples):
            return self
        kept = spread_rows(self.examples, rows)
        examples = tuple(self.examples[row] for row in kept)
        return replace(
            self,
            examples=examples,
            rows=tuple(self.rows[row] for row in kept),
            num_examples=len(examples),
            rows_hash=hash_examples(examples),
        )


def metric_name(declared: TestSet, recipe: Recipe) -> str:
    """Return what the figure of a set measures."""
    if declared.judging is Judging.NO_ANSWER:
        return ANSWER_F1
    return (declared.metric or recipe.metric).value


def metric_of(asked: AskedSet) -> Metric:
    """Return the recipe's metric, unless the suite asks for another."""
    return asked.declared.metric or asked.recipe.metric


def split_to_report(declared: TestSet, data_dir: Path) -> Split | None:
    """Return the first of the wanted splits whose files are there, if any."""
    recipe = get_recipe(declared.recipe)
    return next((each for each in declared.splits if has_split(recipe, data_dir, each)), None)


def split_for_threshold(declared: TestSet, data_dir: Path) -> Split | None:
    """Return the validation split where another one is reported, for thresholds to be chosen on."""
    reported = split_to_report(declared, data_dir)
    is_there = has_split(get_recipe(declared.recipe), data_dir, Split.VALIDATION)
    return Split.VALIDATION if reported is Split.TEST and is_there else None


def read_set(
    declared: TestSet, data_dir: Path, split: Split, *, max_rows: int | None = None
) -> AskedSet:
    """Read the rows of one split of a set.

    Args:
        declared: What the suite asks for.
        data_dir: The folder that holds the data sets' folders.
        split: Which part.
        max_rows: About how many pairs to ask, evenly from all of them; all unless given.

    Raises:
        DataError: If the split holds no labelled example, or a row that cannot be read.
    """
    recipe = get_recipe(declared.recipe)
    report = DatasetReport()
    examples = tuple(read_examples(recipe, data_dir, split, report=report))
    if not examples:
        raise DataError(f"{recipe.name} has no labelled {split} example under {data_dir}")
    if declared.is_recased:
        examples = tuple(replace(each, claim=recase(each.claim, each.context)) for each in examples)
    asked = AskedSet(
        declared=declared,
        recipe=recipe,
        split=split,
        examples=examples,
        rows=tuple(range(len(examples))),
        num_examples=len(examples),
        data_hash=hash_files([Path(path) for path in report.files]),
        rows_hash=hash_examples(examples),
    )
    return asked.at_most(max_rows)
