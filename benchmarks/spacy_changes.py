"""Claims with one name, number or date changed, and the same claims in other words.

Nothing here is shared with what training uses (`concord.data.synthetic`): spaCy finds what to
change, other names come from other claims, and rewordings follow spaCy's parse.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from spacy.tokens import Doc, Span, Token

NAMES: Final = frozenset({"PERSON", "ORG", "GPE", "LOC", "NORP", "FAC", "WORK_OF_ART"})
NUMBERS: Final = frozenset({"CARDINAL", "MONEY", "PERCENT", "QUANTITY"})
_DIGITS: Final = re.compile(r"\d[\d,]*(?:\.\d+)?")
_YEAR: Final = re.compile(r"\b(?:1[0-9]|20)\d\d\b")
_LAST_YEAR: Final = 2026
_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_MONTH: Final = re.compile(rf"\b(?:{'|'.join(_MONTHS)})\b")
_BOUND: Final = re.compile(
    r"\b(?:than|over|under|above|below|least|most|up to|exceed\w*|fewer|about|around|nearly|almost"
    r"|approximately|roughly|some|before|after|since|until|by|between|from|to|early|late|mid)\W*\Z",
    re.IGNORECASE,
)
_REACH: Final = 18  # characters before a figure in which a bound is looked for
_MOST_TRIED: Final = 200
_FARTHEST: Final = 0.7  # of the larger figure: nearer ones could pass for rounding


@dataclass(frozen=True, slots=True)
class Changed:
    """A claim with something changed, and what kind of thing that is."""

    kind: str
    text: str


def pool_names(claims: Iterable[Doc]) -> dict[str, list[str]]:
    """Return the names in claims by spaCy's label, each once."""
    pool: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for claim in claims:
        for entity in claim.ents:
            if entity.label_ in NAMES and entity.text[:1].isupper():
                pool[entity.label_][entity.text] = None
    return {label: list(names) for label, names in pool.items()}


def change_detail(
    claim: Doc, context: str, names: Mapping[str, list[str]], rng: np.random.Generator
) -> Changed | None:
    """Return a claim with one detail replaced by one that neither it nor the context has.

    A number or a date is preferred to a name, since most claims have names alone. Bounds and
    rough figures ("at least 5", "about 300") stay, since another figure could be as right; so do
    names of which the context has no word.
    """
    entities = [claim.ents[index] for index in rng.permutation(len(claim.ents))]
    for entity in sorted(entities, key=lambda each: each.label_ in NAMES):
        found = _replacement(entity, context, names, rng)
        if found is not None:
            kind, start, old, new = found
            text = claim.text[:start] + new + claim.text[start + len(old) :]
            return Changed(kind, text)
    return None


def _replacement(
    entity: Span, context: str, names: Mapping[str, list[str]], rng: np.random.Generator
) -> tuple[str, int, str, str] | None:
    claim, start = entity.doc.text, entity.start_char
    if entity.label_ in NAMES:
        known = any(word in context for word in re.findall(r"\w{3,}", entity.text))
        new = _other_name(entity, context, names, rng) if known else None
        return None if new is None else ("name", start, entity.text, new)
    if entity.label_ not in NUMBERS and entity.label_ != "DATE":
        return None
    is_date = entity.label_ == "DATE"
    pattern = _YEAR if is_date else _DIGITS
    figure = pattern.search(entity.text)
    if figure is not None:
        places = (start, start + figure.start())
        if any(_BOUND.search(claim[max(0, place - _REACH) : place]) for place in places):
            return None
        if figure[0] not in context:
            return None
        new = _other_figure(figure[0], f"{claim} {context}", is_year=is_date, rng=rng)
        kind = "date" if is_date else "number"
        return None if new is None else (kind, start + figure.start(), figure[0], new)
    month = _MONTH.search(entity.text) if is_date else None
    if month is None or month[0] not in context:
        return None
    free = [each for each in _MONTHS if each not in context and each not in claim]
    return ("date", start + month.start(), month[0], str(rng.choice(free))) if free else None


def _other_name(
    entity: Span, context: str, names: Mapping[str, list[str]], rng: np.random.Generator
) -> str | None:
    """Return a name of the same label and of as many words, none of which either text has."""
    taken = f"{entity.doc.text} {context}".lower()
    old: str = entity.text
    like = [name for name in names.get(entity.label_, []) if _is_like(name, old)]
    for index in rng.permutation(len(like))[:_MOST_TRIED].tolist():
        name: str = like[index]
        if not any(word.lower() in taken for word in re.findall(r"\w+", name)):
            return name
    return None


def _is_like(name: str, other: str) -> bool:
    """Whether two names have as many words, both no article, and both or neither a plural's end."""
    is_named = not any(each.lower().startswith("the ") for each in (name, other))
    is_as_long = len(name.split()) == len(other.split())
    return is_named and is_as_long and name.endswith("s") == other.endswith("s")


def _other_figure(
    written: str, texts: str, *, is_year: bool, rng: np.random.Generator
) -> str | None:
    """Return another figure with as many digits; a year lies 2 to 30 years off."""
    value = float(written.replace(",", ""))
    for _ in range(20):
        if is_year:
            new = str(int(value) + int(rng.choice([-1, 1])) * int(rng.integers(2, 31)))
            is_off = int(new) <= _LAST_YEAR
        else:
            new = "".join(
                str(rng.integers(index == 0, 10)) if each.isdigit() else each
                for index, each in enumerate(written)
            )
            other = float(new.replace(",", ""))
            is_off = min(value, other) <= _FARTHEST * max(value, other) and other > 1
        if is_off and new != written and not re.search(rf"(?<!\d){re.escape(new)}(?!\d)", texts):
            return new
    return None


_PHRASES: Final = {
    r"more than(?= \$?\d)": "over",
    r"over(?= \$?\d)": "more than",
    r"less than(?= \$?\d)": "under",
    r"under(?= \$?\d)": "less than",
    r"about(?= \$?\d)": "approximately",
    r"around(?= \$?\d)": "about",
    r"at least(?= \$?\d)": "no fewer than",
    "approximately": "roughly",
    "prior to": "before",
    "because": "since",
    "movie": "film",
    "film": "movie",
    "starred in": "had a role in",
    "received": "was given",
    "began": "started",
    "started": "began",
    "located in": "situated in",
    "worldwide": "around the world",
    "percent": "per cent",
    "nearly": "almost",
    "almost": "nearly",
    "biggest": "largest",
    "largest": "biggest",
    "passed away": "died",
    "died": "passed away",
    "purchased": "bought",
    "bought": "purchased",
    "previously": "formerly",
    "formerly": "previously",
    "currently": "at present",
    "TV": "television",
    "television": "TV",
    "song": "track",
    "created": "made",
    "whole": "entire",
    "entire": "whole",
    "grew up": "was raised",
    "children": "kids",
    "lives in": "resides in",
    "begins": "starts",
    "earned": "made",
    "grossed": "took in",
    "succeeded by": "followed by",
    "attended": "went to",
    "wife of": "woman married to",
}
_NOT: Final = re.compile(r"\b(did|does|do|is|was|were|are|has|had|have) not\b")
_ISNT: Final = re.compile(r"\b(did|does|do|is|was|were|are|has|had|have)n['\u2019]t\b")
_WORDS: Final = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "twelve")
_FIGURES: Final = ("2", "3", "4", "5", "6", "7", "8", "9", "10", "12")
_DAY_FIRST: Final = re.compile(rf"\b(\d{{1,2}}) ({'|'.join(_MONTHS)})\b(?! \d{{1,2}},)")
_MONTH_FIRST: Final = re.compile(rf"\b({'|'.join(_MONTHS)}) (\d{{1,2}})(?: ?, (\d{{4}}))?\b")


def reword(claim: Doc, rng: np.random.Generator) -> Changed | None:
    """Return a claim in other words: in another order if it can be, else with others for some."""
    found = list(_rewordings(claim))
    found = [each for each in found if each.kind != "synonym"] or found
    return found[int(rng.integers(len(found)))] if found else None


def _rewordings(claim: Doc) -> Iterator[Changed]:
    text = claim.text
    for make in (_fronted, _passive, _turned):
        new = make(claim)
        if new is not None:
            yield Changed(make.__name__.strip("_"), new)
    for kind, new in (
        ("contraction", _NOT.sub(r"\1n't", text, count=1)),
        ("contraction", _ISNT.sub(r"\1 not", text, count=1)),
        ("date order", _DAY_FIRST.sub(r"\2 \1", text, count=1)),
        ("date order", _MONTH_FIRST.sub(_day_first, text, count=1)),
        ("figures", _figures(claim)),
        ("synonym", _synonym(claim)),
    ):
        if new != text:
            yield Changed(kind, new)


def _day_first(match: re.Match[str]) -> str:
    month, day, year = match.groups()
    return " ".join(part for part in (day, month, year) if part)


def _figures(claim: Doc) -> str:
    """Return a claim with a small number in digits in words, or the other way round."""
    for token in claim:
        if token.ent_type_ not in {"CARDINAL", ""} or token.text not in (*_WORDS, *_FIGURES):
            continue
        is_alone = token.i + 1 < len(claim) and claim[token.i + 1].is_alpha
        if is_alone and not (token.i and claim[token.i - 1].text in {"-", ".", "/", "No", "no"}):
            new = dict(zip((*_WORDS, *_FIGURES), (*_FIGURES, *_WORDS), strict=True))[token.text]
            return claim.text[: token.idx] + new + claim.text[token.idx + len(token) :]
    return claim.text


def _synonym(claim: Doc) -> str:
    in_names = {
        index for entity in claim.ents for index in range(entity.start_char, entity.end_char)
    }
    for old, new in _PHRASES.items():
        for match in re.finditer(rf"(?<![\w-])(?:{old})(?![\w-])", claim.text):
            if match.start() not in in_names:
                return claim.text[: match.start()] + new + claim.text[match.end() :]
    return claim.text


def _root(claim: Doc) -> Token | None:
    roots = [token for token in claim if token.dep_ == "ROOT"]
    return roots[0] if len(roots) == 1 and claim[-1].text == "." else None


def _lower_start(claim: Doc) -> str:
    first = claim[0]
    keeps = first.ent_type_ or first.pos_ == "PROPN" or first.text == "I" or first.text.isupper()
    return claim.text if keeps else claim.text[:1].lower() + claim.text[1:]


def _fronted(claim: Doc) -> str | None:
    """Move a time at the end of a sentence to its start: "In 1990, ..."."""
    root = _root(claim)
    if root is None or claim[0].dep_ in {"prep", "advmod", "mark"}:
        return None
    for part in root.children:
        is_time = any(token.ent_type_ == "DATE" for token in part.subtree)
        edge = part.right_edge.i == len(claim) - 2 and part.left_edge == part
        if part.dep_ == "prep" and part.text in {"in", "on", "during"} and is_time and edge:
            phrase = claim[part.i : len(claim) - 1].text
            rest = _lower_start(claim)[: part.idx].rstrip(" ,")
            return f"{phrase[:1].upper()}{phrase[1:]}, {rest}."
    return None


def _passive(claim: Doc) -> str | None:
    """Make a regular verb of the simple past passive: "A directed B." to "B was directed by A."."""
    root = _root(claim)
    if root is None or root.tag_ != "VBD" or not root.text.endswith("ed"):
        return None
    parts = {child.dep_: child for child in root.children}
    subject, thing = parts.get("nsubj"), parts.get("dobj")
    allowed = {"nsubj", "dobj", "prep", "punct"}
    if subject is None or thing is None or not set(parts) <= allowed:
        return None
    left, right = list(subject.subtree), list(thing.subtree)
    is_plain = left[0].i == 0 and left[-1].i == root.i - 1 and right[0].i == root.i + 1
    if not is_plain or subject.pos_ == "PRON" or thing.pos_ == "PRON":
        return None
    if any(token.text in {"his", "her", "their", "its", "who", "that"} for token in right):
        return None
    is_plural = thing.tag_ in {"NNS", "NNPS"} or any(each.dep_ == "conj" for each in thing.children)
    agent = claim[0 : root.i]
    agent_text = (
        agent.text
        if agent.text == _lower_start(claim)[: len(agent.text)]
        else (agent.text[:1].lower() + agent.text[1:])
    )
    object_text = claim[right[0].i : right[-1].i + 1].text
    rest = claim[right[-1].i + 1 : len(claim) - 1].text
    verb = "were" if is_plural else "was"
    tail = f" {rest}" if rest else ""
    return f"{object_text[:1].upper()}{object_text[1:]} {verb} {root.text} by {agent_text}{tail}."


def _turned(claim: Doc) -> str | None:
    """Turn an equation round: "A is the B of C." to "The B of C is A."."""
    root = _root(claim)
    if root is None or root.text not in {"is", "was"}:
        return None
    parts = {child.dep_: child for child in root.children}
    subject, same = parts.get("nsubj"), parts.get("attr")
    if subject is None or same is None or set(parts) != {"nsubj", "attr", "punct"}:
        return None
    left, right = list(subject.subtree), list(same.subtree)
    if left[0].i != 0 or left[-1].i != root.i - 1 or right[0].i != root.i + 1:
        return None
    if right[0].text != "the" or subject.pos_ != "PROPN" or right[-1].i != len(claim) - 2:
        return None
    tail = claim[right[0].i : len(claim) - 1].text
    return f"{tail[:1].upper()}{tail[1:]} {root.text} {claim[0 : root.i].text}."
