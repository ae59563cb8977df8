"""What a data set is, said once: where it comes from, its columns, its labels, what it asks.

A `Recipe` is a declaration; `read_examples` turns the rows it describes into alignment examples.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Final, TypeAlias

from concord.alignment import AlignmentExample, Head
from concord.data.readers import Row, read_rows
from concord.data.sources import SourceFile, Split, SplitSources, find_sources
from concord.errors import DataError

__all__ = [
    "DatasetReport",
    "Family",
    "Layout",
    "LicenceClass",
    "Metric",
    "Recipe",
    "Record",
    "Skipped",
    "Split",
    "has_split",
    "read_examples",
]


class LicenceClass(StrEnum):
    """What the licence lets one do with a model trained on the data."""

    OPEN = "open"
    """Permissive, share-alike or public domain."""
    NONCOMMERCIAL = "noncommercial"
    """Research or non-commercial use only."""
    UNKNOWN = "unknown"


class Family(StrEnum):
    """The kind of task that a data set was made for."""

    NLI = "nli"
    FACT_CHECKING = "fact_checking"
    PARAPHRASE = "paraphrase"
    SIMILARITY = "similarity"
    QA = "qa"
    COREFERENCE = "coreference"
    SUMMARIZATION = "summarization"
    RETRIEVAL = "retrieval"


class Metric(StrEnum):
    """How a data set's predictions are judged."""

    ACCURACY = "accuracy"
    OPTION_ACCURACY = "option_accuracy"
    """Among the options of a question, the highest-scoring one is the right one."""
    PEARSON = "pearson"


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row, or a part of it, that gives no example, and why."""

    reason: str


Unfold: TypeAlias = Callable[[Row], Iterator[Mapping[str, object]]]
Cast: TypeAlias = Callable[["Record"], Iterator[AlignmentExample | Skipped]]


@dataclass(frozen=True, slots=True)
class Layout:
    """One way that rows of a data set are written down.

    Attributes:
        columns: From each role that the recipe's cast asks for to the column that holds it. A
            row has this layout if it has all these columns, those of optional roles aside.
        optional: Roles whose column may be absent.
        unfold: For rows that hold several records: from a row to the roles' values of each.
    """

    columns: Mapping[str, str]
    optional: frozenset[str] = frozenset({"id"})
    unfold: Unfold | None = None

    def fits(self, row: Row) -> bool:
        """Tell whether a row is written in this layout."""
        columns = self.columns.items()
        return all(column in row.fields for role, column in columns if role not in self.optional)

    def required(self) -> str:
        """Return the columns that a row must have, as a list to read."""
        columns = self.columns.items()
        return ", ".join(column for role, column in columns if role not in self.optional)

    def values(self, row: Row) -> Iterator[Mapping[str, object]]:
        """Yield the values by role of each record in a row."""
        if self.unfold is not None:
            yield from self.unfold(row)
        else:
            columns = self.columns.items()
            yield {role: row.fields[col] for role, col in columns if col in row.fields}


_UNLABELLED: Final = frozenset({"", "-", "-1", "none"})
_SPLIT_NAMES: Final[Mapping[str, Split]] = {
    "train": Split.TRAIN,
    "trial": Split.VALIDATION,
    "dev": Split.VALIDATION,
    "test": Split.TEST,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """A data set: where it comes from, how it is written down, what it asks and answers.

    Attributes:
        name: What configurations call it.
        title: What people call it.
        source: Where its publishers offer it.
        citation: The paper to cite.
        licence: The licence as its publishers state it.
        licence_class: What that allows.
        family: The kind of task.
        head: The head that learns it.
        metric: How predictions on it are judged.
        folder: Its folder within a data directory.
        sources: The files of each split.
        layouts: The ways its rows may be written down; the first that fits a row is used.
        cast: From a record to its examples.
        labels: From the source's labels, in lower case, to numbers; empty where labels are
            numbers already.
        carve_validation: The share of contexts held out of the training file as validation
            split where the data set comes without one.
    """

    name: str
    title: str
    source: str
    citation: str
    licence: str
    licence_class: LicenceClass
    family: Family
    head: Head
    metric: Metric
    folder: str
    sources: SplitSources
    layouts: tuple[Layout, ...]
    cast: Cast
    labels: Mapping[str, float] = field(default_factory=dict)
    carve_validation: float = 0.0


@dataclass(frozen=True, slots=True)
class Record:
    """One row, or one part of an unfolded row, by role."""

    row: Row
    values: Mapping[str, object]
    columns: Mapping[str, str]
    recipe: Recipe
    split: Split

    @property
    def key(self) -> str:
        """What identifies the record: its id, or its file and line where it has none."""
        if self.values.get("id") is not None:
            return str(self.values["id"])
        return f"{self.row.source}:{self.row.number}"

    @property
    def is_unlabelled(self) -> bool:
        """Whether the source gives no answer for this record."""
        return "label" in self.values and _label_text(self.values["label"]) in _UNLABELLED

    def text(self, role: str) -> str:
        """Return the text of a role, with runs of blanks as one; a `DataError` if it is none."""
        value = self.values.get(role)
        if not isinstance(value, str):
            column = self.columns.get(role, role)
            raise self.row.error(f"column '{column}' holds {value!r:.40} where a text should be")
        return " ".join(value.split())

    def target(self) -> float:
        """Return the label as the number that the recipe gives it; a `DataError` if it has none."""
        label = self.values.get("label")
        text = _label_text(label)
        known = self.recipe.labels
        if text in known:
            return known[text]
        if not known and _is_number(text):
            return float(text)
        allowed = ", ".join(known) or "a number"
        raise self.row.error(
            f"label {label!r} is not one of {allowed}; correct the row, or mark it as unlabelled "
            "with '-' to have it counted and skipped"
        )


def _label_text(label: object) -> str:
    if isinstance(label, float) and label.is_integer():
        label = int(label)
    return str(label).strip().lower()


def _is_number(text: str) -> bool:
    try:
        return abs(float(text)) < float("inf")
    except ValueError:
        return False


@dataclass(slots=True)
class DatasetReport:
    """What was read, and what was not, while `read_examples` streamed a split.

    Attributes:
        files: The files read.
        rows: Records read, those without an example included.
        examples: Examples made of them.
        unlabelled: Records skipped since their source gives no answer.
        skipped: Records, or parts of them, skipped for another reason, by reason.
        targets: Examples by target: the class's name, or the number to one decimal.
    """

    files: list[str] = field(default_factory=list)
    rows: int = 0
    examples: int = 0
    unlabelled: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    targets: Counter[str] = field(default_factory=Counter)

    def count(self, example: AlignmentExample) -> None:
        """Take note of one example."""
        self.examples += 1
        if example.head is Head.REGRESSION:
            self.targets[f"{example.target:.1f}"] += 1
        else:
            self.targets[example.head.label_names[int(example.target)]] += 1


def read_examples(
    recipe: Recipe,
    data_dir: Path,
    split: Split,
    *,
    max_rows: int | None = None,
    report: DatasetReport | None = None,
) -> Iterator[AlignmentExample]:
    """Stream the examples of one split of a data set.

    Args:
        recipe: Which data set.
        data_dir: Where the data sets' folders lie.
        split: Which part of it.
        max_rows: Read no more records than this, for a dry run.
        report: Filled in on the way.

    Yields:
        The examples in the files' order.

    Raises:
        DataError: If the split is not there, or has a row or label that cannot be read.
    """
    report = DatasetReport() if report is None else report
    for record in islice(_read_records(recipe, data_dir, split, report), max_rows):
        report.rows += 1
        if record.is_unlabelled:
            report.unlabelled += 1
            continue
        for example in recipe.cast(record):
            if isinstance(example, Skipped):
                report.skipped[example.reason] += 1
            elif not example.context.strip() or not example.claim.strip():
                report.skipped["empty text"] += 1
            else:
                report.count(example)
                yield example


def has_split(recipe: Recipe, data_dir: Path, split: Split) -> bool:
    """Tell whether a data directory has a split of a data set, or it can be carved."""
    files, _ = _split_files(recipe, data_dir / recipe.folder, split)
    return bool(files)


def _split_files(
    recipe: Recipe, folder: Path, split: Split
) -> tuple[list[tuple[Path, SourceFile]], bool]:
    """Return a split's files, and whether train and validation are carved from one file."""
    is_carved = (
        recipe.carve_validation > 0
        and split is not Split.TEST
        and not find_sources(folder, recipe.sources[Split.VALIDATION])
    )
    return find_sources(folder, recipe.sources[Split.TRAIN if is_carved else split]), is_carved


def _read_records(
    recipe: Recipe, data_dir: Path, split: Split, report: DatasetReport
) -> Iterator[Record]:
    folder = data_dir / recipe.folder
    files, is_carved = _split_files(recipe, folder, split)
    if not files:
        raise _missing_split(recipe, folder, split)
    for path, source in files:
        report.files.append(str(path))
        rows = read_rows(path, file_format=source.file_format, columns=source.columns)
        for record in _records_of(rows, recipe, split):
            if not is_carved or _carved_split(record) is split:
                yield record


def _records_of(rows: Iterator[Row], recipe: Recipe, split: Split) -> Iterator[Record]:
    for row in rows:
        layout = _layout_of(row, recipe)
        for values in layout.values(row):
            own_split = str(values.get("split", split)).lower()
            if _SPLIT_NAMES.get(own_split, split) is split:
                yield Record(row, values, layout.columns, recipe, split)


def _layout_of(row: Row, recipe: Recipe) -> Layout:
    for layout in recipe.layouts:
        if layout.fits(row):
            return layout
    wanted = " or ".join(layout.required() for layout in recipe.layouts)
    raise row.error(f"{recipe.name} needs the columns {wanted}; found {', '.join(row.fields)}")


def _carved_split(record: Record) -> Split:
    """Return the split that all records with this record's context fall in."""
    digest = hashlib.sha256(record.text("context").casefold().encode("utf-8", "replace"))
    share = int.from_bytes(digest.digest()[:8], "big") / 2**64
    return Split.VALIDATION if share < record.recipe.carve_validation else Split.TRAIN


def _missing_split(recipe: Recipe, folder: Path, split: Split) -> DataError:
    names = ", ".join(sources[0].pattern for sources in recipe.sources[split])
    found = f"{folder} has no {split} file" if folder.is_dir() else f"there is no folder {folder}"
    return DataError(
        f"{recipe.name}: {found}; put one of {names} (plain or .gz) there, from {recipe.source}"
    )
