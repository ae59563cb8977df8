"""VitaminC: claims against revisions of Wikipedia that differ in the fact that decides."""

from typing import Final

from concord.alignment import Head
from concord.data.casting import PAIR, VERDICT_CLASSES, cast_pair
from concord.data.recipe import Family, Layout, LicenceClass, Metric, Recipe
from concord.data.sources import build_sources
from concord.data.synthetic.number_bounds import build_bounds_recipe, cast_bounded_pair

VITAMINC: Final = Recipe(
    name="vitaminc",
    title="VitaminC",
    source="https://github.com/TalSchuster/VitaminC",
    citation="Schuster et al., Get Your Vitamin C! Robust Fact Verification with Contrastive "
    "Evidence, NAACL 2021",
    licence="CC BY-SA 3.0 (Wikipedia), annotations with MIT code",
    licence_class=LicenceClass.OPEN,
    family=Family.FACT_CHECKING,
    head=Head.THREE_WAY,
    metric=Metric.ACCURACY,
    folder="vitaminc",
    sources=build_sources(),  # the release uses the uniform layout's file names
    layouts=(
        PAIR,
        Layout({"id": "unique_id", "context": "evidence", "claim": "claim", "label": "label"}),
    ),
    labels=VERDICT_CLASSES,
    cast=cast_pair,
)
VITAMINC_BOUNDS: Final = build_bounds_recipe(VITAMINC, "VitaminC", cast_bounded_pair)
