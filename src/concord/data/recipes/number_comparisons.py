"""Comparisons of numbers: made by rule, so that there is no file to fetch."""

from typing import Final

from concord.alignment import Head
from concord.data.casting import ENTAILMENT_CLASSES, PAIR, cast_pair
from concord.data.recipe import Family, LicenceClass, Metric, Recipe
from concord.data.sources import Split
from concord.data.synthetic.number_comparisons import make_comparisons

RECIPE: Final = Recipe(
    name="number_comparisons",
    title="Comparisons of numbers",
    source="made by rule: concord.data.synthetic.number_comparisons",
    citation="Made by rule, without a publication.",
    licence="Apache 2.0, as concord",
    licence_class=LicenceClass.OPEN,
    family=Family.NLI,
    head=Head.THREE_WAY,
    metric=Metric.ACCURACY,
    folder="number_comparisons",
    sources=dict.fromkeys(Split, ()),
    layouts=(PAIR,),
    labels=ENTAILMENT_CLASSES,
    cast=cast_pair,
    make=make_comparisons,
)
