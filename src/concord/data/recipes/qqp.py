"""QQP: questions asked on Quora, duplicates or not."""

from typing import Final

from concord.alignment import Head
from concord.data.casting import PAIR, cast_pair
from concord.data.recipe import Family, Layout, LicenceClass, Metric, Recipe
from concord.data.sources import SourceFile, build_sources

RECIPE: Final = Recipe(
    name="qqp",
    title="Quora Question Pairs",
    source="https://gluebenchmark.com/tasks",
    citation="Iyer et al., First Quora Dataset Release: Question Pairs, 2017",
    licence="Quora terms of service; non-commercial",
    licence_class=LicenceClass.NONCOMMERCIAL,
    family=Family.PARAPHRASE,
    head=Head.BINARY,
    metric=Metric.ACCURACY,
    folder="qqp",
    sources=build_sources(
        train=[SourceFile("train.tsv")],
        validation=[SourceFile("dev.tsv")],
        extra_train=[SourceFile("train_extra_positives.jsonl")],
    ),
    layouts=(
        PAIR,
        Layout(
            {
                "id": "id",
                "context": "question1",
                "claim": "question2",
                "label": "is_duplicate",
            }
        ),
    ),
    labels={"0": 0, "1": 1},
    cast=cast_pair,
)
