"""`concord predict`: a task's answers to the rows of a file, row by row."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final, TextIO

from concord.data.readers import Row, read_rows
from concord.errors import InputError
from concord.evaluation.task_results import as_plain
from concord.scoring.task_predictor import TaskPredictor

_ROWS_AT_ONCE: Final = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictionOptions:
    """What to predict and where to.

    Attributes:
        tasks: Names of tasks of the model that read the same rows.
        source: The rows: a file, a glob, or "-" for standard input.
    """

    tasks: tuple[str, ...]
    source: str


def predict_rows(
    predictor: TaskPredictor,
    options: PredictionOptions,
    output: TextIO,
    *,
    on_rows: Callable[[int], None] | None = None,
) -> int:
    """Write each row with the tasks' answers as a line of JSON, and return how many.

    Memory stays flat however many rows there are.

    Args:
        predictor: The model.
        options: What to predict.
        output: Where the lines go.
        on_rows: Told how many rows were done since it was last told.

    Raises:
        ConfigError: If the model has no such task.
        DataError: If a row cannot be read; it names the row.
    """
    for name in options.tasks:
        predictor.task(name)
    stream = read_rows(options.source)
    done = 0
    while rows := list(islice(stream, _ROWS_AT_ONCE)):
        inputs = {name: list(_inputs(predictor, name, rows)) for name in options.tasks}
        answers = predictor.answer_together(inputs)
        for place, row in enumerate(rows):
            found = {name: as_plain(answers[name][place]) for name in options.tasks}
            output.write(json.dumps({**row.fields, **found}, ensure_ascii=False) + "\n")
        done += len(rows)
        if on_rows is not None:
            on_rows(len(rows))
    return done


def _inputs(predictor: TaskPredictor, name: str, rows: list[Row]) -> Iterator[Any]:
    task = predictor.task(name)
    for row in rows:
        try:
            yield task.read_input(row.fields)
        except InputError as error:
            raise row.error(f"task {name!r}: {error}") from None


def predict_to_file(
    predictor: TaskPredictor,
    options: PredictionOptions,
    path: Path,
    *,
    on_rows: Callable[[int], None] | None = None,
) -> int:
    """Write the lines of `predict_rows` to a file that gets its name once it is complete."""
    temporary = path.with_name(f".{path.name}.partial")
    with temporary.open("w", encoding="utf-8") as file:
        count = predict_rows(predictor, options, file, on_rows=on_rows)
    temporary.rename(path)
    return count
