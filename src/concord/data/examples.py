"""From a data set's files to alignment examples, with a count of what was left out."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Final

from concord.alignment import AlignmentExample, Head
from concord.data.readers import Row
from concord.data.recipe import Layout, Recipe, Record, Skipped
from concord.data.sources import SourceFile, Split, find_sources
from concord.errors import DataError

_SPLIT_NAMES: Final[Mapping[str, Split]] = {
    "train": Split.TRAIN,
    "trial": Split.VALIDATION,
    "dev": Split.VALIDATION,
    "val": Split.VALIDATION,
    "valid": Split.VALIDATION,
    "validation": Split.VALIDATION,
    "test": Split.TEST,
}


@dataclass(slots=True)
class DatasetReport:
    """What was read, and what was not, while `read_examples` streamed a split.

    Attributes:
        files: The files read.
        rows: Records read, those without an example included.
        examples: Examples made of them.
        unlabelled: Records skipped since their source gives no answer.
        skipped: Records, or parts of them, skipped for another reason, by reason.
        targets: Examples by target: the class's name, or the number to one decimal.
    """

    files: list[str] = field(default_factory=list)
    rows: int = 0
    examples: int = 0
    unlabelled: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    targets: Counter[str] = field(default_factory=Counter)

    def count(self, example: AlignmentExample) -> None:
        """Take note of one example."""
        self.examples += 1
        if example.head is Head.REGRESSION:
            self.targets[f"{example.target:.1f}"] += 1
        else:
            self.targets[example.head.label_names[int(example.target)]] += 1


def read_examples(
    recipe: Recipe,
    data_dir: Path,
    split: Split,
    *,
    max_rows: int | None = None,
    report: DatasetReport | None = None,
) -> Iterator[AlignmentExample]:
    """Stream the examples of one split of a data set.

    Args:
        recipe: Which data set.
        data_dir: Where the data sets' folders lie.
        split: Which part of it.
        max_rows: Read no more records than this, for a dry run.
        report: Filled in on the way.

    Yields:
        The examples in the files' order.

    Raises:
        DataError: If the split is not there, or has a row or label that cannot be read.
    """
    report = DatasetReport() if report is None else report
    for record in islice(_read_records(recipe, data_dir, split, report), max_rows):
        report.rows += 1
        if record.is_unlabelled:
            report.unlabelled += 1
            continue
        for example in recipe.cast(record):
            if isinstance(example, Skipped):
                report.skipped[example.reason] += 1
            elif not example.context.strip() or not example.claim.strip():
                report.skipped["empty text"] += 1
            else:
                report.count(example)
                yield example


def count_rows(recipe: Recipe, data_dir: Path, split: Split) -> int:
    """Return the records of one split, as `read_examples` counts them, without casting them."""
    return sum(1 for _ in _read_records(recipe, data_dir, split, DatasetReport()))


def has_split(recipe: Recipe, data_dir: Path, split: Split) -> bool:
    """Tell whether a data directory has a split of a data set, or it can be carved."""
    if recipe.make is not None:
        return True
    files, _ = _split_files(recipe, data_dir / recipe.folder, split)
    return bool(files)


def _split_files(
    recipe: Recipe, folder: Path, split: Split
) -> tuple[list[tuple[Path, SourceFile]], bool]:
    """Return a split's files, and whether train and validation are carved from one file."""
    is_carved = (
        recipe.carve_validation > 0
        and split is not Split.TEST
        and not find_sources(folder, recipe.sources[Split.VALIDATION])
    )
    return find_sources(folder, recipe.sources[Split.TRAIN if is_carved else split]), is_carved


def _read_records(
    recipe: Recipe, data_dir: Path, split: Split, report: DatasetReport
) -> Iterator[Record]:
    if recipe.make is not None:
        made = enumerate(recipe.make(split), start=1)
        rows = (Row(recipe.name, number, fields) for number, fields in made)
        yield from _records_of(rows, recipe, split)
        return
    folder = data_dir / recipe.folder
    files, is_carved = _split_files(recipe, folder, split)
    if not files:
        raise _missing_split(recipe, folder, split)
    for path, source in files:
        report.files.append(str(path))
        for record in _records_of(source.read(path), recipe, split):
            if not is_carved or _carved_split(record) is split:
                yield record


def _records_of(rows: Iterator[Row], recipe: Recipe, split: Split) -> Iterator[Record]:
    for row in rows:
        layout = _layout_of(row, recipe)
        for values in layout.values(row):
            own_split = str(values.get("split", split)).lower()
            if _SPLIT_NAMES.get(own_split, split) is split:
                yield Record(row, values, layout.columns, recipe, split)


def _layout_of(row: Row, recipe: Recipe) -> Layout:
    for layout in recipe.layouts:
        if layout.fits(row):
            return layout
    wanted = " or ".join(layout.required() for layout in recipe.layouts)
    raise row.error(f"{recipe.name} needs the columns {wanted}; found {', '.join(row.fields)}")


def _carved_split(record: Record) -> Split:
    """Return the split that all records with this record's context fall in."""
    digest = hashlib.sha256(record.text("context").casefold().encode("utf-8", "replace"))
    share = int.from_bytes(digest.digest()[:8], "big") / 2**64
    return Split.VALIDATION if share < record.recipe.carve_validation else Split.TRAIN


def _missing_split(recipe: Recipe, folder: Path, split: Split) -> DataError:
    if not recipe.sources[split]:
        there = " and ".join(name for name, sources in recipe.sources.items() if sources)
        return DataError(f"{recipe.name} has no {split} split; it has {there}")
    names = ", ".join(sources[0].pattern for sources in recipe.sources[split])
    found = f"{folder} has no {split} file" if folder.is_dir() else f"there is no folder {folder}"
    return DataError(
        f"{recipe.name}: {found}; put one of {names} (plain or .gz) there, from {recipe.source}"
    )
