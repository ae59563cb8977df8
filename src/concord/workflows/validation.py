"""What a model scores on validation examples while it is trained, and the thresholds it gets."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from concord.alignment import ALIGNED, AlignmentExample, AlignmentScores, Head, compute_scores
from concord.artifact import AlignmentSettings
from concord.data.recipe import Recipe, Split, has_split, read_examples
from concord.data.recipes import get_recipe
from concord.evaluation.metrics import choose_threshold, option_hits, pearson
from concord.evaluation.runner import decide
from concord.model import AlignmentModel
from concord.text.batches import build_token_batch, fit_context, token_budget_batches
from concord.text.tokenizer import PairTokenizer, TokenIds


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidationOptions:
    """Which validation examples are scored during a run.

    Attributes:
        recipes: Names of recipes; None takes those that are trained on and have a validation
            split.
        max_rows: Rows of each, the first ones.
        max_batch_tokens: Bound on a batch's pairs times its longest pair.
    """

    recipes: tuple[str, ...] | None = None
    max_rows: int | None = 1000
    max_batch_tokens: int = 4096


class Validator:
    """Holds tokenized validation examples and measures models on them.

    Args:
        options: Which examples.
        data_dir: Where the data sets' folders lie.
        trained: Names of the recipes that are trained on.
        model: Gives the tokenizer and the window.
    """

    def __init__(
        self,
        options: ValidationOptions,
        data_dir: Path,
        trained: Sequence[str],
        model: AlignmentModel,
    ) -> None:
        names = trained if options.recipes is None else options.recipes
        recipes = [get_recipe(name) for name in names]
        self.recipes = [
            recipe for recipe in recipes if has_split(recipe, data_dir, Split.VALIDATION)
        ]
        self._options = options
        self._examples: dict[str, list[AlignmentExample]] = {
            recipe.name: list(
                read_examples(recipe, data_dir, Split.VALIDATION, max_rows=options.max_rows)
            )
            for recipe in self.recipes
        }
        self._pairs = {
            name: _tokenize(examples, model.tokenizer, model.settings.max_tokens)
            for name, examples in self._examples.items()
        }

    def validate(self, model: AlignmentModel) -> dict[str, float]:
        """Return each recipe's metric as "recipe/metric", and their "mean"."""
        values = {
            f"{recipe.name}/{recipe.metric}": _compute_metric(
                recipe, self._examples[recipe.name], self._score(model, recipe.name)
            )
            for recipe in self.recipes
        }
        return {**values, "mean": float(np.mean(list(values.values())))}

    def with_thresholds(self, model: AlignmentModel) -> AlignmentSettings:
        """Return the settings with the thresholds of best balanced accuracy, head by head."""
        thresholds = dict(model.settings.thresholds)
        for head in (Head.BINARY, Head.THREE_WAY):
            names = [recipe.name for recipe in self.recipes if recipe.head is head]
            if not names:
                continue
            scores = [self._score(model, name).aligned(head) for name in names]
            right = 1 if head is Head.BINARY else ALIGNED
            targets = [[each.target == right for each in self._examples[n]] for n in names]
            joined = np.concatenate(targets).astype(np.float64)
            if 0 < joined.sum() < len(joined):
                found = choose_threshold(np.concatenate(scores).astype(np.float64), joined)
                thresholds[head.value] = round(float(found.value), 4)
        return replace(model.settings, thresholds=thresholds)

    def _score(self, model: AlignmentModel, name: str) -> AlignmentScores:
        pairs = self._pairs[name]
        tokenizer = model.tokenizer
        special = tokenizer.template.num_special_tokens
        lengths = np.array([len(a) + len(b) + special for a, b in pairs], dtype=np.int64)
        order = np.argsort(lengths, kind="stable")
        logits = np.empty((len(pairs), 6), dtype=np.float32)
        device = next(model.parameters()).device
        with torch.inference_mode():
            for rows in token_budget_batches(
                lengths, order, max_batch_tokens=self._options.max_batch_tokens
            ):
                batch = build_token_batch(
                    [pairs[row] for row in rows], tokenizer.template, tokenizer.pad_id
                )
                tensors = (batch.input_ids, batch.attention_mask, batch.token_type_ids)
                outputs = model(*(torch.from_numpy(array).to(device) for array in tensors))
                logits[rows] = outputs.float().cpu().numpy()
        return compute_scores(logits)


def _tokenize(
    examples: Sequence[AlignmentExample], tokenizer: PairTokenizer, max_tokens: int
) -> list[tuple[TokenIds, TokenIds]]:
    contexts = tokenizer.token_ids([each.context for each in examples])
    claims = tokenizer.token_ids([each.claim for each in examples])
    capacity = max_tokens - tokenizer.template.num_special_tokens
    pairs = []
    for context, claim in zip(contexts, claims, strict=True):
        kept_claim = claim[:capacity]
        kept = fit_context(len(context), len(kept_claim), capacity=capacity)
        pairs.append((context[:kept], kept_claim))
    return pairs


def _compute_metric(
    recipe: Recipe, examples: Sequence[AlignmentExample], scores: AlignmentScores
) -> float:
    targets = np.array([each.target for each in examples], dtype=np.float64)
    match recipe.metric:
        case "option_accuracy":
            aligned = scores.aligned(recipe.head).astype(np.float64)
            groups = [each.group or str(row) for row, each in enumerate(examples)]
            return float(option_hits(aligned, targets, groups).mean())
        case "pearson":
            return pearson(scores.aligned(recipe.head).astype(np.float64), targets)
        case _:
            return float(np.mean(decide(scores, recipe.head) == targets))
