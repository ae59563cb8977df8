"""FEVER: claims with their evidence sentences from Wikipedia."""

from typing import Final

from concord.alignment import Head
from concord.data.casting import PAIR, VERDICT_CLASSES, cast_pair
from concord.data.recipe import Family, Layout, LicenceClass, Metric, Recipe
from concord.data.sources import SourceFile, build_sources
from concord.data.synthetic.number_bounds import build_bounds_recipe, cast_bounded_pair

FEVER: Final = Recipe(
    name="fever",
    title="FEVER, claims paired with evidence (NLI-FEVER)",
    source="https://github.com/easonnie/combine-FEVER-NSMN",
    citation="Thorne et al., FEVER: a large-scale dataset for Fact Extraction and VERification, "
    "NAACL 2018; Nie et al., AAAI 2019",
    licence="CC BY-SA 3.0",
    licence_class=LicenceClass.OPEN,
    family=Family.FACT_CHECKING,
    head=Head.THREE_WAY,
    metric=Metric.ACCURACY,
    folder="fever",
    sources=build_sources(
        train=[SourceFile("train_fitems.jsonl")],
        validation=[SourceFile("dev_fitems.jsonl")],
        test=[SourceFile("test_fitems.jsonl")],
    ),
    layouts=(
        PAIR,
        Layout({"id": "cid", "context": "context", "claim": "query", "label": "label"}),
    ),
    labels=VERDICT_CLASSES,
    cast=cast_pair,
)
FEVER_BOUNDS: Final = build_bounds_recipe(FEVER, "FEVER", cast_bounded_pair)
