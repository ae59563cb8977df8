"""Name swap: a name of the claim becomes another of the context, or two change places."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations, islice
from typing import Final

import numpy as np

from concord.data.synthetic.change import Change, SyntheticFamily, build_changes, shuffled
from concord.text.gazetteer import (
    AMERICAN,
    BRITISH,
    CITIES,
    CONTINENTS,
    COUNTRIES,
    DEMONYMS,
    REGIONS,
)
from concord.text.names import Name, NameKind, find_names
from concord.text.sentences import Span
from concord.text.words import word_set

_PLACE_LEVELS: Final = (CITIES, REGIONS, COUNTRIES, CONTINENTS)
_SYMMETRIC: Final = word_set(
    "and or with versus vs against between met meets married marries joined joins"
)
_INDEFINITE: Final = re.compile(r"\b(an?)\s\Z", re.IGNORECASE)
_SENTENCE_END: Final = re.compile(r"[.!?:;]")
_NEAR: Final = 30  # characters; so far apart at most stand parts of a list, or of an address
_PAIRS_TRIED: Final = 20
_WORD: Final = re.compile(r"[\w'\u2019]+")


def swap_name(claim: str, context: str, rng: np.random.Generator) -> Iterator[Change]:
    """Yield the claim with a name replaced by another of the context, or two names exchanged.

    The other name is of a like kind, is not in the claim, shares no word with the old one and
    is no abbreviation of it; nor do the two stand side by side in the context, as a town and
    its country do, or two who did the same. A name that the context does not know is left alone:
    it may be another word for the new one. Nationalities are replaced by any other one.
    """
    own, others = find_names([claim, context])
    proposals = _proposals(claim, context, own, others, rng)
    return build_changes(proposals, claim, context, SyntheticFamily.NAME_SWAP)


def _proposals(
    claim: str, context: str, own: Sequence[Name], others: Sequence[Name], rng: np.random.Generator
) -> Iterator[tuple[Span, str]]:
    stated = frozenset(word.lower() for word in _WORD.findall(context))
    distinct = list({name.written: name for name in others}.values())
    for index in shuffled(len(own), rng):
        name = own[index]
        if name.kind is NameKind.DEMONYM:
            demonyms = _other_demonyms(name, claim, context, rng)
            yield from ((name.span, each) for each in demonyms)
        elif name.words & stated:
            for new in (*_like(name, distinct, rng), *_other_places(name, rng)):
                is_other = not any(may_be_same(new, each) for each in own)
                is_other = is_other and fits_article(claim, name, new.written)
                if is_other and not _are_near(name.written, new.written, context):
                    yield name.span, new.written
    yield from _exchanges(claim, own, rng)


def _other_demonyms(
    name: Name, claim: str, context: str, rng: np.random.Generator
) -> Iterator[str]:
    """Yield nationalities that neither text mentions and that fit behind the same "a" or "an"."""
    for index in shuffled(len(DEMONYMS), rng):
        new = DEMONYMS[index]
        is_british = all(word.lower() in BRITISH for word in (name.written, new))
        if (
            fits_article(claim, name, new)
            and not is_british
            and new not in claim
            and new not in context
        ):
            yield new


def fits_article(claim: str, name: Name, new: str) -> bool:
    """Whether another name goes with the "a" or "an" before one, if there is any."""
    article = _INDEFINITE.search(claim[max(0, name.span.start - 4) : name.span.start])
    if article is None:
        return True
    return not new.isupper() and (new[0] in "AEIO") == (article[1].lower() == "an")


def _like(name: Name, others: Sequence[Name], rng: np.random.Generator) -> Iterator[Name]:
    """Yield the names of the same kind, then those of which one of the two kinds is unknown.

    "the" stands before both or before neither. Names of as many words come first.
    """
    fitting = [each for each in others if each.has_article == name.has_article]
    order = [fitting[index] for index in shuffled(len(fitting), rng)]
    length = len(name.written.split())
    order.sort(key=lambda each: (each.kind is not name.kind, len(each.written.split()) != length))
    for each in order:
        is_like = each.kind is name.kind or NameKind.OTHER in {each.kind, name.kind}
        if is_like and each.kind is not NameKind.DEMONYM and may_lie_apart(name, each):
            yield each


def may_lie_apart(one: Name, other: Name) -> bool:
    """Whether neither can be a place within the other: a city is swapped for no country."""
    return _place_level(one) == _place_level(other)


def _place_level(name: Name) -> int | None:
    last = name.written.split()[-1]
    return next((level for level, known in enumerate(_PLACE_LEVELS) if last in known), None)


def _other_places(name: Name, rng: np.random.Generator) -> Iterator[Name]:
    """Yield well-known places of the same kind as one, if it is one itself."""
    level = _place_level(name)
    if level is not None and len(name.words) == 1 and not name.has_article:
        places = sorted(each for each in _PLACE_LEVELS[level] if each not in {"UK", "US", "USA"})
        for index in shuffled(len(places), rng):
            yield replace(name, written=places[index])


def may_be_same(one: Name, other: Name) -> bool:
    """Whether two names share a word, a country, or one the other's initials."""
    if one.words & other.words or _initials(one.written) == other.written.replace(".", ""):
        return True
    if _initials(other.written) == one.written.replace(".", ""):
        return True
    return any(one.words & alias and other.words & alias for alias in (AMERICAN, BRITISH))


def _initials(written: str) -> str:
    return "".join(word[0] for word in written.split() if word[0].isupper())


def _are_near(one: str, other: str, context: str) -> bool:
    """Whether two names stand side by side, in either order."""
    first, second = re.escape(one), re.escape(other)
    between = rf".{{0,{_NEAR}}}"
    both = f"{first}{between}{second}|{second}{between}{first}"
    return bool(re.search(both, context, re.DOTALL))


def _exchanges(
    claim: str, own: Sequence[Name], rng: np.random.Generator
) -> Iterator[tuple[Span, str]]:
    """Yield stretches in which two names of a kind have changed places with a verb between."""
    pairs = [
        (one, other)
        for one, other in islice(combinations(own, 2), _PAIRS_TRIED)
        if one.kind is other.kind is not NameKind.OTHER and not may_be_same(one, other)
    ]
    for index in shuffled(len(pairs), rng):
        one, other = pairs[index]
        between = claim[one.span.end : other.span.start]
        if one.has_article != other.has_article or _SENTENCE_END.search(between):
            continue
        words = [word for word in _WORD.findall(between) if word.islower()]
        if any(word not in _SYMMETRIC for word in words):
            yield Span(one.span.start, other.span.end), other.written + between + one.written
