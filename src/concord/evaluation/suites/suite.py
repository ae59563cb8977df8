"""What a suite is: declared sets of labelled data, or tests whose findings are to be read."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import ClassVar, Protocol, TypeAlias

from concord.data.recipe import Metric, Split
from concord.errors import ConfigError
from concord.evaluation.board import Finding
from concord.evaluation.systems.system import System

Progress: TypeAlias = Callable[[int, int], None]
"""Called with what is done and with all there is."""


class Judging(StrEnum):
    """How answers on a set become its figure."""

    METRIC = "metric"
    """By the set's metric, as its recipe says."""
    NO_ANSWER = "no_answer"
    """As SQuAD counts: a claim is a question with a candidate answer, given unless its probability
    of "no answer", 1 less the degree of alignment, is too high."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TestSet:
    """One data set as a suite asks for it.

    Attributes:
        recipe: The data set.
        name: What results call it; the recipe's name unless given.
        metric: What figures on it measure; the recipe's metric unless given.
        judging: How answers become a figure.
        splits: The splits to report on; the first whose files are there is taken.
        is_recased: Claims get their case from the context, and quotes are made plain, as
            published figures have it.
        note: What a reader must know of it.
    """

    __test__: ClassVar[bool] = False  # it is no test of ours

    recipe: str
    name: str = ""
    metric: Metric | None = None
    judging: Judging = Judging.METRIC
    splits: tuple[Split, ...] = (Split.TEST, Split.VALIDATION)
    is_recased: bool = False
    note: str = ""

    def __post_init__(self) -> None:
        if not self.splits:
            raise ConfigError(f"the set of {self.recipe} needs a split to report on")

    @property
    def title(self) -> str:
        """What results call it."""
        return self.name or self.recipe


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskSet:
    """Labelled inputs for a head that a model of tasks may have.

    Attributes:
        name: What results call it.
        title: What people call it.
        task: The task as a configuration of `concord finetune` declares it, with its files.
        heads: What tasks that answer it may be called in a model.
        metric: The task's metric that is its figure.
        licence_class: What the data's licence allows.
        claims: By label, the claim that stands for it where an alignment model is asked; empty
            where only a head can answer.
        note: What a reader must know of it.
    """

    name: str
    title: str
    task: Mapping[str, object]
    heads: tuple[str, ...]
    metric: str
    licence_class: str
    claims: Mapping[str, str] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingContext:
    """What a test of behaviour, robustness or bias is told besides the system and the data.

    Attributes:
        suite: The name of the suite that runs it.
        seed: Decides samples and the bootstrap.
        max_rows: About how many cases of each data set to try; all unless given.
        progress: Called now and then.
    """

    suite: str
    seed: int = 0
    max_rows: int | None = None
    progress: Progress | None = None


class FindingRun(Protocol):
    """Tries a system and says what it found."""

    def __call__(
        self, system: System, data_dir: Path, context: FindingContext
    ) -> Iterable[Finding]:
        """Return the findings; none where the data or what the system answers do not suffice."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingSource:
    """A part of a suite that runs as a whole: what is lost when a run is cut off within it.

    Attributes:
        name: What progress and files call it; letters, digits, "_" and "-".
        folders: Folders of a data directory that it reads; findings are made anew when a file
            there changes. It is left out where none of them is there.
        run: What to run.
        licence_class: What the licence of the texts that its examples quote allows.
    """

    name: str
    folders: tuple[str, ...]
    run: FindingRun
    licence_class: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """A benchmark: what it asks, of which data, and what for.

    Attributes:
        name: What the command line calls it.
        title: What people call it.
        purpose: The question that it answers, in a sentence.
        sets: Sets of pairs.
        task_sets: Sets for heads of a model of tasks.
        findings: Tests whose findings are read one by one.
    """

    name: str
    title: str
    purpose: str
    sets: tuple[TestSet, ...] = ()
    task_sets: tuple[TaskSet, ...] = ()
    findings: tuple[FindingSource, ...] = ()

    def __post_init__(self) -> None:
        names = [each.title for each in self.sets] + [each.name for each in self.task_sets]
        names += [each.name for each in self.findings]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ConfigError(f"suite '{self.name}' has two sets named '{twice[0]}'")
