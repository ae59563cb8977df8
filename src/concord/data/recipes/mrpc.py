"""MRPC: sentence pairs from news stories, paraphrases or not."""

from typing import Final

from concord.alignment import Head
from concord.data.casting import PAIR, cast_pair
from concord.data.readers import FileFormat
from concord.data.recipe import Family, Layout, LicenceClass, Metric, Recipe
from concord.data.sources import SourceFile, build_sources

RECIPE: Final = Recipe(
    name="mrpc",
    title="Microsoft Research Paraphrase Corpus",
    source="https://www.microsoft.com/en-us/download/details.aspx?id=52398",
    citation="Dolan and Brockett, Automatically Constructing a Corpus of Sentential "
    "Paraphrases, IWP 2005",
    licence="Microsoft Research Shared Source licence; research use",
    licence_class=LicenceClass.NONCOMMERCIAL,
    family=Family.PARAPHRASE,
    head=Head.BINARY,
    metric=Metric.ACCURACY,
    folder="mrpc",
    sources=build_sources(
        train=[SourceFile("msr_paraphrase_train.txt", FileFormat.TSV), SourceFile("train.tsv")],
        validation=[SourceFile("dev.tsv")],
        test=[SourceFile("msr_paraphrase_test.txt", FileFormat.TSV)],
    ),
    layouts=(
        PAIR,
        Layout({"context": "#1 String", "claim": "#2 String", "label": "Quality"}),
        Layout({"context": "sentence1", "claim": "sentence2", "label": "label"}),
    ),
    labels={"0": 0, "1": 1},
    cast=cast_pair,
)
