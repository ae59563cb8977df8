"""What a data set is, said once: where it comes from, its columns, its labels, what it asks.

A `Recipe` is a declaration; `concord.data.examples` reads the files that it describes.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, TypeAlias

from concord.alignment import AlignmentExample, Head
from concord.data.readers import Row
from concord.data.sources import Split, SplitSources
from concord.errors import ConfigError

__all__ = [
    "Family",
    "Layout",
    "LicenceClass",
    "Metric",
    "Recipe",
    "Record",
    "Skipped",
    "Split",
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
    CONSISTENCY = "consistency"
    """Do summaries, dialogue turns and generated answers keep to their sources?"""
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
    F1 = "f1"
    """Of the aligned class, where aligned pairs are rare."""
    AUC = "auc"
    """Area under the ROC curve: aligned pairs get higher scores than the others."""
    PEARSON = "pearson"
    SPEARMAN = "spearman"


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row, or a part of it, that gives no example, and why."""

    reason: str


Unfold: TypeAlias = Callable[[Row], Iterator[Mapping[str, object]]]
Make: TypeAlias = Callable[[Split], Iterator[dict[str, object]]]
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


_GRADED_METRICS: Final = frozenset({Metric.PEARSON, Metric.SPEARMAN})
_UNLABELLED: Final = frozenset({"", "-", "-1", "none"})


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
        judged_head: The head whose answers are judged, where it is not the one that learns: a
            set with the classes "entailed" and "not" teaches the binary head, and some are
            judged by the three-way head's probability of "aligned".
        is_judged_split: Judge the score of the whole claim, long texts split, as users get it.
        folder: Its folder within a data directory.
        sources: The files of each split.
        layouts: The ways its rows may be written down; the first that fits a row is used.
        cast: From a record to its examples.
        labels: From the source's labels, in lower case, to numbers; empty where labels are
            numbers already.
        carve_validation: The share of contexts held out of the training file as validation
            split where the data set comes without one.
        make: Makes the rows of a split, where they are no one's files but made by rule.
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
    judged_head: Head | None = None
    is_judged_split: bool = False
    make: Make | None = None

    def __post_init__(self) -> None:
        metric, head = self.metric, self.head
        if (metric in _GRADED_METRICS) != (head is Head.REGRESSION):
            raise ConfigError(f"recipe {self.name!r}: {metric} does not judge {head} targets")
        if self.judged_head not in (None, head, Head.THREE_WAY):
            raise ConfigError(
                f"recipe {self.name!r}: {self.judged_head} answers cannot be judged by {head} "
                "targets; the three_way head's can"
            )
        if self.is_judged_split and head is Head.THREE_WAY:
            raise ConfigError(
                f"recipe {self.name!r}: scores of split texts tell aligned from not, and cannot "
                "be judged by three_way targets"
            )


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
