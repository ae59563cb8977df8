"""How rows are scored, and how a long job of it is run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, Final, Protocol, TypeAlias

from concord.alignment import Head, TextPair
from concord.data.readers import FileFormat, Row
from concord.data.writers import AddedColumns
from concord.errors import ConfigError
from concord.scoring.batching import Progress
from concord.scoring.scorer import VerdictScorer

Answers: TypeAlias = Mapping[str, Sequence[Any]]
"""A window's added columns by name, without prefix: a value for each of its pairs."""

CHECKPOINT_ROWS: Final = 8192
"""Rows scored between two checkpoints; `benchmarks/checkpoint_sizes.py` tells what fewer cost."""
PARTITION_ROWS: Final = 100_000
"""Rows of each file of a folder, unless given."""


class OnError(StrEnum):
    """What to do with a row that cannot be scored."""

    SKIP = "skip"
    """Write it with a null score and its error, and go on."""
    STOP = "stop"
    """Write nothing and say what is wrong with it."""


class RowOptions(Protocol):
    """What a job that adds columns to rows must know: which pairs, what to ask, what to write."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def prefix(self) -> str:
        """What is put in front of the names of the columns that are added."""
        ...

    @property
    def on_error(self) -> OnError:
        """What to do with a row that cannot be scored."""
        ...

    @property
    def limit(self) -> int | None:
        """How many rows to take; all unless given."""
        ...

    @property
    def file_format(self) -> FileFormat | None:
        """Layout of the output."""
        ...

    @property
    def input_format(self) -> FileFormat | None:
        """Layout of the input."""
        ...

    @property
    def added_columns(self) -> AddedColumns:
        """The columns that a row may get, in their order; the last is for its error."""
        ...

    def read_pair(self, row: Row) -> TextPair:
        """Return the pair to be scored for a row; a `DataError` if it has none."""
        ...

    def answers(
        self, pairs: Sequence[TextPair], scorer: Any, progress: Progress | None = None
    ) -> Answers:
        """Return what is added to the rows of some pairs; of none, the empty columns."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreOptions:
    """How rows are scored.

    Attributes:
        context_column: The column that holds the contexts.
        claim_column: The column that holds the claims.
        head: The head whose score is written.
        split: Whether, or by which strategy, long texts are split.
        relevance: How much of a long context is read: "auto", "none" for all, or so many chunks.
        aggregation: How sentence scores are joined; "mean", or "min" with verdicts, unless given.
        calibrated: Write probabilities that the claim is supported, by the model's calibration.
        domain: The calibration's domain to go by.
        with_verdicts: Write a verdict too; the score is then the one that it was decided on.
        threshold: The score from which a verdict says supported; the model's own unless given.
        prefix: Put in front of the names of the columns that are added.
        on_error: What to do with a row that cannot be scored.
        limit: Score only so many rows.
        file_format: Layout of the output, by the output's ending unless given; to a pipe or a
            folder like the input if it can be, else JSON lines.
        input_format: Layout of the input, by its ending unless given.
    """

    context_column: str = "context"
    claim_column: str = "claim"
    head: Head = Head.THREE_WAY
    split: bool | str = True
    relevance: str | int = "auto"
    aggregation: str | None = None
    calibrated: bool = False
    domain: str | None = None
    with_verdicts: bool = False
    threshold: float | None = None
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

    def read_pair(self, row: Row) -> TextPair:
        """Return the pair that a row holds."""
        pair = TextPair(row.text(self.context_column), row.text(self.claim_column))
        if not pair.claim.strip():
            raise row.error(f"the claim (column {self.claim_column!r}) is empty")
        return pair

    def answers(
        self, pairs: Sequence[TextPair], scorer: VerdictScorer, progress: Progress | None = None
    ) -> Answers:
        """Return the scores of some pairs and, where asked for, their verdicts."""
        if not pairs:
            return {"score": [], "verdict": []} if self.with_verdicts else {"score": []}
        contexts, claims = [pair.context for pair in pairs], [pair.claim for pair in pairs]
        if self.with_verdicts:
            verdicts = scorer.verify(
                contexts,
                claims,
                threshold=self.threshold,
                aggregation=self.aggregation,
                calibrated=self.calibrated,
                domain=self.domain,
                relevance=self.relevance,
                progress=progress,
            )
            return {
                "score": [rounded(verdict.score) for verdict in verdicts],
                "verdict": [verdict.label.value for verdict in verdicts],
            }
        scores = scorer.score(
            contexts,
            claims,
            head=self.head.value,
            split=self.split,
            aggregation=self.aggregation,
            calibrated=self.calibrated,
            domain=self.domain,
            relevance=self.relevance,
            progress=progress,
        )
        return {"score": [rounded(score) for score in scores]}


@dataclass(frozen=True, slots=True, kw_only=True)
class JobOptions:
    """How a job that writes files is run.

    Attributes:
        workers: Processes that score, each with a model of its own; 1 scores in this one.
        checkpoint_rows: Rows scored between two checkpoints, of which a kill costs the last.
        partition_rows: Write a folder of files of so many rows; one file unless given.
        restart: Begin anew, whatever an unfinished job has done.
    """

    workers: int = 1
    checkpoint_rows: int = CHECKPOINT_ROWS
    partition_rows: int | None = None
    restart: bool = False

    def __post_init__(self) -> None:
        for name in ("workers", "checkpoint_rows", "partition_rows"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise ConfigError(f"{name} must be at least 1, got {value}")


def rounded(score: float) -> float:
    """Drop the digits that float32 cannot vouch for."""
    return round(float(score), 6)
