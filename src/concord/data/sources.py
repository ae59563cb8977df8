"""Where the files of a data set lie: under uniform names, or under those of its release."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final, TypeAlias

from concord.data.readers import FileFormat


class Split(StrEnum):
    """A part of a data set; a recipe maps its source's `dev` or `val` to `validation`."""

    TRAIN = "train"
    VALIDATION = "validation"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class SourceFile:
    """Files of one layout, named by a glob pattern within the data set's folder.

    Attributes:
        pattern: The file's name; it is found with `.gz` behind it too.
        file_format: For files whose ending does not tell it.
        columns: Column names for files without a header.
    """

    pattern: str
    file_format: FileFormat | None = None
    columns: tuple[str, ...] | None = None

    def find(self, folder: Path) -> list[Path]:
        """Return the files there are, sorted by name."""
        patterns = (self.pattern, f"{self.pattern}.gz")
        return sorted(path for pattern in patterns for path in folder.glob(pattern))


Sources: TypeAlias = tuple[SourceFile, ...]
"""Files that make up a split together; the first must be there, the others may be."""

SplitSources: TypeAlias = Mapping[Split, tuple[Sources, ...]]
"""For each split the alternatives; the first that is there is read."""

_UNIFORM_NAMES: Final[Mapping[Split, tuple[str, ...]]] = {
    Split.TRAIN: ("train.jsonl",),
    Split.VALIDATION: ("validation.jsonl", "dev.jsonl", "val.jsonl", "dev_matched.jsonl"),
    Split.TEST: ("test.jsonl",),
}


def build_sources(
    *,
    train: Sequence[SourceFile] = (),
    validation: Sequence[SourceFile] = (),
    test: Sequence[SourceFile] = (),
    extra_train: Sequence[SourceFile] = (),
) -> SplitSources:
    """Return the alternatives per split: the uniform layout's names, then the release's own.

    Args:
        train: What the release calls its training file.
        validation: What the release calls its validation file.
        test: What the release calls its test file.
        extra_train: Files that are read after the uniform training file where they are there.

    Returns:
        For each split its alternatives, the preferred one first.
    """
    releases = {Split.TRAIN: train, Split.VALIDATION: validation, Split.TEST: test}
    sources: dict[Split, tuple[Sources, ...]] = {}
    for split, own in releases.items():
        extra = tuple(extra_train) if split is Split.TRAIN else ()
        uniform = tuple((SourceFile(name), *extra) for name in _UNIFORM_NAMES[split])
        sources[split] = (*uniform, *((source,) for source in own))
    return sources


def find_sources(folder: Path, alternatives: Sequence[Sources]) -> list[tuple[Path, SourceFile]]:
    """Return the files of the first alternative that is there, each with how to read it."""
    for sources in alternatives:
        if sources[0].find(folder):
            return [(path, source) for source in sources for path in source.find(folder)]
    return []
