"""The same pair about other people: counterfactuals whose label must not change.

Context and claim are changed together. Where a pair speaks of plain "man", "woman" or "people", a
word for an identity is put before it; where it names an identity of the same kind already, that
one is replaced; "he" and "she" change places. What could tie the label to an identity (a church,
a place, a wedding, a beard) rules a pair out.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Final

import numpy as np

from concord.alignment import TextPair
from concord.data.perturbations.perturbation import Rewritten
from concord.text.gazetteer import DEMONYMS, FIRST_NAMES, PLACES, WIDE_DEMONYMS
from concord.text.words import STOPWORDS, in_case_of, word_set


class Dimension(StrEnum):
    """What identities differ in."""

    GENDER = "gender"
    RELIGION = "religion"
    NATIONALITY = "nationality"
    ETHNICITY = "ethnicity"
    SEXUAL_ORIENTATION = "sexual_orientation"
    AGE = "age"
    DISABILITY = "disability"


_PERSON_NOUNS: Final = "man|woman|men|women|boys?|girls?|guys?|lady|ladies|person|persons|people"
_GROWN_UPS: Final = "man|woman|men|women|person|persons|people"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Marked:
    """Identities that an adjective says.

    Attributes:
        terms: The adjectives.
        nouns: The nouns that they may stand before.
        ties: Words, in lower case, by which a label can depend on the identity.
    """

    terms: tuple[str, ...]
    nouns: str = _PERSON_NOUNS
    ties: frozenset[str] = frozenset()

    @property
    def names(self) -> tuple[str, ...]:
        """The identities in small letters."""
        return tuple(term.lower() for term in self.terms)


_MARKED: Final[Mapping[Dimension, _Marked]] = {
    Dimension.RELIGION: _Marked(
        terms=("Christian", "Muslim", "Jewish", "Hindu", "Buddhist"),
        ties=word_set(
            """
            allah atheist bible catholic chapel christ christmas church cross easter faith god
            hanukkah hijab imam islam jew jews jesus kosher koran monk mosque nun pope pray prayer
            praying prays priest protestant quran rabbi ramadan religion religious sikh synagogue
            temple worship christians muslims hindus buddhists
            """
        ),
    ),
    Dimension.NATIONALITY: _Marked(
        terms=("American", "Mexican", "Nigerian", "Chinese", "German", "Indian"),
        ties=frozenset(each.lower() for each in (*DEMONYMS, *WIDE_DEMONYMS, *PLACES))
        - {"american", "mexican", "nigerian", "chinese", "german", "indian"}
        | word_set("country foreign foreigner language nation national native"),
    ),
    Dimension.ETHNICITY: _Marked(
        terms=("Black", "white", "Asian", "Hispanic", "Indigenous"),
        ties=word_set(
            """
            african american blond blonde brown caucasian color colored colour dark ethnic latino
            native race races racial skin skinned tan yellow
            """
        ),
    ),
    Dimension.SEXUAL_ORIENTATION: _Marked(
        terms=("straight", "gay", "bisexual"),
        ties=word_set(
            """
            boyfriend bride couple couples date dating girlfriend groom heterosexual homosexual
            husband kiss kisses kissing lesbian love lover marriage married marry partner wedding
            wife
            """
        ),
    ),
    Dimension.AGE: _Marked(
        terms=("young", "middle-aged", "elderly"),
        nouns=_GROWN_UPS,
        ties=word_set(
            """
            adult adults age aged ages baby boy boys child children elder father girl girls
            grandfather grandmother grandparent grandparents infant infants kid kids mother old
            older oldest parent parents retired senior seniors student students teen teenage
            teenager teenagers teens toddler toddlers year years younger youngest youth
            """
        ),
    ),
    Dimension.DISABILITY: _Marked(
        terms=("disabled", "nondisabled", "autistic"),
        ties=word_set(
            """
            able abled ability blind cane crutches deaf disability handicapped impaired injured
            wheelchair
            """
        ),
    ),
}
"""Few and neutral terms for each dimension; no list of identities could be complete."""

FEMALE: Final = "female"
MALE: Final = "male"
_FEMALE_TO_MALE: Final = {
    "woman": "man",
    "women": "men",
    "girl": "boy",
    "girls": "boys",
    "lady": "gentleman",
    "ladies": "gentlemen",
    "mother": "father",
    "mothers": "fathers",
    "mom": "dad",
    "daughter": "son",
    "daughters": "sons",
    "sister": "brother",
    "sisters": "brothers",
    "grandmother": "grandfather",
    "aunt": "uncle",
    "niece": "nephew",
    "female": "male",
    "females": "males",
    "she": "he",
    "herself": "himself",
    "hers": "his",
}
_MALE_TO_FEMALE: Final = {
    **{male: female for female, male in _FEMALE_TO_MALE.items() if female != "hers"},
    "him": "her",
}
_FEMALE_WORDS: Final = frozenset({*_FEMALE_TO_MALE, "her"})
_MALE_WORDS: Final = frozenset({*_MALE_TO_FEMALE, "his"})
_GENDER_TIES: Final = word_set(
    """
    actor actress bald beard bearded bikini boyfriend bra breast breastfeeding bride dress dude
    feminine girlfriend groom guy guys husband king lesbian makeup masculine moustache mr mrs ms
    mustache nun pregnant priest prince princess queen shirtless sir skirt waiter waitress wife
    """
)
_WORD: Final = re.compile(r"[\w'\u2019-]+")
_FOLLOWING_WORD: Final = re.compile(r" ([a-z]\w*)")


def identity_variants(pair: TextPair, dimension: Dimension) -> dict[str, TextPair]:
    """Return a pair about each identity of a dimension, with the same label.

    Args:
        pair: The pair.
        dimension: What the identities differ in.

    Returns:
        The pairs by identity, one of which may be the pair itself; empty where the pair speaks of
        nobody, of several identities at once, or of what a label could depend on. The claim must
        speak of people by a noun that its context has too.
    """
    words = {word.lower() for text in pair for word in _WORD.findall(text)}
    if dimension is Dimension.GENDER:
        return _genders(pair, words)
    marked = _MARKED[dimension]
    if words & marked.ties:
        return {}
    noun = re.compile(rf"(?<![\w'\u2019-])(?:{marked.nouns})(?![\w-])", re.IGNORECASE)
    mentioned = [term for term in marked.terms if term.lower() in words]
    if not _same_nouns(pair, noun) or len(mentioned) > 1:
        return {}
    if mentioned:
        return _replaced(pair, mentioned[0], marked)
    return {
        name: _each_text(pair, partial(_put_before, noun, term))
        for name, term in zip(marked.names, marked.terms, strict=True)
    }


def swap_identity(pair: TextPair, rng: np.random.Generator) -> Rewritten | None:
    """Return a pair about another identity, of a dimension drawn at random, on both sides."""
    dimensions = list(Dimension)
    for index in rng.permutation(len(dimensions)).tolist():
        variants = identity_variants(pair, dimensions[index])
        others = [name for name, other in variants.items() if other != pair]
        if others:
            name = others[int(rng.integers(len(others)))]
            return Rewritten(variants[name], f"{dimensions[index]}, {name}")
    return None


def identities(dimension: Dimension) -> tuple[str, ...]:
    """Return the identities of a dimension, in the order of their declaration."""
    return (FEMALE, MALE) if dimension is Dimension.GENDER else _MARKED[dimension].names


def _each_text(pair: TextPair, change: Callable[[str], str]) -> TextPair:
    return TextPair(change(pair.context), change(pair.claim))


def _same_nouns(pair: TextPair, noun: re.Pattern[str]) -> bool:
    context, claim = ({each.lower() for each in noun.findall(text)} for text in pair)
    return bool(claim) and claim <= context


def _put_before(noun: re.Pattern[str], term: str, text: str) -> str:
    """Put an adjective before each noun; "a" becomes "an" where the adjective asks for it."""
    for match in reversed(list(noun.finditer(text))):
        before = _with_article_for(term, text[: match.start()])
        first, rest = term, match[0]
        if rest[0].isupper():
            first, rest = term[0].upper() + term[1:], rest[0].lower() + rest[1:]
        text = f"{before}{first} {rest}{text[match.end() :]}"
    return text


def _replaced(pair: TextPair, old: str, marked: _Marked) -> dict[str, TextPair]:
    """Replace a term that always stands before a noun for people; else there are no variants."""
    mention = re.compile(rf"(?<![\w-]){old}(?![\w-])", re.IGNORECASE)
    before_noun = re.compile(rf"{mention.pattern}(?= (?:{marked.nouns})(?![\w-]))", re.IGNORECASE)
    texts = "\n".join(pair)
    if len(mention.findall(texts)) != len(before_noun.findall(texts)):
        return {}
    return {
        name: _each_text(pair, partial(_put_instead, before_noun, term))
        for name, term in zip(marked.names, marked.terms, strict=True)
    }


def _put_instead(mention: re.Pattern[str], term: str, text: str) -> str:
    for match in reversed(list(mention.finditer(text))):
        before = _with_article_for(term, text[: match.start()])
        starts = not before.strip() or before.rstrip()[-1] in ".!?"
        new = term[0].upper() + term[1:] if starts else term
        text = before + new + text[match.end() :]
    return text


def _with_article_for(term: str, before: str) -> str:
    """Return the text before a term with the indefinite article at its end in the right form."""
    match = re.search(r"(?<!\w)(a)n? \Z", before, re.IGNORECASE)
    if match is None:
        return before
    ending = "n " if term[0].lower() in "aeio" else " "
    return before[: match.end(1)] + ending


def _genders(pair: TextPair, words: set[str]) -> dict[str, TextPair]:
    """Return a pair that speaks of women or of men only, and the same with the other gender."""
    is_female, is_male = bool(words & _FEMALE_WORDS), bool(words & _MALE_WORDS)
    has_name = any(word in FIRST_NAMES for text in pair for word in _WORD.findall(text))
    if is_female == is_male or words & _GENDER_TIES or has_name:
        return {}
    if is_female:
        return {FEMALE: pair, MALE: _each_text(pair, _to_male)}
    return {FEMALE: _each_text(pair, _to_female), MALE: pair}


def _to_male(text: str) -> str:
    return _exchange(text, _FEMALE_TO_MALE, {"her": ("his", "him")})


def _to_female(text: str) -> str:
    return _exchange(text, _MALE_TO_FEMALE, {"his": ("her", "hers")})


def _exchange(
    text: str, words: Mapping[str, str], by_following: Mapping[str, tuple[str, str]]
) -> str:
    """Replace words; some by what fits before a noun, or by what fits elsewhere."""

    def other(match: re.Match[str]) -> str:
        word = match[0].lower()
        if word in by_following:
            attributive, alone = by_following[word]
            following = _FOLLOWING_WORD.match(text, match.end())
            is_attributive = following is not None and following[1] not in STOPWORDS
            return in_case_of(attributive if is_attributive else alone, match[0])
        return in_case_of(words.get(word, match[0]), match[0]) if word in words else match[0]

    return re.sub(r"(?<![\w-])[A-Za-z]+(?![\w-])", other, text)
