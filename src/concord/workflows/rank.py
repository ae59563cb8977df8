"""Ranks the rows of files by how well their passages support a query."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import nlargest
from typing import TextIO

from concord.alignment import Head, TextPair
from concord.data.readers import FileFormat, Row, read_records
from concord.data.writers import AddedColumns
from concord.errors import ConfigError
from concord.scoring.answer_checking import QUESTION_SPLIT
from concord.scoring.batching import Progress as PairProgress
from concord.scoring.scorer import Scorer
from concord.workflows.bulk.options import Answers, OnError, rounded
from concord.workflows.bulk.outputs import Output
from concord.workflows.bulk.scoring import OpenScorer, score_windows
from concord.workflows.bulk.windows import ScoreCounts, ScoredRow, read_windows
from concord.workflows.score import Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class RankOptions:
    """How rows are ranked.

    Attributes:
        query: What passages are to support.
        top_k: Write only so many rows, the best ones; all unless given.
        text_column: The column that holds the passages.
        head: The head that is asked.
        prefix: Put in front of the names of the columns that are added.
        on_error: What to do with a row that cannot be scored.
        limit: Rank only so many rows.
        file_format: Layout of the output, as for `ScoreOptions`.
        input_format: Layout of the input, by its ending unless given.
    """

    query: str
    top_k: int | None = None
    text_column: str = "text"
    head: Head = Head.BINARY
    prefix: str = ""
    on_error: OnError = OnError.SKIP
    limit: int | None = None
    file_format: FileFormat | None = None
    input_format: FileFormat | None = None

    def __post_init__(self) -> None:
        if not self.query.strip():
            raise ConfigError(
                f"the query is empty ({self.query!r:.40}); there is nothing to rank by"
            )
        if self.top_k is not None and self.top_k < 1:
            raise ConfigError(f"top_k must be at least 1, got {self.top_k}")

    @property
    def added_columns(self) -> AddedColumns:
        """The columns that a row may get, in their order."""
        columns: AddedColumns = {"score": float, "error": str}
        return {self.prefix + name: kind for name, kind in columns.items()}

    def read_pair(self, row: Row) -> TextPair:
        """Return the passage of a row with the query as its claim."""
        return TextPair(row.text(self.text_column), self.query)

    def answers(
        self, pairs: Sequence[TextPair], scorer: Scorer, progress: PairProgress | None = None
    ) -> Answers:
        """Return how well each passage supports the query, as `rank_passages` has it."""
        scores = scorer.score(
            [pair.context for pair in pairs],
            [pair.claim for pair in pairs],
            head=self.head.value,
            split=QUESTION_SPLIT,
            progress=progress,
        )
        return {"score": [rounded(score) for score in scores]}


def rank_file(
    source: str,
    output: str,
    options: RankOptions,
    open_scorer: OpenScorer,
    *,
    progress: Progress | None = None,
    stdout: TextIO | None = None,
) -> ScoreCounts:
    """Write the rows of a file, those first whose passages support the query best.

    Equals keep their order, and rows that cannot be scored come last, with their error. The rows
    to be written are held in memory; with `top_k`, no more than these.

    Args:
        source: What `read_records` reads.
        output: The file to write, or "-" for standard output.
        options: Query, columns, formats, and what to do with bad rows.
        open_scorer: Opens the model.
        progress: Called as rows are scored.
        stdout: What "-" means as an output; standard output unless given.

    Raises:
        ConfigError: If the output cannot be written.
        DataError: If the rows cannot be read.
    """
    target = Output.plan(output, source, options, None)
    target.prepare(restart=False)
    windows = read_windows(read_records(source, file_format=options.input_format), options)
    counts = ScoreCounts()
    report = None if progress is None else (lambda done: progress(done, 0))
    answered = score_windows(windows, open_scorer, options, report)
    rows = (row for window, answers in answered for row in window.scored(answers, options, counts))
    ranked = _best_first(rows, options)
    with target.open(source, options, stdout) as sink:
        for row in ranked:
            sink.write({**row.fields, **row.added})
    return counts


def _best_first(rows: Iterable[ScoredRow], options: RankOptions) -> list[ScoredRow]:
    """Return the best rows in order; `nlargest` keeps equals as they come."""

    def score_of(row: ScoredRow) -> float:
        score = row.added[options.prefix + "score"]
        return -1.0 if score is None else float(score)

    if options.top_k is None:
        return sorted(rows, key=score_of, reverse=True)
    return nlargest(options.top_k, rows, key=score_of)
