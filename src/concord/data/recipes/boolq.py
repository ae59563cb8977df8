"""BoolQ: yes/no questions that people asked, with a passage that answers them."""

from collections.abc import Iterator, Mapping
from typing import Final

from concord.alignment import Head
from concord.data.answers import YES_NO, cast_yes_no
from concord.data.casting import TRUE_OR_FALSE
from concord.data.readers import Row
from concord.data.recipe import Family, Layout, LicenceClass, Metric, Recipe
from concord.data.sources import build_sources
from concord.data.synthetic.number_bounds import build_bounds_recipe, cast_bounded_sentence
from concord.data.synthetic.passage_sentences import build_sentence_recipe


def _titled(row: Row) -> Iterator[Mapping[str, object]]:
    """Put the title before the passage, as the uniform format and SuperGLUE do."""
    title, passage = row.text("title"), row.text("passage")
    prefix = "" if passage.startswith(f"{title} -- ") else f"{title} -- "
    yield {
        "context": prefix + passage,
        "question": row.text("question"),
        "label": row.value("answer"),
    }


BOOLQ: Final = Recipe(
    name="boolq",
    title="BoolQ",
    source="https://github.com/google-research-datasets/boolean-questions",
    citation="Clark et al., BoolQ: Exploring the Surprising Difficulty of Natural Yes/No "
    "Questions, NAACL 2019",
    licence="CC BY-SA 3.0",
    licence_class=LicenceClass.OPEN,
    family=Family.QA,
    head=Head.BINARY,
    metric=Metric.OPTION_ACCURACY,
    folder="boolq",
    sources=build_sources(),  # the release uses the uniform layout's file names
    layouts=(
        YES_NO,
        Layout(
            {"title": "title", "context": "passage", "question": "question", "label": "answer"},
            unfold=_titled,
        ),
        Layout({"id": "idx", "context": "passage", "question": "question", "label": "label"}),
    ),
    labels=TRUE_OR_FALSE,
    cast=cast_yes_no,
)

BOOLQ_SENTENCES: Final = build_sentence_recipe(BOOLQ, "BoolQ")
BOOLQ_BOUNDS: Final = build_bounds_recipe(BOOLQ, "BoolQ", cast_bounded_sentence)
