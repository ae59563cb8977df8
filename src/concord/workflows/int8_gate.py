"""Measures what a model loses when it scores in int8, and notes it in the model's folder."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from concord.alignment import AlignmentExample
from concord.artifact import (
    CONFIG_FILE,
    SECTION,
    TOKENIZER_FILE,
    AlignmentSettings,
    Int8Gate,
    find_model,
    load_config,
)
from concord.data.examples import read_examples
from concord.data.recipe import Recipe, Split
from concord.data.recipes import get_recipe
from concord.errors import ConfigError, DataError
from concord.evaluation.runner import compute_metric
from concord.scoring.aligner import Aligner
from concord.scoring.backends import Precision
from concord.scoring.backends.openvino import OpenVinoBackend
from concord.scoring.opening import ask_probes
from concord.text import PairTokenizer

DEFAULT_RECIPES: Final = ("mnli", "stsb", "paws")
"""One set for each head."""
GROUPS: Final = (128, 64, 32)
"""Numbers of input channels that may share a scale, the fastest first."""
_POINTS: Final = 100

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class GateOptions:
    """On what int8 is judged.

    Attributes:
        data_dir: The folder that holds the data sets' folders.
        recipes: The data sets whose validation splits are judged.
        bound: How many points of a set's metric int8 may lose.
        max_rows: Read only so many rows of each, for a dry run.
        threads: CPU threads to use; all cores unless given.
    """

    data_dir: Path
    recipes: Sequence[str] = DEFAULT_RECIPES
    bound: float = 0.3
    max_rows: int | None = None
    threads: int | None = None

    def __post_init__(self) -> None:
        if not self.recipes:
            raise ConfigError("int8 has to be judged on at least one data set; name a recipe")


def gate_int8(
    model: str | Path, options: GateOptions, *, progress: Progress | None = None
) -> Int8Gate:
    """Compare int8 with float32 on labelled rows, and write the outcome into `config.json`.

    The largest group of channels with which no set loses more than the bound is kept; or, if there
    is none, the one that loses least. From then on the precision "fast" is int8 for this model
    where the processor is fast at it, if it passed.

    Args:
        model: An exported model's folder; of its files only `config.json` changes.
        options: On what int8 is judged.
        progress: Told what is scored, before it is.

    Raises:
        DataError: If a data set has no labelled validation rows.
    """
    folder = find_model(model)
    sets = [_read_set(name, options) for name in options.recipes]
    tell = progress or (lambda _: None)
    tell("float32")
    exact = _measure(_open(folder, Precision.F32, GROUPS[-1], options), sets)
    tried = []
    for group in GROUPS:
        tell(f"int8 in groups of {group}")
        tried.append(_try_group(folder, group, exact, sets, options))
        if tried[-1].is_passed:
            break
    gate = min(tried, key=lambda each: max(0.0, max(each.losses.values()) - each.bound))
    _write(folder, gate)
    return gate


@dataclass(frozen=True, slots=True)
class _LabelledSet:
    recipe: Recipe
    examples: list[AlignmentExample]


def _read_set(name: str, options: GateOptions) -> _LabelledSet:
    recipe = get_recipe(name)
    read = read_examples(recipe, options.data_dir, Split.VALIDATION, max_rows=options.max_rows)
    examples = list(read)
    if not examples:
        raise DataError(f"{name} has no labelled validation example under {options.data_dir}")
    return _LabelledSet(recipe, examples)


def _open(folder: Path, precision: Precision, group: int, options: GateOptions) -> Aligner:
    backend = OpenVinoBackend(
        folder, precision=precision, threads=options.threads, int8_group=group
    )
    settings = AlignmentSettings.from_config(load_config(folder), source=str(folder / CONFIG_FILE))
    return Aligner(backend, PairTokenizer.load(folder / TOKENIZER_FILE), settings)


def _try_group(
    folder: Path,
    group: int,
    exact: Mapping[str, float],
    sets: Sequence[_LabelledSet],
    options: GateOptions,
) -> Int8Gate:
    aligner = _open(folder, Precision.INT8, group, options)
    figures = _measure(aligner, sets)
    probes = ask_probes(aligner.backend, aligner.tokenizer).tolist()
    return Int8Gate(
        losses={name: round(exact[name] - figure, 4) for name, figure in figures.items()},
        bound=options.bound,
        group=group,
        probes=[[round(value, 4) for value in row] for row in probes],
    )


def _measure(aligner: Aligner, sets: Sequence[_LabelledSet]) -> dict[str, float]:
    """Return each set's own metric, in points."""
    figures = {}
    for each in sets:
        scores = aligner.predict(
            [example.context for example in each.examples],
            [example.claim for example in each.examples],
        )
        figures[each.recipe.name] = _POINTS * compute_metric(each.recipe, each.examples, scores)
    return figures


def _write(folder: Path, gate: Int8Gate) -> None:
    path = folder / CONFIG_FILE
    config = load_config(folder)
    settings = AlignmentSettings.from_config(config, source=str(path))
    config[SECTION] = replace(settings, int8=gate).to_section()
    temporary = path.with_suffix(".partial")
    temporary.write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    temporary.replace(path)
