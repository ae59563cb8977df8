"""Overlaps of a run's test sets with training data, kept so that they are looked for once."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from concord.errors import DataError, MissingExtraError
from concord.evaluation.board import Overlap, from_plain, to_plain
from concord.evaluation.leaderboard.predictions import hash_files
from concord.evaluation.results import write_text_atomically
from concord.workflows.leaderboard_options import LeaderboardOptions
from concord.workflows.planned_pairs import PlannedPairs
from concord.workflows.planned_set import Planned

OVERLAPS_FILE: Final = "contamination.json"


def kept_overlaps(planned: Sequence[Planned], options: LeaderboardOptions) -> tuple[Overlap, ...]:
    """Return what of each set of pairs stands in the data of the training configs, if any is named.

    The sets of a run are read together: about as much memory as their texts are long.

    Raises:
        MissingExtraError: If torch is not there, by which training configs are read.
    """
    sets = {each.card.name: each for each in planned if isinstance(each, PlannedPairs)}
    if not options.trained_with or not sets:
        return ()
    try:
        from concord.workflows.training_overlap import overlaps_of, training_files
    except ImportError as error:
        raise MissingExtraError.needing("reading training configs", "torch", "train") from error
    overrides = [f"data.folder={options.data_dir}"]
    learned = hash_files(training_files(options.trained_with, overrides))
    header = {"learned": learned, "configs": _hash_of_configs(options.trained_with)}
    header |= {f"set {name}": each.asked.rows_hash for name, each in sets.items()}
    path = options.output / OVERLAPS_FILE
    kept = _read(path, header)
    if kept is not None:
        return kept
    examples = {name: each.read_again(options).examples for name, each in sets.items()}
    found = overlaps_of(options.trained_with, examples, overrides)
    values = {"header": header, "overlaps": to_plain(found)}
    write_text_atomically(path, f"{json.dumps(values, ensure_ascii=False)}\n")
    return found


def _hash_of_configs(configs: Sequence[Path]) -> str:
    """Return a digest of the configs; their names count, since sources are called by them."""
    return " ".join(f"{path.name}:{hash_files([path])}" for path in configs)


def _read(path: Path, header: dict[str, str]) -> tuple[Overlap, ...] | None:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        if values["header"] != header:
            return None
        kept: tuple[Overlap, ...] = from_plain(tuple[Overlap, ...], values["overlaps"], str(path))
    except (OSError, ValueError, KeyError, TypeError, DataError):
        return None  # not there, or cut off: looked for again
    return kept
