"""ConjNLI: inference that turns on "and", "or", "but" and "nor"."""

from typing import Final

from concord.alignment import Head
from concord.data.casting import ENTAILMENT_CLASSES, PAIR, cast_pair
from concord.data.recipe import Family, Layout, LicenceClass, Metric, Recipe
from concord.data.sources import SourceFile, build_sources

RECIPE: Final = Recipe(
    name="conjnli",
    title="ConjNLI (training split: the authors' automatic adversarial one)",
    source="https://github.com/swarnaHub/ConjNLI",
    citation="Saha et al., ConjNLI: Natural Language Inference Over Conjunctive Sentences, "
    "EMNLP 2020",
    licence="MIT",
    licence_class=LicenceClass.OPEN,
    family=Family.NLI,
    head=Head.THREE_WAY,
    metric=Metric.ACCURACY,
    folder="conjnli",
    sources=build_sources(
        train=[SourceFile("adversarial_train_15k.tsv")],
        validation=[SourceFile("conj_dev.tsv")],
    ),
    layouts=(
        PAIR,
        Layout({"context": "Premise", "claim": "Hypothesis", "label": "Label"}),
    ),
    labels=ENTAILMENT_CLASSES,
    cast=cast_pair,
)
