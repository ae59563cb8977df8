"""SQuAD 1.1 as answer verification: every question has an answer in its paragraph.

The gold answer is aligned, a span of the same type from the same paragraph is not.
"""

from typing import Final

from concord.alignment import Head
from concord.data.answers import SPANS, cast_answers
from concord.data.nested_files import json_file, squad_layout
from concord.data.recipe import Family, LicenceClass, Metric, Recipe
from concord.data.sources import build_sources
from concord.data.synthetic.number_bounds import build_bounds_recipe, cast_bounded_sentence
from concord.data.synthetic.passage_sentences import build_sentence_recipe

SQUAD_V1: Final = Recipe(
    name="squad_v1",
    title="SQuAD 1.1, answer verification",
    source="https://rajpurkar.github.io/SQuAD-explorer/",
    citation="Rajpurkar et al., SQuAD: 100,000+ Questions for Machine Comprehension of Text, "
    "EMNLP 2016",
    licence="CC BY-SA 4.0",
    licence_class=LicenceClass.OPEN,
    family=Family.QA,
    head=Head.BINARY,
    metric=Metric.ACCURACY,
    folder="squad_v1_sample",
    sources=build_sources(
        train=[json_file("train-v1.1.json")],
        validation=[json_file("dev-v1.1.json")],
    ),
    layouts=(SPANS, squad_layout("context", is_answered=True)),
    cast=cast_answers,
)

SQUAD_V1_SENTENCES: Final = build_sentence_recipe(SQUAD_V1, "SQuAD 1.1")
SQUAD_V1_BOUNDS: Final = build_bounds_recipe(SQUAD_V1, "SQuAD 1.1", cast_bounded_sentence)
