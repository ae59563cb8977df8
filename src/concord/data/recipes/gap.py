"""GAP: whom an ambiguous pronoun refers to, two names from the same passage to choose from.

The claim is the pronoun's sentence with the pronoun replaced by a name. Some pronouns refer to
neither name; such questions train the head, and accuracy over options leaves them out.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from concord.alignment import AlignmentExample, Head
from concord.data.casting import TRUE_OR_FALSE
from concord.data.readers import Row
from concord.data.recipe import Family, Layout, LicenceClass, Metric, Recipe, Record, Skipped
from concord.data.sources import SourceFile, build_sources
from concord.text.sentences import split_sentences

_PRONOUN: Final = r"he|she|him|her|his|hers|they|them|their|theirs|it|its"
_MARKED: Final = re.compile(rf"_({_PRONOUN})_", re.IGNORECASE)
_ASKED: Final = re.compile(rf"[\"_'\u201c]({_PRONOUN})[\"_'\u201d]", re.IGNORECASE)
_ALWAYS_POSSESSIVE: Final = frozenset({"his", "hers", "its", "their", "theirs"})
_NEXT_WORD: Final = re.compile(r"\s+([\w'-]+)")
# After one of these, "her" is an object: "met her in", not "her house".
_OBJECT_FOLLOWERS: Final = """
    a about after again against all along alone also although always an and as at away back
    because before behind but by down during every for from had has he here how if in into is it
    just later near not now of off on once or out over she since so some that the their then there
    they this though through to together too until up upon was were what when where which while
    who why with within without
"""
_NEVER_POSSESSED: Final = frozenset(_OBJECT_FOLLOWERS.split())


def _candidates(row: Row) -> Iterator[Mapping[str, object]]:
    """Unfold a row of the release, which gives both names and the pronoun's offset."""
    text, pronoun, offset = row.text("Text"), row.text("Pronoun"), row.text("Pronoun-offset")
    start = int(offset) if offset.isdecimal() else -1
    if start < 0 or text[start : start + len(pronoun)] != pronoun:
        raise row.error(f"the pronoun '{pronoun}' does not stand at Pronoun-offset {offset}")
    for name in ("A", "B"):
        yield {
            "id": f"{row.text('ID')}-{name}",
            "context": f"{text[:start]}_{pronoun}_{text[start + len(pronoun) :]}",
            "question": "",
            "answer": row.text(name),
            "label": row.text(f"{name}-coref"),
        }


def cast_candidate(record: Record) -> Iterator[AlignmentExample | Skipped]:
    """Yield the pronoun's sentence with the candidate in the pronoun's place."""
    found = find_pronoun(record.text("context"), record.text("question"))
    if found is None:
        yield Skipped("the pronoun asked for cannot be told from others like it")
        return
    context, start, end = found
    sentences = split_sentences(context)
    sentence = next((span for span in sentences if span.start <= start < span.end), None)
    first, last = sentence if sentence is not None else (0, len(context))
    name = record.text("answer") + ("'s" if _is_possessive(context, start, end) else "")
    yield AlignmentExample(
        context=context,
        claim=context[first:start] + name + context[end:last],
        head=Head.BINARY,
        target=record.target(),
        group=f"{record.recipe.name}/{re.sub(r'-[AB]$', '', record.key)}",
    )


def find_pronoun(marked: str, question: str) -> tuple[str, int, int] | None:
    """Return a passage without its mark, and where the pronoun in question stands.

    The pronoun is marked as `_her_` in the passage, or named so in the question; then it must
    be the only one of its kind.
    """
    match = _MARKED.search(marked)
    if match is not None:
        before, pronoun, after = marked[: match.start()], match[1], marked[match.end() :]
        glue = " " if after[:1].isalnum() else ""  # some rows have "_he_could"
        start = len(before)
        return f"{before}{pronoun}{glue}{after}", start, start + len(pronoun)
    asked = _ASKED.search(question)
    places = list(re.finditer(rf"\b{asked[1]}\b", marked)) if asked is not None else []
    return (marked, *places[0].span()) if len(places) == 1 else None


def _is_possessive(context: str, start: int, end: int) -> bool:
    pronoun = context[start:end].lower()
    if pronoun != "her":
        return pronoun in _ALWAYS_POSSESSIVE
    following = _NEXT_WORD.match(context, end)
    return following is not None and following[1].lower() not in _NEVER_POSSESSED


RECIPE: Final = Recipe(
    name="gap",
    title="Gendered Ambiguous Pronouns",
    source="https://github.com/google-research-datasets/gap-coreference",
    citation="Webster et al., Mind the GAP: A Balanced Corpus of Gendered Ambiguous Pronouns, "
    "TACL 2018",
    licence="Apache 2.0; CC BY-SA 3.0 (Wikipedia)",
    licence_class=LicenceClass.OPEN,
    family=Family.COREFERENCE,
    head=Head.BINARY,
    metric=Metric.OPTION_ACCURACY,
    folder="gap",
    sources=build_sources(
        train=[SourceFile("gap-development.tsv")],  # the release trains on its development file
        validation=[SourceFile("gap-validation.tsv")],
        test=[SourceFile("gap-test.tsv")],
    ),
    layouts=(
        Layout(
            {
                "id": "id",
                "context": "context",
                "question": "question",
                "answer": "answer",
                "label": "label",
            }
        ),
        Layout(
            {
                "text": "Text",
                "pronoun": "Pronoun",
                "offset": "Pronoun-offset",
                "a": "A",
                "b": "B",
                "a_label": "A-coref",
                "b_label": "B-coref",
            },
            unfold=_candidates,
        ),
    ),
    labels=TRUE_OR_FALSE,
    cast=cast_candidate,
)
