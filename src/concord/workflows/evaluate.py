"""Evaluates a model on labelled data sets and keeps the figures."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from concord.data.examples import has_split
from concord.data.recipe import LicenceClass, Recipe, Split
from concord.data.recipes import get_recipe, recipe_names
from concord.errors import ConfigError
from concord.evaluation.results import (
    EvaluationReport,
    EvaluationResult,
    save_report,
    save_wrong_examples,
    write_text_atomically,
)
from concord.evaluation.runner import Predictor, Progress, evaluate_recipe
from concord.workflows.model_card import insert_figures


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationOptions:
    """What to evaluate on, and what to keep.

    Attributes:
        data_dir: The folder that holds the data sets' folders.
        recipes: Names of recipes; all whose files are there unless given.
        split: The part of each data set to read.
        max_rows: Read only so many rows of each, for a dry run.
        seed: Seed of the bootstrap.
        licences: Evaluate only data sets of these licence classes, where `recipes` is empty.
        output: Where to keep the figures, as JSON.
        markdown: Where to keep a Markdown table.
        wrong_rows: Where to keep the examples answered wrongly, as JSON lines.
        card: A model card whose figures are renewed.
    """

    data_dir: Path
    recipes: tuple[str, ...] = ()
    split: Split = Split.VALIDATION
    max_rows: int | None = None
    seed: int = 0
    licences: tuple[LicenceClass, ...] = tuple(LicenceClass)
    output: Path | None = None
    markdown: Path | None = None
    wrong_rows: Path | None = None
    card: Path | None = None

    def __post_init__(self) -> None:
        if not self.data_dir.is_dir():
            raise ConfigError(f"there is no data folder {self.data_dir}")
        if self.max_rows is not None and self.max_rows < 1:
            raise ConfigError(f"max_rows must be at least 1, got {self.max_rows}")
        for path in (self.output, self.markdown, self.wrong_rows):
            if path is not None and not path.parent.is_dir():
                raise ConfigError(f"cannot write {path}: there is no folder {path.parent}")


def select_recipes(options: EvaluationOptions) -> tuple[Recipe, ...]:
    """Return the recipes asked for, or all whose data is there; sets made by rule only if asked.

    Raises:
        ConfigError: If none is left.
    """
    if options.recipes:
        return tuple(get_recipe(name) for name in options.recipes)
    found = tuple(
        recipe
        for recipe in map(get_recipe, recipe_names())
        if recipe.licence_class in options.licences
        and recipe.make is None
        and has_split(recipe, options.data_dir, options.split)
    )
    if not found:
        raise ConfigError(
            f"{options.data_dir} holds no {options.split} split of a known data set "
            f"({', '.join(recipe_names())})"
        )
    return found


def evaluate(
    model: str,
    aligner: Predictor,
    options: EvaluationOptions,
    *,
    progress: Callable[[str], Progress | None] | None = None,
) -> EvaluationReport:
    """Evaluate a model on each data set in turn, and keep what was asked for.

    Args:
        model: What to call the model in the report.
        aligner: The model.
        options: Data sets, split, and files to write.
        progress: Given a recipe's name, returns the callback for its pairs.

    Returns:
        The figures beside their baselines.
    """
    results = _evaluate_all(select_recipes(options), aligner, options, progress)
    report = EvaluationReport(
        model=model,
        backend=repr(aligner),
        data_dir=str(options.data_dir),
        results=tuple(results),
    )
    _save(report, options)
    return report


def _evaluate_all(
    recipes: Sequence[Recipe],
    aligner: Predictor,
    options: EvaluationOptions,
    progress: Callable[[str], Progress | None] | None,
) -> Iterator[EvaluationResult]:
    for recipe in recipes:
        yield evaluate_recipe(
            aligner,
            recipe,
            options.data_dir,
            split=options.split,
            max_rows=options.max_rows,
            seed=options.seed,
            progress=progress(recipe.name) if progress is not None else None,
        )


def _save(report: EvaluationReport, options: EvaluationOptions) -> None:
    if options.output is not None:
        save_report(report, options.output)
    if options.markdown is not None:
        write_text_atomically(options.markdown, report.to_markdown())
    if options.wrong_rows is not None:
        save_wrong_examples(report.results, options.wrong_rows)
    if options.card is not None:
        card = insert_figures(options.card.read_text(encoding="utf-8"), _card_figures(report))
        write_text_atomically(options.card, card)


def _card_figures(report: EvaluationReport) -> str:
    """Return the table with what a reader must know of it."""
    splits = ", ".join(sorted({result.split for result in report.results}))
    seeds = ", ".join(sorted({str(result.seed) for result in report.results}))
    return (
        f"On the {splits} splits, with {report.backend}. Accuracies in percent, correlations from "
        f"-1 to 1, 95 % bootstrap intervals (seed {seeds}). Majority: the commonest answer; "
        f"overlap: the share of the claim's words that the context has.\n\n{report.to_markdown()}"
    )
