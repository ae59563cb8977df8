"""Comparisons of numbers: made by rule, so that there is no file to fetch."""

from collections.abc import Callable, Iterator
from typing import Final

from concord.alignment import Head
from concord.data.casting import ENTAILMENT_CLASSES, PAIR, cast_pair
from concord.data.recipe import Family, LicenceClass, Metric, Recipe
from concord.data.sources import Split
from concord.data.synthetic.number_comparisons import make_comparisons
from concord.data.synthetic.number_lists import make_list_comparisons


def _build(name: str, title: str, make: Callable[[Split], Iterator[dict[str, object]]]) -> Recipe:
    return Recipe(
        name=name,
        title=title,
        source=f"made by rule: concord.data.synthetic.{name}",
        citation="Made by rule, without a publication.",
        licence="Apache 2.0, as concord",
        licence_class=LicenceClass.OPEN,
        family=Family.NLI,
        head=Head.THREE_WAY,
        metric=Metric.ACCURACY,
        folder=name,
        sources=dict.fromkeys(Split, ()),
        layouts=(PAIR,),
        labels=ENTAILMENT_CLASSES,
        cast=cast_pair,
        make=make,
    )


NUMBER_COMPARISONS: Final = _build("number_comparisons", "Comparisons of numbers", make_comparisons)
NUMBER_LISTS: Final = _build(
    "number_lists", "Comparisons of one or two of several numbers", make_list_comparisons
)
