"""Which of a test set's examples the runs that made a model could learn from."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from concord.alignment import AlignmentExample
from concord.config import load_config
from concord.data.examples import DatasetReport, read_examples
from concord.data.recipe import Split
from concord.data.recipes import get_recipe
from concord.evaluation.board import Overlap
from concord.evaluation.contamination.base_encoders import exposure
from concord.evaluation.contamination.overlap import check_contamination
from concord.workflows.train import DataOptions, TrainConfig


def overlaps_of(
    configs: Sequence[Path],
    test_sets: Mapping[str, Sequence[AlignmentExample]],
    overrides: Sequence[str] = (),
) -> tuple[Overlap, ...]:
    """Hold test sets against the training data of the runs that made a model.

    All rows of the training splits count, whichever of them a run drew, so this is the most that
    it can have seen. A set's note says what the first run's base encoder saw before.

    Args:
        configs: The files that `concord train` ran, in their order.
        test_sets: The examples of each test set by its name.
        overrides: `key.sub=value` pairs for all the files, such as `data.folder=DATA`.

    Raises:
        ConfigError: If a config is none of `concord train`.
        DataError: If training data is not there or cannot be read.
    """
    runs = [load_config(path, TrainConfig, overrides) for path in configs]
    counts = check_contamination(_training_examples([run.data for run in runs]), test_sets)
    source = "the training splits of " + ", ".join(path.name for path in configs)
    encoder = runs[0].encoder.name if runs else ""
    return tuple(
        each.to_overlap(name, source, _base_note(exposure(encoder, name)))
        for name, each in counts.items()
    )


def training_files(configs: Sequence[Path], overrides: Sequence[str] = ()) -> list[Path]:
    """Return the files of the training splits that `overlaps_of` reads, in order.

    Raises:
        ConfigError: If a config is none of `concord train`.
        DataError: If training data is not there or cannot be read.
    """
    found: list[Path] = []
    for path in configs:
        data = load_config(path, TrainConfig, overrides).data
        for name in data.recipes:
            report = DatasetReport()
            first = read_examples(
                get_recipe(name), data.folder, Split.TRAIN, max_rows=1, report=report
            )
            next(first, None)
            found += map(Path, report.files)
    return sorted(set(found))


def _training_examples(mixtures: Sequence[DataOptions]) -> Iterator[AlignmentExample]:
    """Yield the examples of each data set of several mixtures, each once."""
    longest: dict[tuple[Path, str], int | None] = {}
    for data in mixtures:
        for name in data.recipes:
            before = longest.get((data.folder, name), 0)
            both = None if before is None or data.max_rows is None else max(before, data.max_rows)
            longest[data.folder, name] = both
    for (folder, name), max_rows in longest.items():
        yield from read_examples(get_recipe(name), folder, Split.TRAIN, max_rows=max_rows)


def _base_note(seen: str) -> str:
    return f"base encoder: {seen}" if seen else ""
