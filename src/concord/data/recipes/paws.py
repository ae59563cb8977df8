"""PAWS: sentence pairs with nearly the same words, and the same meaning or not."""

from typing import Final

from concord.alignment import Head
from concord.data.casting import PAIR, cast_pair
from concord.data.recipe import Family, Layout, LicenceClass, Metric, Recipe
from concord.data.sources import SourceFile, build_sources

RECIPE: Final = Recipe(
    name="paws",
    title="Paraphrase Adversaries from Word Scrambling, PAWS-Wiki labelled (final)",
    source="https://github.com/google-research-datasets/paws",
    citation="Zhang et al., PAWS: Paraphrase Adversaries from Word Scrambling, NAACL 2019",
    licence="free use with attribution (Google); CC BY-SA (Wikipedia)",
    licence_class=LicenceClass.OPEN,
    family=Family.PARAPHRASE,
    head=Head.BINARY,
    metric=Metric.ACCURACY,
    folder="paws",
    sources=build_sources(
        train=[SourceFile("train.tsv")],
        validation=[SourceFile("dev.tsv")],
        test=[SourceFile("test.tsv")],
    ),
    layouts=(
        PAIR,
        Layout({"id": "id", "context": "sentence1", "claim": "sentence2", "label": "label"}),
    ),
    labels={"0": 0, "1": 1},
    cast=cast_pair,
)
