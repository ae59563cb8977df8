"""From a task's files to its inputs and gold answers, each with the place that it comes from."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from concord.data.readers import Row, RowSource, read_rows
from concord.data.sources import Split
from concord.errors import ConfigError, InputError
from concord.tasks import AnyTask


@dataclass(frozen=True, slots=True)
class LabelledInput:
    """One row of a task's data: what is read, the right answer, and where it stands."""

    input: Any
    gold: Any
    row: Row


@dataclass(slots=True)
class RowCounts:
    """What was read of a task's data.

    Attributes:
        rows: All rows.
        unlabelled: Those left out since they have no answer.
    """

    rows: int = 0
    unlabelled: int = 0


def read_labelled(
    task: AnyTask, split: Split, *, folder: Path | None = None, counts: RowCounts | None = None
) -> Iterator[LabelledInput]:
    """Stream the labelled rows of a task's split.

    Where the task names no validation data, its training data are parted by a digest of their
    inputs: equal inputs fall on the same side, and every run parts them alike.

    Args:
        task: Says where its rows lie and how they are read.
        split: Which part.
        folder: What relative file names start from.
        counts: Filled in on the way.

    Yields:
        The rows in their order.

    Raises:
        ConfigError: If the task names no data for the split.
        DataError: If a row cannot be read; it names the row.
    """
    counts = RowCounts() if counts is None else counts
    is_parted = task.validation is None and split is not Split.TEST
    source = task.train if is_parted or split is Split.TRAIN else getattr(task, split.value)
    if source is None:
        raise ConfigError(f"the task names no {split} data; give it `{split} = FILE`")
    for row in islice(_rows_of(source, folder), task.max_rows):
        counts.rows += 1
        try:
            gold = task.read_gold(row.fields)
            found = None if gold is None else LabelledInput(task.read_input(row.fields), gold, row)
        except InputError as error:
            raise row.error(str(error)) from None
        if found is None:
            counts.unlabelled += 1
        elif not is_parted or _is_held_out(found.input, task.held_out) == (
            split is Split.VALIDATION
        ):
            yield found


def has_split(task: AnyTask, split: Split) -> bool:
    """Tell whether a task has data for a split, or they can be held out."""
    source = getattr(task, split.value)
    return source is not None or (split is Split.VALIDATION and task.train is not None)


def _rows_of(source: Any, folder: Path | None) -> Iterator[Row]:
    several = source if _is_list_of_files(source) else [source]
    for one in several:
        yield from read_rows(_placed(one, folder))


def _is_list_of_files(source: Any) -> bool:
    return isinstance(source, list | tuple) and all(isinstance(one, str | Path) for one in source)


def _placed(source: Any, folder: Path | None) -> RowSource:
    is_file = isinstance(source, Path) or (isinstance(source, str) and "://" not in source)
    placed: RowSource = Path(folder, source) if folder is not None and is_file else source
    return str(placed) if isinstance(placed, Path) else placed


def _is_held_out(value: Any, share: float) -> bool:
    text = json.dumps(value, ensure_ascii=False, default=str)
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64 < share
