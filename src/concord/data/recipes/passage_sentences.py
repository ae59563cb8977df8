"""Sentences of Wikipedia passages that came with questions: said there, or taken out."""

from dataclasses import replace
from typing import Final

from concord.alignment import Head
from concord.data.recipe import Family, Metric, Recipe
from concord.data.recipes.boolq import RECIPE as BOOLQ
from concord.data.recipes.squad_v1 import RECIPE as SQUAD_V1
from concord.data.synthetic.passage_sentences import cast_sentence


def _sentences_of(recipe: Recipe, title: str) -> Recipe:
    return replace(
        recipe,
        name=f"{recipe.name}_sentences",
        title=f"{title}, sentences of its passages",
        family=Family.CONSISTENCY,
        head=Head.THREE_WAY,
        metric=Metric.ACCURACY,
        labels={},
        cast=cast_sentence,
    )


BOOLQ_SENTENCES: Final = _sentences_of(BOOLQ, "BoolQ")
SQUAD_V1_SENTENCES: Final = _sentences_of(SQUAD_V1, "SQuAD 1.1")
