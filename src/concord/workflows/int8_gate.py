"""Measures what a model loses when it scores in int8, and notes it in the model's folder."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from concord.artifact import (
    CONFIG_FILE,
    SECTION,
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
from concord.scoring.opening import ask_probes

DEFAULT_RECIPES: Final = ("mnli", "stsb", "paws")
"""One set for each head."""
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

    From then on the precision "fast" is int8 for this model where the processor is fast at it, if
    no set lost more than the bound.

    Args:
        model: An exported model's folder; None of its other files changes.
        options: On what int8 is judged.
        progress: Told each data set before it is scored.

    Raises:
        DataError: If a data set has no labelled validation rows.
    """
    folder = find_model(model)
    exact, rounded = (
        Aligner.from_pretrained(
            folder, backend="openvino", precision=precision, threads=options.threads
        )
        for precision in ("f32", "int8")
    )
    losses = {}
    for name in options.recipes:
        if progress is not None:
            progress(name)
        losses[name] = _measure_loss(exact, rounded, get_recipe(name), options)
    probes = ask_probes(rounded.backend, rounded.tokenizer)
    gate = Int8Gate(
        losses=losses,
        bound=options.bound,
        probes=[[round(p, 4) for p in row] for row in probes.tolist()],
    )
    _write(folder, gate)
    return gate


def _measure_loss(exact: Aligner, rounded: Aligner, recipe: Recipe, options: GateOptions) -> float:
    """Return the points of its metric that a data set loses."""
    examples = list(
        read_examples(recipe, options.data_dir, Split.VALIDATION, max_rows=options.max_rows)
    )
    if not examples:
        raise DataError(
            f"{recipe.name} has no labelled validation example under {options.data_dir}"
        )
    contexts, claims = [each.context for each in examples], [each.claim for each in examples]
    before, after = (
        compute_metric(recipe, examples, aligner.predict(contexts, claims))
        for aligner in (exact, rounded)
    )
    return round(_POINTS * (before - after), 4)


def _write(folder: Path, gate: Int8Gate) -> None:
    path = folder / CONFIG_FILE
    config = load_config(folder)
    settings = AlignmentSettings.from_config(config, source=str(path))
    config[SECTION] = replace(settings, int8=gate).to_section()
    temporary = path.with_suffix(".partial")
    temporary.write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    temporary.replace(path)
