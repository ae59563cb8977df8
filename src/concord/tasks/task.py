"""What a task is: how rows become encoder inputs, which head reads them, what its answer means.

A family of tasks is a dataclass derived from `Task`; an instance of it is one task of a user:
its data, its columns, its labels. Everything here runs without torch. A head's weights and its
loss are in `concord.model` and `concord.training`, under the names that a task gives.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, ClassVar, Final, Generic, Self, TypeAlias, TypeVar

from concord.errors import ConfigError, InputError
from concord.tasks.corruption import Corruption
from concord.tasks.heads import FloatArray, HeadSpec
from concord.text import PairTokenizer
from concord.text.inputs import EncoderInput

Fields: TypeAlias = Mapping[str, object]

IGNORED: Final = -100
"""Stands in a target for a token that the loss passes over."""
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")

Input = TypeVar("Input")
Gold = TypeVar("Gold")
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Encoding:
    """What the encoder reads of one input.

    Attributes:
        sequences: One or more; each fits the window.
        detail: What decoding must know besides, such as character offsets.
        num_lost: Text tokens that did not fit into the window.
    """

    sequences: tuple[EncoderInput, ...]
    detail: Any = None
    num_lost: int = 0


@dataclass(frozen=True, kw_only=True)
class Task(ABC, Generic[Input, Gold, Answer]):
    """One task: its data, how they are read, and what its head's outputs mean.

    Attributes:
        train: What it learns from: a file, several, a glob, a Hugging Face data set, a frame or
            an iterable of mappings.
        validation: What chooses the best model; a share of `train` is held out unless given.
        test: What is reported once.
        held_out: The share of `train` that is held out where there is no `validation`.
        max_rows: Rows read of each of them, the first ones.
        max_tokens: Longest sequence that is learned, special tokens included; the run's unless
            given.
        loss_weight: What the task's loss counts for beside the others'.
        is_frozen: Whether its head stays as it is while others learn.
    """

    train: Any = field(default=None, kw_only=False)
    validation: Any = None
    test: Any = None
    held_out: float = 0.1
    max_rows: int | None = None
    max_tokens: int | None = None
    loss_weight: float = 1.0
    is_frozen: bool = False

    kind: ClassVar[str]
    """What configurations call the family."""
    metrics: ClassVar[tuple[str, ...]]
    """Names of metrics in `concord.evaluation.metrics.tasks`; the first chooses the best model."""

    def __post_init__(self) -> None:
        if not 0 < self.held_out < 1:
            raise ConfigError(f"held_out lies between 0 and 1, got {self.held_out}")
        if self.loss_weight < 0:
            raise ConfigError(f"loss_weight must be at least 0, got {self.loss_weight}")
        if self.max_rows is not None and self.max_rows < 1:
            raise ConfigError(f"max_rows must be at least 1, got {self.max_rows}")

    @property
    @abstractmethod
    def loss(self) -> str:
        """The name of the loss in `concord.training.losses.task_losses`."""

    @property
    @abstractmethod
    def head(self) -> HeadSpec:
        """The head that the task needs, once its labels are known."""

    @property
    def num_classes(self) -> int | None:
        """How many classes the loss chooses among; None for one without."""
        return None

    @property
    def corruption(self) -> Corruption | None:
        """How tokens are hidden anew in each training batch; None for most tasks.

        Where tokens are hidden, a target has one number for each token of the sequences, special
        tokens included: the token that stands there, or `IGNORED` where none is ever hidden.
        """
        return None

    @abstractmethod
    def read_input(self, row: Fields) -> Input:
        """Return what the task reads of a row; an `InputError` names the column at fault."""

    @abstractmethod
    def parse_input(self, value: object) -> Input:
        """Return an input in the form that users give to `predict`; else an `InputError`."""

    @abstractmethod
    def read_gold(self, row: Fields) -> Gold | None:
        """Return a row's right answer; None where it is unlabelled."""

    @abstractmethod
    def encode(
        self, inputs: Sequence[Input], tokenizer: PairTokenizer, max_tokens: int
    ) -> list[Encoding]:
        """Return what the encoder reads of each input."""

    @abstractmethod
    def target(self, encoding: Encoding, gold: Gold) -> FloatArray:
        """Return what the loss compares an input's outputs with, a vector."""

    def training_examples(
        self, inputs: Sequence[Input], golds: Sequence[Gold]
    ) -> tuple[Sequence[Input], Sequence[Gold]]:
        """Return what is learned from rows that stand together: themselves, and more made of them.

        Args:
            inputs: Up to a thousand rows' inputs, in the order of the data.
            golds: Their right answers.
        """
        return inputs, golds

    @abstractmethod
    def decode(self, encoding: Encoding, outputs: Sequence[FloatArray]) -> Answer:
        """Return the task's own answer.

        Args:
            encoding: What was read.
            outputs: What the head's `join` made of the sequences' outputs.
        """

    @abstractmethod
    def prediction(self, answer: Answer) -> Gold:
        """Return an answer in the form of a gold answer, for the metrics."""

    def error(self, gold: Gold, answer: Answer) -> float:
        """Return how wrong an answer is; 0 for a right one."""
        return float(self.prediction(answer) != gold)

    def trivial(self, golds: Sequence[Gold]) -> Gold | None:
        """Return the one answer that does best for these without reading; None if there is none."""
        del golds
        return None

    def learned(self, golds: Iterable[Gold]) -> "Task[Input, Gold, Answer]":
        """Return the task with what only its training data tell, such as its labels."""
        del golds
        return self

    def without_data(self) -> Self:
        """Return the task without its data, which may be large and need not go along."""
        return replace(self, train=None, validation=None, test=None)

    def with_data_of(self, other: "AnyTask") -> Self:
        """Return the task with the data, and the way to read them, of another of its family.

        A saved task knows its labels and its columns, but not where rows lie.
        """
        names = [entry.name for entry in fields(Task)]
        return replace(self, **{name: getattr(other, name) for name in names})

    def to_saved(self) -> dict[str, Any]:
        """Return what a model folder keeps of the task: all but its data and how it is learned."""
        of_training = {entry.name for entry in fields(Task)}
        values = {
            entry.name: getattr(self, entry.name)
            for entry in fields(self)
            if entry.name not in of_training
        }
        return {"kind": self.kind, **values}


AnyTask: TypeAlias = Task[Any, Any, Any]
"""A task of any family."""


def check_task_name(name: str) -> None:
    """Refuse a task's name that could not be a folder's and a parameter's.

    Raises:
        ConfigError: If it has other signs than letters, digits, "_" and "-".
    """
    if not _NAME.fullmatch(name):
        raise ConfigError(
            f"a task's name has letters, digits, '_' and '-' only, and begins with a letter, "
            f"got {name!r}"
        )


def text_of(row: Fields, column: str) -> str:
    """Return the text in a column.

    Raises:
        InputError: If there is no such column, or no text in it.
    """
    value = value_of(row, column)
    if not isinstance(value, str):
        raise InputError(f"column '{column}' holds {value!r:.40} where a text should be")
    return value


def value_of(row: Fields, column: str) -> object:
    """Return what stands in a column.

    Raises:
        InputError: If there is no such column.
    """
    if column not in row:
        raise InputError(f"there is no column '{column}'; the row has {', '.join(row)}")
    return row[column]
