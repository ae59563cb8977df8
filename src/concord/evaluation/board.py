"""What a run of suites found, system by system and set by set: the shape of `results.json`.

Figures are shares in [0, 1] or correlations in [-1, 1]; whoever shows them makes percents of the
shares. An undefined figure is NaN here and null in the file.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Final, Self, get_args, get_origin, get_type_hints

from concord.errors import DataError
from concord.evaluation.metrics import Estimate
from concord.evaluation.results import write_text_atomically

RESULTS_FILE: Final = "results.json"
_IN_WORDS: Final[Mapping[Any, str]] = {
    int: "an integer",
    (int, float): "a number",
    str: "a text",
    list: "a list",
    dict: "an object",
    bool: "true or false",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a system takes on the machine of the run.

    Attributes:
        load_seconds: From nothing to ready, the first time.
        pairs_per_second: Over all pairs that were scored.
        tokens_per_second: The same in tokens of the system's own tokenizer; NaN if unknown.
        peak_memory_mb: The most memory that the process held while the system worked.
        core_hours: Processor time of the whole run.
        threads: How many threads it was given.
    """

    load_seconds: float
    pairs_per_second: float
    tokens_per_second: float
    peak_memory_mb: float
    core_hours: float
    threads: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemCard:
    """Something that answers: a model, a baseline, a cross-encoder or a prompted generator.

    Attributes:
        name: What tables call it.
        kind: "model", "baseline", "cross_encoder" or "generator".
        description: One sentence on what it does.
        fingerprint: 16 hexadecimal digits that change when its answers may change.
        parameters: How many numbers it learned, where it learned any.
        size_mb: What its files take.
        seen: Data sets whose training split it learned from, where that is known.
        cost: What it took; None where all its answers came from an earlier run.
    """

    name: str
    kind: str
    description: str
    fingerprint: str
    parameters: int | None = None
    size_mb: float | None = None
    seen: tuple[str, ...] = ()
    cost: Cost | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetCard:
    """One data set's split as a suite asks for it.

    Attributes:
        name: What results call it.
        title: What people call it.
        split: The part that was read.
        metric: What figures on it measure.
        head: The head that is judged.
        licence_class: What its licence allows.
        examples: Labelled pairs, or inputs, that were answered.
        data_hash: 16 hexadecimal digits of the files that were read.
        is_split: Whether long texts are split, as users get them.
        note: What a reader must know of it.
    """

    name: str
    title: str
    split: str
    metric: str
    head: str
    licence_class: str
    examples: int
    data_hash: str
    is_split: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteCard:
    """A suite and the sets of it whose files were there."""

    name: str
    title: str
    purpose: str
    sets: tuple[SetCard, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReliabilityBin:
    """Pairs whose scores lie in [low, high): their mean score beside the share aligned."""

    low: float
    high: float
    mean_score: float
    share_aligned: float
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Confusion:
    """How often each gold class (row) was given each class (column)."""

    labels: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorstRow:
    """A wrong answer that the system was surest of.

    Attributes:
        row: Its place among the labelled pairs of the set, from 0.
        context: At most 400 characters, the best evidence where it is known; empty where texts of
            its licence are not quoted.
        claim: The claim, or what was asked; empty likewise.
        label: The right class or value.
        prediction: What was given.
        score: How far the claim was called aligned.
    """

    row: int
    context: str
    claim: str
    label: str
    prediction: str
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SetResult:
    """One system on one test set.

    Attributes:
        system: The system's name.
        suite: The suite's name.
        set: The set's name.
        metric: What `figure` measures.
        figure: The set's metric with its interval.
        secondary: Other figures by name.
        examples: Pairs, or inputs, that were answered.
        truncated: Pairs whose context was cut to fit.
        seconds: Time that answering took, when it was done.
        threshold: The score from which a claim counts as aligned, where one was needed.
        threshold_source: "chosen on SET validation", "shipped", or nothing.
        reliability: The reliability curve, for scores of two classes.
        ece: Expected calibration error of the same scores.
        roc: False and true positive rate, at most 101 points.
        confusion: Of the decisions, for sets with classes.
        worst: Errors to read, the surest first.
        predictions: The file of all answers, as a path within the run's folder.
    """

    system: str
    suite: str
    set: str
    metric: str
    figure: Estimate
    secondary: dict[str, float]
    examples: int
    truncated: int
    seconds: float
    threshold: float | None = None
    threshold_source: str = ""
    reliability: tuple[ReliabilityBin, ...] = ()
    ece: float | None = None
    roc: tuple[tuple[float, float], ...] = ()
    confusion: Confusion | None = None
    worst: tuple[WorstRow, ...] = ()
    predictions: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteAverage:
    """The mean of a system's figures on a suite's sets; rows are drawn anew within each set."""

    system: str
    suite: str
    figure: Estimate
    sets: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The main system against another on the same rows.

    Attributes:
        system: The main system.
        other: What it is held against.
        suite: The suite.
        set: The set; empty for the suite's average.
        difference: The system's figure less the other's, rows drawn in pairs.
        p_value: Two-sided: how likely so large a difference is between equals.
    """

    system: str
    other: str
    suite: str
    set: str
    difference: Estimate
    p_value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingExample:
    """One case of a finding, to read."""

    context: str
    claim: str
    expected: str
    got: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a test of behaviour, robustness or bias found of one system.

    Attributes:
        system: The system's name.
        suite: The suite's name.
        name: What was tested.
        group: The class of tests it belongs to, such as a functionality's.
        kind: "MFT" (a minimum functionality test), "INV" (the answer must stay), "DIR" (it must
            move in a direction), "perturbation" or "swap".
        description: One sentence on what is expected.
        cases: How many were tried.
        failures: How many went wrong.
        rate: The share that went wrong.
        figures: Other figures by name, such as those before and after.
        change: After less before, in pairs, where there are both.
        examples: Cases that went wrong.
    """

    system: str
    suite: str
    name: str
    group: str
    kind: str
    description: str
    cases: int
    failures: int
    rate: Estimate
    figures: dict[str, float] = field(default_factory=dict)
    change: Estimate | None = None
    examples: tuple[FindingExample, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """How many rows of a test set are also among what a model may have learned from.

    Attributes:
        set: The set's name.
        rows: Rows of it that were looked for.
        exact: Of these, those found word for word.
        near: Of these, those found nearly so, the exact ones not counted.
        source: Where they were looked for.
        note: What a reader must know.
    """

    set: str
    rows: int
    exact: int
    near: int
    source: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedFigure:
    """A figure that others report for a set, with where they do."""

    set: str
    system: str
    metric: str
    value: float
    source: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """Everything that a run of suites found.

    Attributes:
        command: The command line that made it.
        seed: Seed of the bootstrap.
        created: The date, UTC, ISO 8601.
        versions: Of Python and of the packages that figures depend on.
        machine: Processor, cores and threads, in words.
        systems: What was evaluated, the main system first.
        suites: On what.
        results: One for each system and test set.
        averages: One for each system and suite.
        comparisons: The main system against every other, per set and per suite.
        findings: Of behaviour, robustness and bias.
        contamination: Per test set.
        published: Figures of others.
    """

    command: str
    seed: int
    created: str
    versions: dict[str, str]
    machine: str
    systems: tuple[SystemCard, ...] = ()
    suites: tuple[SuiteCard, ...] = ()
    results: tuple[SetResult, ...] = ()
    averages: tuple[SuiteAverage, ...] = ()
    comparisons: tuple[Comparison, ...] = ()
    findings: tuple[Finding, ...] = ()
    contamination: tuple[Overlap, ...] = ()
    published: tuple[PublishedFigure, ...] = ()

    def to_mapping(self) -> dict[str, Any]:
        """Return the board as plain values; an undefined figure is None."""
        plain: dict[str, Any] = to_plain(self)
        return plain

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any]) -> Self:
        """Make a board of plain values; None where a number belongs is an undefined figure.

        Raises:
            DataError: If something is missing, unknown or of another kind than it should be.
        """
        board: Self = from_plain(cls, values, "results")
        return board


def save_board(board: Board, folder: Path) -> Path:
    """Write `results.json` in a run's folder, whole or not at all, and return its path."""
    path = folder / RESULTS_FILE
    text = json.dumps(board.to_mapping(), indent=1, ensure_ascii=False, allow_nan=False)
    write_text_atomically(path, f"{text}\n")
    return path


def load_board(path: Path) -> Board:
    """Read a run's folder, or its `results.json`.

    Raises:
        DataError: If there is no such file, or it is no board.
    """
    file = path / RESULTS_FILE if path.is_dir() else path
    try:
        values = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DataError(
            f"{file} does not exist; `concord evaluate --suite all` writes one"
        ) from None
    except (OSError, ValueError) as error:
        raise DataError(f"{file} cannot be read as JSON: {error}") from error
    if not isinstance(values, Mapping):
        raise DataError(f"{file} holds a {type(values).__name__} where an object should be")
    return Board.from_mapping(values)


def to_plain(value: Any) -> Any:
    """Return dataclasses as mappings, tuples as lists and undefined numbers as None."""
    if is_dataclass(value):
        return {each.name: to_plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Mapping):
        return {name: to_plain(each) for name, each in value.items()}
    if isinstance(value, tuple | list):
        return [to_plain(each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def from_plain(wanted: Any, value: Any, place: str) -> Any:
    """Return plain values as what a type annotation asks for; the inverse of `to_plain`.

    Args:
        wanted: A type: a dataclass, a tuple, a dict, a union with None, or a plain type.
        value: What JSON gave.
        place: Where it stands, for errors.

    Raises:
        DataError: If it is of another kind.
    """
    if get_origin(wanted) is UnionType:
        wanted = next(each for each in get_args(wanted) if each is not NoneType)
        return None if value is None else from_plain(wanted, value, place)
    if is_dataclass(wanted):
        return _dataclass_from_plain(wanted, value, place)
    if get_origin(wanted) is tuple:
        return _tuple_from_plain(get_args(wanted), _as(list, value, place), place)
    if get_origin(wanted) is dict:
        each_wanted = get_args(wanted)[1]
        items = _as(dict, value, place).items()
        return {name: from_plain(each_wanted, each, f"{place}.{name}") for name, each in items}
    if wanted is float:
        return math.nan if value is None else float(_as((int, float), value, place))
    return _as(wanted, value, place)


def _dataclass_from_plain(wanted: Any, value: Any, place: str) -> Any:
    given, hints = _as(dict, value, place), get_type_hints(wanted)
    unknown = sorted(given.keys() - hints.keys())
    if unknown:
        raise DataError(f"{place} has an unknown {unknown[0]!r}; it was written by a later concord")
    made = {name: from_plain(hints[name], each, f"{place}.{name}") for name, each in given.items()}
    try:
        return wanted(**made)
    except TypeError as error:
        raise DataError(f"{place} is incomplete: {error}") from None


def _tuple_from_plain(wanted: tuple[Any, ...], value: list[Any], place: str) -> tuple[Any, ...]:
    is_uniform = len(wanted) == 2 and wanted[1] is Ellipsis
    types = (wanted[0],) * len(value) if is_uniform else wanted
    if len(types) != len(value):
        raise DataError(f"{place} should hold {len(types)} values, found {len(value)}")
    pairs = enumerate(zip(types, value, strict=True))
    return tuple(from_plain(each, item, f"{place}[{row}]") for row, (each, item) in pairs)


def _as(kind: Any, value: Any, place: str) -> Any:
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise DataError(f"{place} holds {value!r:.40} where {_IN_WORDS[kind]} should be")
    return value
