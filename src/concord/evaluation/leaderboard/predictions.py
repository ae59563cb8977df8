"""What systems answered, kept row by row, so that figures can be made anew without asking again.

A file is gzipped JSON lines: a header, then one line a row in the data's order. It is used again
only for the same model, the same rows and the same way of asking.
"""

import gzip
import hashlib
import json
import os
import re
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from io import BytesIO
from pathlib import Path
from typing import Any, Final, Self

import numpy as np

from concord.alignment import AlignmentExample
from concord.artifact import sha256_of_file
from concord.errors import DataError
from concord.evaluation.metrics import Vector

FOLDER: Final = "predictions"
ENDING: Final = ".jsonl.gz"
HASH_DIGITS: Final = 16
_DIGITS: Final = 7  # of a score: what float32 holds
_NOT_IN_NAMES: Final = re.compile(r"[^A-Za-z0-9._]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """Whose answers they are, to what, and what they took.

    Attributes:
        system: The system's name.
        set: The set's name.
        data_hash: Of the files that were read.
        model: The system's fingerprint.
        seed: Of the run.
        head: The head that was asked.
        split: The part of the data set.
        rows_hash: Of the very texts that were asked, with their targets.
        examples: How many rows there are.
        fitted_hash: Of the files that the system learned the set's answers from, if any.
        truncated: Pairs that lost their end.
        seconds: Time that answering took.
        cpu_seconds: Processor time that it took.
        tokens: Tokens of the pairs in the system's own tokenizer; 0 where it has none.
        load_seconds: Time that opening the system took in the run that answered.
        peak_memory_mb: The most memory that the process has held meanwhile; 0 if unknown.
        threads: How many threads it was given.
    """

    system: str
    set: str
    data_hash: str
    model: str
    seed: int
    head: str
    split: str
    rows_hash: str
    examples: int
    fitted_hash: str = ""
    truncated: int = 0
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    tokens: int = 0
    load_seconds: float = 0.0
    peak_memory_mb: float = 0.0
    threads: int = 0

    def is_of(self, other: "Header") -> bool:
        """Tell whether answers with another header would be the same."""
        return all(getattr(self, name) == getattr(other, name) for name in _SAME)

    @classmethod
    def from_mapping(cls, values: dict[str, Any]) -> Self:
        """Make a header of the first line of a file, whatever else that says."""
        known = {each.name for each in fields(cls)}
        return cls(**{name: value for name, value in values.items() if name in known})


_SAME: Final = (
    "set",
    "data_hash",
    "model",
    "head",
    "split",
    "rows_hash",
    "fitted_hash",
    "examples",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Predictions:
    """A system's answers to the pairs of a set.

    Attributes:
        header: Whose they are.
        rows: Their places among the set's labelled pairs, shape ``(N,)``.
        groups: The question that each is an option of, or None.
        targets: The right answers, shape ``(N,)``.
        degrees: How far each claim is aligned, in [0, 1], shape ``(N,)``.
        decisions: The same as targets have it, shape ``(N,)``.
        probs: Three-way probabilities, shape ``(N, 3)``, where that head's classes were judged.
    """

    header: Header
    rows: tuple[int, ...]
    groups: tuple[str | None, ...]
    targets: Vector
    degrees: Vector
    decisions: Vector
    probs: Vector | None = None

    def of_rows(self, rows: Collection[int]) -> "Predictions":
        """Return the answers to some rows only."""
        kept = [place for place, row in enumerate(self.rows) if row in rows]
        return replace(
            self,
            rows=tuple(self.rows[place] for place in kept),
            groups=tuple(self.groups[place] for place in kept),
            targets=self.targets[kept],
            degrees=self.degrees[kept],
            decisions=self.decisions[kept],
            probs=None if self.probs is None else self.probs[kept],
        )

    @property
    def question_names(self) -> list[str]:
        """The group of each row, a name of its own for one without."""
        pairs = zip(self.rows, self.groups, strict=True)
        return [group or f"alone-{row}" for row, group in pairs]


def predictions_path(folder: Path, system: str, set_name: str) -> Path:
    """Return where a run's folder keeps a system's answers to a set."""
    return folder / FOLDER / file_name(system) / f"{file_name(set_name)}{ENDING}"


def file_name(name: str) -> str:
    """Return a name as files may be called."""
    return _NOT_IN_NAMES.sub("-", name).strip("-.") or "unnamed"


def save_predictions(predictions: Predictions, path: Path) -> None:
    """Write answers, whole or not at all; equal answers give equal files."""
    rows = zip(
        predictions.rows,
        predictions.groups,
        predictions.targets.tolist(),
        predictions.degrees.tolist(),
        predictions.decisions.tolist(),
        strict=True,
    )
    lines: list[dict[str, Any]] = [
        {
            "row": row,
            "group": group,
            "target": shortened(target),
            "degree": shortened(degree),
            "decision": shortened(decision),
        }
        for row, group, target, degree, decision in rows
    ]
    if predictions.probs is not None:
        for line, probs in zip(lines, predictions.probs.tolist(), strict=True):
            line["probs"] = [shortened(each) for each in probs]
    write_lines(path, predictions.header, lines)


def load_predictions(path: Path) -> Predictions:
    """Read answers.

    Raises:
        DataError: If the file is damaged.
    """
    header, lines = read_lines(path)
    try:
        probs = [line["probs"] for line in lines if "probs" in line]
        return Predictions(
            header=header,
            rows=tuple(line["row"] for line in lines),
            groups=tuple(line["group"] for line in lines),
            targets=_column(lines, "target"),
            degrees=_column(lines, "degree"),
            decisions=_column(lines, "decision"),
            probs=np.array(probs, dtype=np.float64) if probs else None,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(f"{path} holds no predictions ({error!r}); delete it") from error


def cached_predictions(path: Path, header: Header) -> Predictions | None:
    """Return kept answers if they are of this model to these very rows, else None."""
    if not path.is_file():
        return None
    try:
        found = read_header(path)
        return load_predictions(path) if found.is_of(header) else None
    except DataError:
        return None  # cut off or damaged: asked again


def cached_or_asked(path: Path, header: Header, ask: Callable[[], Predictions]) -> Predictions:
    """Return kept answers, or ask, keep and return what was kept.

    What is returned was always read from the file, so figures are the same whether answers were
    just given or kept long ago.
    """
    cached = cached_predictions(path, header)
    if cached is not None:
        return cached
    save_predictions(ask(), path)
    return load_predictions(path)


def read_header(path: Path) -> Header:
    """Read the first line of a file of answers.

    Raises:
        DataError: If the file is damaged.
    """
    with _opened(path) as lines:
        return _parse_header(path, next(lines, ""))


def read_lines(path: Path) -> tuple[Header, list[dict[str, Any]]]:
    """Read the header and the lines of a file of answers.

    Raises:
        DataError: If the file is damaged, or has not as many rows as its header says.
    """
    with _opened(path) as lines:
        header = _parse_header(path, next(lines, ""))
        try:
            rows: list[dict[str, Any]] = [json.loads(line) for line in lines]
        except ValueError as error:
            raise DataError(f"{path} has a line that is no JSON ({error}); delete it") from error
    if len(rows) != header.examples:
        raise DataError(f"{path} has {len(rows)} rows of {header.examples}; delete it")
    return header, rows


def write_lines(path: Path, header: Header, rows: Iterable[dict[str, Any]]) -> None:
    """Write a header and rows, whole or not at all, the same bytes for the same answers."""
    path.parent.mkdir(parents=True, exist_ok=True)
    buffer = BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=buffer, mtime=0) as file:
        for each in (asdict(header), *rows):
            file.write(f"{json.dumps(each, ensure_ascii=False)}\n".encode())
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        temporary.write_bytes(buffer.getvalue())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def shortened(value: float) -> float:
    """Return a number with as many digits as float32 holds, so that files stay small."""
    return float(f"{value:.{_DIGITS}g}")


def hash_files(paths: Sequence[Path]) -> str:
    """Return 16 hexadecimal digits that change with the content of any of the files."""
    digests = [sha256_of_file(path) for path in paths]
    return hashlib.sha256("\n".join(digests).encode()).hexdigest()[:HASH_DIGITS]


def hash_examples(examples: Iterable[AlignmentExample]) -> str:
    """Return 16 hexadecimal digits that change with any text, target or group."""
    found = hashlib.sha256()
    for each in examples:
        line = json.dumps([each.context, each.claim, each.head, each.target, each.group])
        found.update(f"{line}\n".encode())
    return found.hexdigest()[:HASH_DIGITS]


@contextmanager
def _opened(path: Path) -> Iterator[Iterator[str]]:
    """Give the lines of a gzipped file; any damage is a `DataError`."""
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            yield iter(file)
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise DataError(f"{path} is damaged ({error}); delete it") from error


def _parse_header(path: Path, line: str) -> Header:
    try:
        values: dict[str, Any] = json.loads(line)
        return Header.from_mapping(values)
    except (ValueError, TypeError, AttributeError) as error:
        raise DataError(f"{path} has no header of predictions; delete it") from error


def _column(lines: Sequence[dict[str, Any]], name: str) -> Vector:
    return np.array([line[name] for line in lines], dtype=np.float64)
