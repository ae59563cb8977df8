"""Claims of the same words in another order, which say something else.

As in PAWS (Zhang et al., NAACL 2019): whoever compares words alone cannot tell them apart. Only
relations that do not hold both ways at once are turned round.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

import numpy as np

from concord.alignment import TextPair
from concord.data.perturbations.perturbation import Rewritten
from concord.data.synthetic.change import is_stated, normalised, sentence_around, shortened
from concord.text.names import Name, NameKind, find_names
from concord.text.sentences import Span

_ONE_WAY: Final = re.compile(
    r"\b(?:\w+er than|(?:more|less) \w+ than|before|after|prior to|(?:north|south|east|west) of|"
    r"(?:son|daughter|father|mother|capital|part|member|subsidiary|student|pupil|author) of|"
    r"located in|(?:was|were) born in|died in|succeeded|replaced|"
    r"beats?|defeated|killed|shot|murdered|founded|bought|acquired|owns?|owned|wrote|directed|"
    r"produced|created|invented|discovered|painted|composed|taught|hired|sued|invaded|conquered|"
    r"annexed|appointed|starred in|appears? in|appeared in|moved to|plays? for|played for|"
    r"works? for|worked for)\b"
)
_LINKS_MORE: Final = re.compile(
    r"[,.;:!?]|\b(?:and|or|but|nor|not|never|while|who|which|that|whose|against|with)\b|n['\u2019]t"
)
"""What between two names makes their relation another one than the words in the middle say."""
_PLACE_OR_NUMBER: Final = r"(?:[A-Z][\w-]+(?: [A-Z][\w-]+){0,3}|[$\u00a3\u20ac]?\d[\d,.]*\d%?|\d%?)"
_MOVED: Final = re.compile(
    r"\b(?:moved|travelled|traveled|flew|went|sailed|drove|transferred|relocated|rose|fell|"
    r"increased|decreased|grew|dropped|declined|climbed|changed|switched|renamed)\b"
    rf"[^.;:!?]{{0,40}}?\bfrom (?P<one>{_PLACE_OR_NUMBER}) to (?P<other>{_PLACE_OR_NUMBER})(?!\w)"
)
_NOUN_PHRASE: Final = r"(?:[Aa]n?|[Tt]he) (?:[a-z]+ )?[a-z]+"
_DONE_TO: Final = re.compile(
    rf"(?<![\w ])(?P<one>{_NOUN_PHRASE}) (?:is|was) (?:chas|hold|carry|feed|throw|push|pull|rid|"
    r"kick|catch|bit|wash|paint|photograph|teach|eat|follow|lift|hitt?|read|driv|tackl)ing "
    rf"(?P<other>{_NOUN_PHRASE})(?=[.!]|\Z| (?:in|on|at|near|by|through|across|outside|inside)\b)"
)
_NO_NOUN: Final = re.compile(
    r"\b(?:is|was|in|on|at|of|to|and|near|by|up|down|out|off|with|from|through|across|outside|"
    r"inside|for|while)\Z"
)
_MOST_BETWEEN: Final = 60  # characters


def swap_roles(pair: TextPair, rng: np.random.Generator) -> Rewritten | None:
    """Return the pair with two parts of its claim exchanged, so that the claim is no longer true.

    Exchanged are two names around a relation that holds one way ("defeated", "taller than",
    "capital of"), where a move or a change starts and ends ("rose from 5 to 9"), or who does
    something and to what it is done ("A dog is chasing a man.").
    """
    proposals = list(_exchanges(pair))
    for index in rng.permutation(len(proposals)).tolist():
        span, new = proposals[index]
        claim = pair.claim[: span.start] + new + pair.claim[span.end :]
        sentence = sentence_around(claim, span.start)
        if normalised(claim) != normalised(pair.claim) and not is_stated(sentence, pair.context):
            old = pair.claim[span.start : span.end]
            detail = f"{shortened(old)} -> {shortened(new)}"
            return Rewritten(TextPair(pair.context, claim), detail)
    return None


def _exchanges(pair: TextPair) -> Iterator[tuple[Span, str]]:
    claim = pair.claim
    yield from _exchanged_names(claim, find_names([claim, pair.context])[0])
    for match in _MOVED.finditer(claim):
        yield _exchanged(claim, Span(*match.span("one")), Span(*match.span("other")))
    for match in _DONE_TO.finditer(claim):
        if not (_NO_NOUN.search(match["one"]) or _NO_NOUN.search(match["other"])):
            yield _exchanged_phrases(claim, match)


def _exchanged_names(claim: str, names: Sequence[Name]) -> Iterator[tuple[Span, str]]:
    for one, other in pairwise(names):
        between = claim[one.span.end : other.span.start]
        fits = one.has_article == other.has_article and not one.words & other.words
        is_person = NameKind.DEMONYM not in {one.kind, other.kind}
        is_one_way = _ONE_WAY.search(between) and not _LINKS_MORE.search(between)
        if fits and is_person and is_one_way and len(between) <= _MOST_BETWEEN:
            yield _exchanged(claim, one.span, other.span)


def _exchanged(claim: str, one: Span, other: Span) -> tuple[Span, str]:
    new = claim[other.start : other.end] + claim[one.end : other.start] + claim[one.start : one.end]
    return Span(one.start, other.end), new


def _exchanged_phrases(claim: str, match: re.Match[str]) -> tuple[Span, str]:
    """Exchange two noun phrases, the first of which keeps the capital of its sentence."""
    one, other = match["one"], match["other"]
    if one[0].isupper():
        one, other = one[0].lower() + one[1:], other[0].upper() + other[1:]
    between = claim[match.end("one") : match.start("other")]
    return Span(match.start("one"), match.end("other")), other + between + one
