"""Scores rows: each comes out again, in its place, with its score or its error."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from typing import Any, Final, Protocol, TextIO, TypeAlias

from concord.alignment import Head, TextPair
from concord.alignment.scores import FloatArray
from concord.data.readers import (
    HUB_PREFIX,
    STANDARD_INPUT,
    BadRow,
    FileFormat,
    Row,
    find_files,
    format_by_ending,
    parquet_schema,
    read_records,
)
from concord.data.writers import STREAM, AddedColumns, open_writer, output_format
from concord.errors import ConfigError, DataError
from concord.scoring.verdicts import Verdict

Progress: TypeAlias = Callable[[int], None]

WINDOW_ROWS: Final = 50_000
"""Rows held at once: enough to put pairs of like length together and to find repetitions."""
WINDOW_CHARACTERS: Final = 16_000_000
"""Text held at once, so that rows of whole books keep memory flat too."""

_PIPED_FORMATS: Final = frozenset({FileFormat.JSONL, FileFormat.CSV, FileFormat.TSV})


class OnError(StrEnum):
    """What to do with a row that cannot be scored."""

    SKIP = "skip"
    """Write it with a null score and its error, and go on."""
    STOP = "stop"
    """Write nothing and say what is wrong with it."""


class Scorer(Protocol):
    """What scoring a file needs of an aligner."""

    def score(
        self,
        contexts: Sequence[str],
        claims: Sequence[str],
        *,
        head: str = ...,
        split: bool | str = ...,
        aggregation: str | None = ...,
        calibrated: bool = ...,
        domain: str | None = ...,
        progress: Callable[[int, int], None] | None = ...,
    ) -> FloatArray:
        """Return one score per pair."""
        ...

    def verify(
        self,
        contexts: Sequence[str],
        claims: Sequence[str],
        *,
        threshold: float | None = ...,
        aggregation: str | None = ...,
        calibrated: bool = ...,
        domain: str | None = ...,
        progress: Callable[[int, int], None] | None = ...,
    ) -> Sequence[Verdict]:
        """Return one verdict per pair."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreOptions:
    """How rows are scored.

    Attributes:
        context_column: The column that holds the contexts.
        claim_column: The column that holds the claims.
        head: The head whose score is written.
        split: Whether, or by which strategy, long texts are split.
        aggregation: How sentence scores are joined; "mean", or "min" with verdicts, unless given.
        with_verdicts: Write a verdict too; the score is then the one that it was decided on.
        threshold: The score from which a verdict says supported; the model's own unless given.
        calibrated: Write probabilities that the claim is supported, by the model's calibration.
        domain: The calibration's domain to go by.
        prefix: Put in front of the names of the columns that are added.
        on_error: What to do with a row that cannot be scored.
        limit: Score only so many rows.
        file_format: Layout of the output, by the output's ending unless given; to a pipe like
            the input if that is JSON lines, CSV or TSV, else JSON lines.
        input_format: Layout of the input, by its ending unless given.
    """

    context_column: str = "context"
    claim_column: str = "claim"
    head: Head = Head.THREE_WAY
    split: bool | str = True
    aggregation: str | None = None
    with_verdicts: bool = False
    threshold: float | None = None
    calibrated: bool = False
    domain: str | None = None
    prefix: str = ""
    on_error: OnError = OnError.SKIP
    limit: int | None = None
    file_format: FileFormat | None = None
    input_format: FileFormat | None = None

    def __post_init__(self) -> None:
        if self.with_verdicts and (self.head is not Head.THREE_WAY or self.split is False):
            raise ConfigError(
                "verdicts are decided by the three_way head with splitting; leave out the "
                "other head and --no-split, or ask for scores alone"
            )
        if self.threshold is not None and not self.with_verdicts:
            raise ConfigError("a threshold only matters to verdicts; ask for them too")

    @property
    def added_columns(self) -> AddedColumns:
        """The columns that a row may get, in their order."""
        verdict = {"verdict": str} if self.with_verdicts else {}
        columns: AddedColumns = {"score": float, **verdict, "error": str}
        return {self.prefix + name: kind for name, kind in columns.items()}


@dataclass(slots=True)
class ScoreCounts:
    """How many rows went through, and the first thing that was wrong."""

    scored: int = 0
    failed: int = 0
    first_error: str | None = None

    @property
    def total(self) -> int:
        """All rows that were written."""
        return self.scored + self.failed

    def add_error(self, error: str) -> None:
        """Count a row that could not be scored."""
        self.failed += 1
        self.first_error = self.first_error or error


@dataclass(frozen=True, slots=True)
class ScoredRow:
    """A row's own columns, and those that concord adds; `error` only if it has one."""

    fields: Mapping[str, Any]
    added: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Item:
    """A row on its way: with the pair to score, or with what is wrong."""

    fields: Mapping[str, Any]
    pair: TextPair = field(default=TextPair("", ""))
    error: str | None = None


def score_file(
    source: str,
    output: str,
    options: ScoreOptions,
    aligner: Scorer,
    *,
    progress: Progress | None = None,
    stdout: TextIO | None = None,
) -> ScoreCounts:
    """Score the pairs of a file, in the order and number of its rows.

    The output appears under its name only when it is complete. Memory does not grow with the
    number of rows.

    Args:
        source: What `read_records` reads: a file, a glob, an hf:// address, or "-" for standard
            input.
        output: The file to write, or "-" for standard output.
        options: Columns, head, splitting, formats, and what to do with bad rows.
        aligner: What scores the pairs.
        progress: Called with the rows done so far.
        stdout: What "-" means as an output; standard output unless given.
    """
    layout = options.file_format or _layout_of(source, output, options)
    schema = _schema_of(source, options) if layout is FileFormat.PARQUET else None
    counts = ScoreCounts()
    records = read_records(source, file_format=options.input_format)
    with open_writer(
        output, layout, added=options.added_columns, schema=schema, stdout=stdout
    ) as writer:
        for window in score_records(records, options, aligner, counts, progress=progress):
            for row in window:
                writer.write({**row.fields, **row.added})
            writer.flush()
            if progress is not None:
                progress(counts.total)
    return counts


def score_records(
    records: Iterable[Row | BadRow],
    options: ScoreOptions,
    aligner: Scorer,
    counts: ScoreCounts,
    *,
    progress: Progress | None = None,
) -> Iterator[list[ScoredRow]]:
    """Score rows window by window, in their order and number, and count them.

    Args:
        records: The rows, taken as they are needed.
        options: Columns, head, splitting, and what to do with bad rows.
        aligner: What scores the pairs.
        counts: Filled in on the way.
        progress: Called with the rows done so far.

    Yields:
        The rows of each window with what concord adds to them.
    """
    items = (_as_item(record, options) for record in islice(records, options.limit))
    for window in _windows(items):
        yield list(_score_window(window, options, aligner, counts, progress))


def _layout_of(source: str, output: str, options: ScoreOptions) -> FileFormat:
    if output != STREAM:
        return output_format(output)
    layout = options.input_format or format_by_ending(source)
    return layout if layout in _PIPED_FORMATS else FileFormat.JSONL


def _schema_of(source: str, options: ScoreOptions) -> Any:
    """Return the Arrow schema of Parquet files, so that it is kept; None for anything else."""
    if source == STANDARD_INPUT or source.startswith(HUB_PREFIX):
        return None
    files = find_files(source)
    layouts = {options.input_format or format_by_ending(path) for path in files}
    return parquet_schema(files) if layouts == {FileFormat.PARQUET} else None


def _as_item(record: Row | BadRow, options: ScoreOptions) -> _Item:
    if isinstance(record, Row):
        _check_added_columns(record, options)
    try:
        if isinstance(record, BadRow):
            raise record.error()
        return _Item(record.fields, _read_pair(record, options))
    except DataError as error:
        if options.on_error is OnError.STOP:
            raise
        fields = {} if isinstance(record, BadRow) else record.fields
        return _Item(fields, error=str(error))


def _check_added_columns(row: Row, options: ScoreOptions) -> None:
    """Refuse to overwrite a column: a matter of options, so it stops the run."""
    for name in options.added_columns:
        if name in row.fields:
            raise row.error(
                f"there already is a column {name!r}; give concord's columns other names, "
                "such as with --prefix concord_"
            )


def _read_pair(row: Row, options: ScoreOptions) -> TextPair:
    pair = TextPair(row.text(options.context_column), row.text(options.claim_column))
    if not pair.claim.strip():
        raise row.error(f"the claim (column {options.claim_column!r}) is empty")
    return pair


def _windows(items: Iterable[_Item]) -> Iterator[list[_Item]]:
    """Cut the rows into lists that are bounded in rows and in characters."""
    window: list[_Item] = []
    characters = 0
    for item in items:
        window.append(item)
        characters += len(item.pair.context) + len(item.pair.claim)
        if len(window) == WINDOW_ROWS or characters >= WINDOW_CHARACTERS:
            yield window
            window, characters = [], 0
    if window:
        yield window


def _score_window(
    window: Sequence[_Item],
    options: ScoreOptions,
    aligner: Scorer,
    counts: ScoreCounts,
    progress: Progress | None,
) -> Iterator[ScoredRow]:
    pairs = [item.pair for item in window if item.error is None]
    within = _window_progress(counts.total, len(window), progress)
    answers = iter(_score_pairs(pairs, options, aligner, within))
    for item in window:
        if item.error is None:
            counts.scored += 1
            added = next(answers)
        else:
            counts.add_error(item.error)
            added = {"score": None, "error": item.error}
        yield ScoredRow(
            item.fields, {options.prefix + name: value for name, value in added.items()}
        )


def _window_progress(
    rows_before: int, rows: int, progress: Progress | None
) -> Callable[[int, int], None] | None:
    """Translate the aligner's count of token pairs into rows."""
    if progress is None:
        return None
    return lambda done, total: progress(rows_before + rows * done // max(total, 1))


def _score_pairs(
    pairs: Sequence[TextPair],
    options: ScoreOptions,
    aligner: Scorer,
    progress: Callable[[int, int], None] | None,
) -> list[dict[str, Any]]:
    if not pairs:
        return []
    contexts, claims = [pair.context for pair in pairs], [pair.claim for pair in pairs]
    if options.with_verdicts:
        verdicts = aligner.verify(
            contexts,
            claims,
            threshold=options.threshold,
            aggregation=options.aggregation,
            calibrated=options.calibrated,
            domain=options.domain,
            progress=progress,
        )
        return [{"score": _rounded(v.score), "verdict": v.label.value} for v in verdicts]
    scores = aligner.score(
        contexts,
        claims,
        head=options.head.value,
        split=options.split,
        aggregation=options.aggregation,
        calibrated=options.calibrated,
        domain=options.domain,
        progress=progress,
    )
    return [{"score": _rounded(score)} for score in scores]


def _rounded(score: float) -> float:
    """Drop the digits that float32 cannot vouch for."""
    return round(float(score), 6)
