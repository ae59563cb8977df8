"""Labelled pairs that are changed: which are drawn, and what a system answers to them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from concord.alignment import ALIGNED, AlignmentExample, Head
from concord.data.examples import has_split, read_examples
from concord.data.recipe import Recipe, Split
from concord.evaluation.metrics import Vector
from concord.evaluation.runner import Answers, Predictor


@dataclass(frozen=True, slots=True)
class PairAnswers:
    """What a system says of pairs.

    Attributes:
        degrees: How far each claim is called aligned, in [0, 1], shape ``(pairs,)``.
        decisions: As the head's targets have it, shape ``(pairs,)``.
        is_aligned: Whether the claim is called aligned, shape ``(pairs,)``.
    """

    degrees: Vector
    decisions: Vector
    is_aligned: NDArray[np.bool_]

    def at(self, places: Sequence[int]) -> Self:
        """Return the answers to some of the pairs."""
        chosen = np.array(places, dtype=np.int64)
        return replace(
            self,
            degrees=self.degrees[chosen],
            decisions=self.decisions[chosen],
            is_aligned=self.is_aligned[chosen],
        )


def is_aligned(example: AlignmentExample) -> bool:
    """Tell whether a pair with a class for a label is aligned."""
    return example.target == (ALIGNED if example.head is Head.THREE_WAY else 1)


def sample_examples(
    recipe: Recipe, data_dir: Path, *, max_rows: int | None, seed: int = 0
) -> list[AlignmentExample]:
    """Return some examples of the test split, or of the validation split where there is no test.

    Args:
        recipe: The data set.
        data_dir: Where the data sets' folders lie.
        max_rows: How many to draw; all unless given.
        seed: Decides which.
    """
    split = Split.TEST if has_split(recipe, data_dir, Split.TEST) else Split.VALIDATION
    examples = list(read_examples(recipe, data_dir, split))
    if max_rows is None or len(examples) <= max_rows:
        return examples
    drawn = np.random.default_rng(seed).choice(len(examples), size=max_rows, replace=False)
    return [examples[place] for place in sorted(drawn.tolist())]


def ask(
    system: Predictor, recipe: Recipe, contexts: Sequence[str], claims: Sequence[str]
) -> PairAnswers:
    """Return a system's answers in the way in which a data set is judged, long texts split or not.

    A claim counts as aligned where that is the likeliest class, or its degree is above one half.
    """
    if not contexts:
        nothing = np.zeros(0)
        return PairAnswers(nothing, nothing, np.zeros(0, dtype=np.bool_))
    if recipe.is_judged_split:
        head = (recipe.judged_head or recipe.head).value
        answers = Answers.from_degrees(recipe, system.score(contexts, claims, head=head))
    else:
        answers = Answers.from_scores(recipe, system.predict(contexts, claims))
    aligned = ALIGNED if recipe.head is Head.THREE_WAY else 1
    return PairAnswers(answers.degrees, answers.decisions, answers.decisions == aligned)
