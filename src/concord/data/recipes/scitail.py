"""SciTail: science-exam answers as hypotheses, sentences from the web as premises."""

from typing import Final

from concord.alignment import Head
from concord.data.casting import PAIR, cast_pair
from concord.data.readers import FileFormat
from concord.data.recipe import Family, Layout, LicenceClass, Metric, Recipe
from concord.data.sources import SourceFile, build_sources

RECIPE: Final = Recipe(
    name="scitail",
    title="SciTail",
    source="https://allenai.org/data/scitail",
    citation="Khot et al., SciTail: A Textual Entailment Dataset from Science Question "
    "Answering, AAAI 2018",
    licence="Apache 2.0",
    licence_class=LicenceClass.OPEN,
    family=Family.NLI,
    head=Head.BINARY,
    metric=Metric.ACCURACY,
    folder="scitail",
    sources=build_sources(
        train=[SourceFile("snli_format/scitail_1.0_train.txt", FileFormat.JSONL)],
        validation=[SourceFile("snli_format/scitail_1.0_dev.txt", FileFormat.JSONL)],
        test=[SourceFile("snli_format/scitail_1.0_test.txt", FileFormat.JSONL)],
    ),
    layouts=(
        PAIR,
        Layout({"context": "sentence1", "claim": "sentence2", "label": "gold_label"}),
        Layout({"context": "premise", "claim": "hypothesis", "label": "label"}),
    ),
    labels={"entailment": 1, "entails": 1, "not_entailment": 0, "neutral": 0},
    cast=cast_pair,
    carve_validation=0.05,
)
