"""What a model scores on validation examples while it is trained, and the thresholds it gets."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from concord.alignment import ALIGNED, AlignmentExample, AlignmentScores, Head
from concord.artifact import AlignmentSettings
from concord.data.evenly import spread_rows
from concord.data.examples import has_split, read_examples
from concord.data.recipe import Recipe, Split
from concord.data.recipes import get_recipe
from concord.evaluation.calibration.score_maps import fit_temperature
from concord.evaluation.metrics import choose_threshold
from concord.evaluation.runner import compute_metric
from concord.model import AlignmentModel
from concord.scoring.aligner import Aligner
from concord.scoring.backends.pytorch import TorchBackend


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidationOptions:
    """Which validation examples are scored during a run.

    Attributes:
        recipes: Names of recipes; None takes those that are trained on and have a validation
            split.
        max_rows: About how many examples of each, evenly from all; None for all of them.
        max_batch_tokens: Bound on a batch's pairs times its longest pair.
    """

    recipes: tuple[str, ...] | None = None
    max_rows: int | None = 1000
    max_batch_tokens: int = 4096


class Validator:
    """Holds validation examples and measures models on them.

    Args:
        options: Which examples.
        data_dir: Where the data sets' folders lie.
        trained: Names of the recipes that are trained on.
    """

    def __init__(self, options: ValidationOptions, data_dir: Path, trained: Sequence[str]) -> None:
        names = trained if options.recipes is None else options.recipes
        self.recipes = [
            recipe
            for recipe in map(get_recipe, names)
            if has_split(recipe, data_dir, Split.VALIDATION)
        ]
        self._options = options
        self._examples = {
            recipe.name: _read_evenly(recipe, data_dir, options.max_rows) for recipe in self.recipes
        }

    @property
    def metric_names(self) -> tuple[str, ...]:
        """What `validate` gives: each recipe's metric as "recipe/metric", and "mean"."""
        return *(_metric_name(recipe) for recipe in self.recipes), "mean"

    def validate(self, model: AlignmentModel) -> dict[str, float]:
        """Return each recipe's metric as "recipe/metric", and their "mean"."""
        values = {}
        for recipe in self.recipes:
            examples = self._examples[recipe.name]
            scores = self._score(model, examples)
            values[_metric_name(recipe)] = compute_metric(recipe, examples, scores)
        return {**values, "mean": float(np.mean(list(values.values())))}

    def calibrate(self, model: AlignmentModel) -> dict[str, float]:
        """Soften the classification heads to be as sure as they are right on these examples.

        Returns:
            The temperature of each head that has examples.
        """
        temperatures = {}
        for head in (Head.BINARY, Head.THREE_WAY):
            examples = self._examples_of(head)
            if not examples:
                continue
            targets = np.array([example.target for example in examples])
            temperature = fit_temperature(self._score(model, examples).probs(head), targets)
            model.heads.soften(head, temperature)
            temperatures[head.value] = round(temperature, 4)
        return temperatures

    def with_thresholds(self, model: AlignmentModel) -> AlignmentSettings:
        """Return the settings with the thresholds of best balanced accuracy, head by head."""
        thresholds = dict(model.settings.thresholds)
        for head, right in ((Head.BINARY, 1), (Head.THREE_WAY, ALIGNED)):
            examples = self._examples_of(head)
            is_aligned = np.array([example.target == right for example in examples], dtype=float)
            if 0 < is_aligned.sum() < len(is_aligned):
                scores = self._score(model, examples).aligned(head).astype(np.float64)
                thresholds[head.value] = round(choose_threshold(scores, is_aligned).value, 4)
        return replace(model.settings, thresholds=thresholds)

    def _examples_of(self, head: Head) -> list[AlignmentExample]:
        recipes = [recipe for recipe in self.recipes if recipe.head is head]
        return [example for recipe in recipes for example in self._examples[recipe.name]]

    def _score(
        self, model: AlignmentModel, examples: Sequence[AlignmentExample]
    ) -> AlignmentScores:
        aligner = Aligner(
            TorchBackend(model, device=str(next(model.parameters()).device)),
            model.tokenizer,
            model.settings,
            max_batch_tokens=self._options.max_batch_tokens,
        )
        return aligner.predict(
            [example.context for example in examples], [example.claim for example in examples]
        )


def _read_evenly(recipe: Recipe, data_dir: Path, most: int | None) -> list[AlignmentExample]:
    examples = list(read_examples(recipe, data_dir, Split.VALIDATION))
    if most is None:
        return examples
    return [examples[row] for row in spread_rows(examples, most)]


def _metric_name(recipe: Recipe) -> str:
    return f"{recipe.name}/{recipe.metric}"
