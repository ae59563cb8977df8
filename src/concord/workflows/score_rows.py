"""Scores rows that are in memory, or come one by one: a frame in, a frame out."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from functools import cache, partial
from pathlib import Path
from typing import Any, Final, TypeAlias, TypedDict, TypeVar, Unpack

from concord.alignment import Head
from concord.data.readers import BadRow, Row, RowSource, read_records
from concord.errors import ConfigError
from concord.scoring.scorer import VerdictScorer
from concord.workflows.bulk.frames import is_lazy, with_columns, with_lazy_columns
from concord.workflows.bulk.options import OnError, ScoreOptions
from concord.workflows.bulk.ray_data import is_ray_dataset, score_ray_dataset
from concord.workflows.bulk.scoring import OpenScorer, score_windows
from concord.workflows.bulk.windows import WINDOW_ROWS, ScoreCounts, ScoredRow, read_windows

Rows = TypeVar("Rows")
Kind = TypeVar("Kind", bound=StrEnum)
Model: TypeAlias = VerdictScorer | str | Path | None
"""An aligner, or the name or folder of a model to open; None for the bundled one."""

STREAM_ROWS: Final = 1024
"""Rows of a stream scored together: enough to put pairs of like length together."""


class RowOptions(TypedDict, total=False):
    """What `score_rows` and `score_stream` can be told of the rows, as `score_rows` says it."""

    context_column: str
    claim_column: str
    head: str
    split: bool | str
    relevance: str | int
    aggregation: str | None
    verdicts: bool
    threshold: float | None
    calibrated: bool
    domain: str | None
    prefix: str
    on_error: str


def score_rows(
    rows: Rows,
    aligner: Model = None,
    *,
    context_column: str = "context",
    claim_column: str = "claim",
    head: str = "three_way",
    split: bool | str = True,
    relevance: str | int = "auto",
    aggregation: str | None = None,
    verdicts: bool = False,
    threshold: float | None = None,
    calibrated: bool = False,
    domain: str | None = None,
    prefix: str = "",
    on_error: str = "skip",
) -> Rows:
    """Score each row: is its claim supported by its context?

    Args:
        rows: A pandas or Polars DataFrame, a `datasets.Dataset`, a `pyarrow.Table`, or any
            iterable of mappings. A Polars LazyFrame, a `datasets.IterableDataset` and a
            `ray.data.Dataset` are scored when their rows are asked for.
        aligner: What scores: an aligner, or a model's name or folder; the bundled model unless
            given. Ray's workers open the model themselves, so they need its name.
        context_column: The column that holds the contexts.
        claim_column: The column that holds the claims.
        head: "binary", "three_way" or "regression".
        split: Whether, or by which strategy, long texts are split.
        relevance: How much of a long context is read: "auto", "none" for all, or so many chunks.
        aggregation: How sentence scores are joined; "mean", or "min" with verdicts, unless given.
        verdicts: Add supported, unsupported or contradicted too.
        threshold: The score from which a verdict says supported; the model's own unless given.
        calibrated: Give the probability that the claim is supported, by the model's calibration.
        domain: The calibration's domain to go by.
        prefix: Put in front of the names of the columns that are added.
        on_error: What to do with a row that cannot be scored: "skip" leaves its score out and
            says why in the column `error`; "stop" raises.

    Returns:
        A new object of the same kind with the columns `score`, `verdict` if asked for, and
        `error`; for any other iterable a list of dictionaries, where only rows that could not be
        scored have `error`.

    Raises:
        DataError: If the rows are of no kind that is read, have one of these columns already, or
            one cannot be scored and `on_error` is "stop".
        ConfigError: If an option has a value that cannot work.
    """
    options = _build_options(
        context_column=context_column,
        claim_column=claim_column,
        head=head,
        split=split,
        relevance=relevance,
        aggregation=aggregation,
        verdicts=verdicts,
        threshold=threshold,
        calibrated=calibrated,
        domain=domain,
        prefix=prefix,
        on_error=on_error,
    )
    scored: Any = _scored(rows, aligner, options)
    result: Rows = scored
    return result


def score_stream(
    rows: RowSource,
    aligner: Model = None,
    *,
    window_rows: int = STREAM_ROWS,
    **options: Unpack[RowOptions],
) -> Iterator[dict[str, Any]]:
    """Score rows as they come: an iterator gives each with its score, in order.

    Memory does not grow with their number: so many rows are taken, scored together and yielded
    before the next are taken.

    Args:
        rows: Any iterable of mappings, such as a generator or a `datasets.IterableDataset`; a
            frame or a `pyarrow.Table`; or a file, a glob or an hf:// address.
        aligner: What scores: an aligner, or a model's name or folder; the bundled model unless
            given.
        window_rows: How many rows are scored together; more are faster, fewer come sooner.
        options: As in `score_rows`.

    Returns:
        An iterator of dictionaries with a row's own columns, then `score`, `verdict` if asked
        for, and `error` where it could not be scored.

    Raises:
        DataError: If the rows are of no kind that is read, have one of these columns already, or
            one cannot be scored and `on_error` is "stop".
        ConfigError: If an option has a value that cannot work.
    """
    if window_rows < 1:
        raise ConfigError(f"window_rows must be at least 1, got {window_rows}")
    records = read_records(rows)
    scored = _score(records, _opener(aligner), _build_options(**options), window_rows)
    return ({**row.fields, **row.added} for row in scored)


def _build_options(
    *,
    head: str = "three_way",
    verdicts: bool = False,
    on_error: str = "skip",
    **others: Any,
) -> ScoreOptions:
    return ScoreOptions(
        head=_one_of(Head, "head", head),
        with_verdicts=verdicts,
        on_error=_one_of(OnError, "on_error", on_error),
        **others,
    )


def _one_of(kinds: type[Kind], name: str, value: str) -> Kind:
    try:
        return kinds(value)
    except ValueError:
        known = " or ".join(kinds)
        raise ConfigError(f"{name} is {value!r}; it can be {known}") from None


def _opener(aligner: Model) -> OpenScorer:
    """Return what gives the aligner, opening it when it is first asked for."""
    if aligner is None or isinstance(aligner, str | Path):
        return cache(partial(_open_model, aligner))
    return lambda: aligner


def _open_model(model: str | Path | None, threads: int | None = None) -> VerdictScorer:
    from concord.scoring.aligner import Aligner

    return Aligner.from_pretrained(model, threads=threads)


def _scored(rows: Any, aligner: Model, options: ScoreOptions) -> Any:
    if is_ray_dataset(rows):
        return score_ray_dataset(rows, partial(_table_scoring, _model_name(aligner), options))
    open_scorer = _opener(aligner)
    if is_lazy(rows):
        return with_lazy_columns(
            rows,
            options.added_columns,
            score_frame=partial(_extended, open_scorer=open_scorer, options=options),
            score_records=partial(_columns, open_scorer=open_scorer, options=options),
        )
    return _extended(rows, open_scorer, options)


def _model_name(aligner: Model) -> str | Path | None:
    if aligner is None or isinstance(aligner, str | Path):
        return aligner
    raise ConfigError(
        "an aligner cannot be sent to Ray's workers; give the name or the folder of its model "
        "instead, which each of them opens"
    )


def _table_scoring(model: str | Path | None, options: ScoreOptions) -> Callable[[Any], Any]:
    scorer = _open_model(model, threads=1)
    return partial(_extended, open_scorer=lambda: scorer, options=options)


def _extended(rows: Any, open_scorer: OpenScorer, options: ScoreOptions) -> Any:
    scored = list(_score(read_records(rows), open_scorer, options))
    frame = with_columns(rows, _by_column(scored, options), options.added_columns)
    return [{**row.fields, **row.added} for row in scored] if frame is None else frame


def _columns(
    records: Sequence[Row], open_scorer: OpenScorer, options: ScoreOptions
) -> dict[str, list[Any]]:
    return _by_column(list(_score(records, open_scorer, options)), options)


def _by_column(scored: Sequence[ScoredRow], options: ScoreOptions) -> dict[str, list[Any]]:
    return {name: [row.added.get(name) for row in scored] for name in options.added_columns}


def _score(
    records: Iterable[Row | BadRow],
    open_scorer: OpenScorer,
    options: ScoreOptions,
    max_rows: int = WINDOW_ROWS,
) -> Iterator[ScoredRow]:
    windows = read_windows(records, options, max_rows=max_rows)
    counts = ScoreCounts()
    for window, answers in score_windows(windows, open_scorer, options):
        yield from window.scored(answers, options, counts)
