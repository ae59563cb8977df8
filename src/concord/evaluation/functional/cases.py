"""Rows of functional tests: what each case says, and which test it belongs to."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final, TypeAlias

from concord.data.readers import Row
from concord.data.sources import Split, build_sources, find_sources
from concord.errors import DataError
from concord.text.words import words_of


class TestKind(StrEnum):
    """What is expected of a test's answers (Ribeiro et al., "CheckList", ACL 2020)."""

    __test__ = False  # no class of tests, whatever its name

    MFT = "MFT"
    """Minimum functionality: each case has a right answer."""
    INV = "INV"
    """Invariance: a change of the input must not change the answer."""
    DIR = "DIR"
    """Direction: a change of the input may move the answer one way only."""


Label: TypeAlias = str | int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One input of a functional test.

    Attributes:
        row: Its line in the file.
        functionality: The test.
        capability: The class that the test belongs to.
        kind: What is expected.
        description: What the test's authors say of it.
        group: Cases of one group were made of one input, which is variant 0.
        variant: The number within the group.
        label: The right answer, where there is one.
        texts: By column; a single text, or two.
        target: Whom a text speaks of, where that is noted.
    """

    row: int
    functionality: str
    capability: str
    kind: TestKind
    description: str = ""
    group: str
    variant: int = 0
    label: Label = None
    texts: Mapping[str, str]
    target: str = ""


@dataclass(frozen=True, slots=True)
class FunctionalData:
    """A file of functional tests.

    Attributes:
        name: Its folder within a data directory.
        title: What people call it.
        texts: The columns that hold texts.
        labels: The labels that cases may have; empty where the label is a text of its own.
        licence_class: What its licence allows.
    """

    name: str
    title: str
    texts: tuple[str, ...]
    labels: tuple[Label, ...] = ()
    licence_class: str = "open"  # CC BY 4.0 of HateCheck, MIT of CheckList


HATECHECK: Final = FunctionalData("hatecheck", "HateCheck", ("text",), ("hateful", "non-hateful"))
CHECKLIST_SENTIMENT: Final = FunctionalData(
    "checklist_sentiment", "CheckList: sentiment", ("text",), (None, 0, 1, 2)
)
CHECKLIST_QQP: Final = FunctionalData(
    "checklist_qqp", "CheckList: duplicate questions", ("text_a", "text_b"), (None, 0, 1)
)
CHECKLIST_SQUAD: Final = FunctionalData(
    "checklist_squad", "CheckList: answers in a passage", ("context", "question")
)
FUNCTIONAL_DATA: Final = (HATECHECK, CHECKLIST_SENTIMENT, CHECKLIST_QQP, CHECKLIST_SQUAD)

_SOURCES: Final = build_sources()
_CHECKLIST_COLUMNS: Final = words_of("functionality capability type group variant label")


def find_cases(data: FunctionalData, data_dir: Path) -> Path | None:
    """Return the file of the tests in a data directory, or None where it is not there."""
    found = find_sources(data_dir / data.name, _SOURCES[Split.TEST])
    return found[0][0] if found else None


def read_cases(data: FunctionalData, data_dir: Path) -> Iterator[Case]:
    """Stream the cases of a file in its order.

    Args:
        data: Which tests.
        data_dir: Where the data sets' folders lie.

    Yields:
        The cases.

    Raises:
        DataError: If the file is not there, or a row lacks a column, a text or a known label.
    """
    found = find_sources(data_dir / data.name, _SOURCES[Split.TEST])
    if not found:
        raise DataError(
            f"{data.name}: there is no test.jsonl (plain or .gz) in {data_dir / data.name}; put "
            "the tests there, a JSON object a line"
        )
    for path, source in found:
        for row in source.read(path):
            yield _hatecheck_case(row, data) if data is HATECHECK else _checklist_case(row, data)


def group_cases(cases: Sequence[Case]) -> dict[str, dict[str, list[int]]]:
    """Return the places of cases by functionality and then by group, in the order of the cases."""
    places: dict[str, dict[str, list[int]]] = {}
    for place, case in enumerate(cases):
        places.setdefault(case.functionality, {}).setdefault(case.group, []).append(place)
    return places


def _checklist_case(row: Row, data: FunctionalData) -> Case:
    missing = [column for column in _CHECKLIST_COLUMNS if column not in row.fields]
    if missing:
        raise row.error(
            f"{data.name} needs the columns {', '.join((*_CHECKLIST_COLUMNS, *data.texts))}; "
            f"found {', '.join(row.fields)}"
        )
    kind, variant = row.text("type"), row.value("variant")
    if kind not in set(TestKind):
        raise row.error(f"type {kind!r} is not one of {', '.join(TestKind)}")
    if not isinstance(variant, int) or variant < 0:
        raise row.error(f"variant {variant!r} is not a number from 0")
    description = row.fields.get("description")
    return Case(
        row=row.number,
        functionality=row.text("functionality"),
        capability=row.text("capability"),
        kind=TestKind(kind),
        description=description.strip() if isinstance(description, str) else "",
        group=row.text("group"),
        variant=variant,
        label=_label(row, data),
        texts={column: row.text(column) for column in data.texts},
    )


def _hatecheck_case(row: Row, data: FunctionalData) -> Case:
    functionality = row.text("functionality")
    if functionality not in HATECHECK_TESTS:
        raise row.error(
            f"functionality {functionality!r} is not one of HateCheck's "
            f"({', '.join(HATECHECK_TESTS)})"
        )
    capability, description = HATECHECK_TESTS[functionality]
    target = row.fields.get("target_ident")
    return Case(
        row=row.number,
        functionality=functionality,
        capability=capability,
        kind=TestKind.MFT,
        description=description,
        group=str(row.fields.get("templ_id") or row.number),
        label=_label(row, data),
        texts={"text": row.text("text")},
        target=target.strip() if isinstance(target, str) else "",
    )


def _label(row: Row, data: FunctionalData) -> Label:
    label = row.value("label")
    if isinstance(label, float) and label.is_integer():
        label = int(label)
    if data.labels and label in data.labels and not isinstance(label, bool):
        return label if isinstance(label, str | int) else None
    if not data.labels and (label is None or (isinstance(label, str) and label.strip())):
        return label.strip() if isinstance(label, str) else None
    known = ", ".join("null" if each is None else str(each) for each in data.labels)
    raise row.error(f"label {label!r} is not one of {known or 'a text, null'}")


HATECHECK_TESTS: Final[Mapping[str, tuple[str, str]]] = {
    "derog_neg_emote_h": ("derogation", "A strong negative feeling is voiced"),
    "derog_neg_attrib_h": ("derogation", "A very bad trait is ascribed"),
    "derog_dehum_h": ("derogation", "People are spoken of as less than human"),
    "derog_impl_h": ("derogation", "Derogation without a plain word for it"),
    "threat_dir_h": ("threats", "A direct threat"),
    "threat_norm_h": ("threats", "A threat as what should be done"),
    "slur_h": ("slurs", "A slur used to hurt"),
    "slur_homonym_nh": ("slurs", "A harmless word that is spelled like a slur"),
    "slur_reclaimed_nh": ("slurs", "A slur that people use of themselves"),
    "profanity_h": ("profanity", "Hate with profanity"),
    "profanity_nh": ("profanity", "Profanity without hate"),
    "ref_subs_clause_h": ("pronouns", "Hate by a pronoun in a later clause"),
    "ref_subs_sent_h": ("pronouns", "Hate by a pronoun in a later sentence"),
    "negate_pos_h": ("negation", "Hate by denying something good"),
    "negate_neg_nh": ("negation", "Something hateful is denied"),
    "phrase_question_h": ("phrasing", "Hate put as a question"),
    "phrase_opinion_h": ("phrasing", "Hate put as an opinion"),
    "ident_neutral_nh": ("plain mentions", "A neutral statement about a group"),
    "ident_pos_nh": ("plain mentions", "A kind statement about a group"),
    "counter_quote_nh": ("counter speech", "Hate is quoted to denounce it"),
    "counter_ref_nh": ("counter speech", "Hate is spoken of to denounce it"),
    "target_obj_nh": ("other targets", "Abuse of things"),
    "target_indiv_nh": ("other targets", "Abuse of one person, not as one of a group"),
    "target_group_nh": ("other targets", "Abuse of groups that need no protection"),
    "spell_char_swap_h": ("spelling", "Hate with neighbouring letters exchanged"),
    "spell_char_del_h": ("spelling", "Hate with a letter missing"),
    "spell_space_del_h": ("spelling", "Hate with blanks missing"),
    "spell_space_add_h": ("spelling", "Hate with blanks between letters"),
    "spell_leet_h": ("spelling", "Hate with digits for letters"),
}
"""HateCheck's 29 functionalities (R\u00f6ttger et al., ACL 2021): class, and what is tested."""
