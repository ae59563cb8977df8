"""Negation: a statement becomes its opposite by a "not" put in or a negative word taken out."""

import re
from collections.abc import Iterator
from typing import Final

import numpy as np

from concord.data.synthetic.change import (
    Change,
    SyntheticFamily,
    build_changes,
    shuffled,
)
from concord.data.synthetic.verbs import (
    BY_BASE,
    BY_PAST,
    BY_THIRD_PERSON,
    PARTICIPLES,
    SURELY_PAST,
)
from concord.text.sentences import Span, split_sentences
from concord.text.words import in_case_of, word_set

_NEGATIVE: Final = re.compile(
    r"\b(?:not|never|no|none|nobody|nothing|nowhere|neither|nor|cannot|without|hardly|barely|"
    r"rarely|seldom|unable|fail(?:s|ed)?)\b|n['\u2019]t\b",
    re.IGNORECASE,
)
_HEDGED: Final = re.compile(
    r"\b(?:some|several|many|few|sometimes|often|usually|partly|may|might|if|whether|unless|only|"
    r"every|all|most|mostly|any)\b",
    re.IGNORECASE,
)
_AUXILIARY: Final = re.compile(
    r"(?<=[\w\"')\u2019,] )(?P<word>is|are|was|were|has|have|had|will|would|can|could|should|must|"
    r"does|do|did)(?= [\w\"'\u201c$\u00a3\u20ac])"
)
_CONTRACTED: Final = re.compile(
    r"\b(?P<word>(?:I|you|he|she|it|we|they|there|that)['\u2019](?:m|re|ve|ll|s))(?= \w)",
    re.IGNORECASE,
)
_FINITE: Final = re.compile(r"(?<=[\w)] )(?P<word>[a-z]{2,})(?= [\w\"'\u201c$\u00a3\u20ac])")
_SUBJECT_BEFORE: Final = re.compile(
    r"(?:\b(?i:he|she|it|they|we|I|you|who)|(?<![.!?] )(?<!\A)\b[A-Z][\w-]+|"
    r"\A[A-Z][\w-]* [A-Z][\w-]+)\s\Z"
)
_PLURAL_BEFORE: Final = re.compile(r"\b(?:they|we|I|you)\s\Z", re.IGNORECASE)
_WORD_BEFORE: Final = re.compile(r"([\w'\u2019-]+),?\s\Z")
_NEXT_WORD: Final = re.compile(r" ([\w-]+)")
_NO_SUBJECT: Final = word_set(
    "what how why where when as than so whatever to and or but not never the a an of"
)
_NEVER_BEFORE: Final = word_set(
    """
    just only even merely not never no nothing nobody neither nor hardly barely rarely seldom none
    to
    """
)
_MAIN_AUXILIARIES: Final = {"has": "have", "have": "have", "had": "have", "do": "do"}
_OBJECT_AHEAD: Final = re.compile(
    r" (?:[A-Z0-9$\u00a3\u20ac\"'\u201c]|(?:the|an?|his|her|its|their|our|to|in|into|on|at|for|"
    r"from|with|that|up|out|off|as|more|less|over|under|it|he|she|they|we|two|three|four|five|six|against)\b)"
)
_AUXILIARIES: Final = word_set("is are was were has have had be been do does did")
_EXISTS: Final = re.compile(
    r"\b(?P<word>[Tt]here (?:is|are|was|were))(?: (?P<article>an?)\b)?(?= (?P<next>[\w-]+))"
)
_COUNTED: Final = word_set(
    """
    the two three four five six seven eight nine ten about around at over more less going to being
    this that these those one another two-thirds
    """
)
_LOOK_BEHIND: Final = 60  # characters
_REMOVALS: Final = (
    (re.compile(r"\bno longer\b", re.IGNORECASE), "still"),
    (re.compile(r"\b(?:no one|nobody)\b", re.IGNORECASE), "somebody"),
    (re.compile(r"\bnothing\b(?! but)", re.IGNORECASE), "something"),
    (re.compile(r"\bwithout\b", re.IGNORECASE), "with"),
    (re.compile(r"\bcan(?:not|['\u2019]t)\b", re.IGNORECASE), "can"),
    (re.compile(r"\bwon['\u2019]t\b", re.IGNORECASE), "will"),
    (re.compile(r"(?<=[a-z]{2})n['\u2019]t\b"), ""),
    (
        re.compile(
            r"(?<=\w) (?:not|never)\b(?! (?:only|just|until|yet|least|even|one|because|to)\b)"
        ),
        "",
    ),
    (re.compile(r"(?<=\w )no (?=(?!more|fewer|less|one|doubt|matter|way)[a-z]{3})"), "some "),
)
_DO_SUPPORT: Final = re.compile(
    r"\b(?P<do>do|does|did)(?: not|n['\u2019]t)\b(?: (?P<base>[a-z]+))?", re.IGNORECASE
)
_POLAR: Final = re.compile(r"\b(?:any\w*|either|yet|ever|nor|but)\b", re.IGNORECASE)


def swap_polarity(claim: str, context: str, rng: np.random.Generator) -> Iterator[Change]:
    """Yield the claim with one sentence negated, or with a negation taken out.

    A sentence that denies something comes to affirm it. Else "not" goes behind the first
    auxiliary ("can" becoming "cannot"), or the first verb that is surely one gets "did not" or
    "does not". Questions are left alone, and so are sentences that speak of some, many or all,
    of what may be, or under a condition: there a negation need not make them false.
    """
    sentences = split_sentences(claim)
    order = (sentences[index] for index in shuffled(len(sentences), rng))
    proposals = (
        (Span(sentence.start + span.start, sentence.start + span.end), new)
        for sentence in order
        for span, new in _proposals(claim[sentence.start : sentence.end])
    )
    return build_changes(proposals, claim, context, SyntheticFamily.NEGATION)


def _proposals(sentence: str) -> Iterator[tuple[Span, str]]:
    if sentence.rstrip("\"'\u201d\u2019) ").endswith("?"):
        return
    if _NEGATIVE.search(sentence):
        yield from _removals(sentence)
    elif not _HEDGED.search(sentence):
        yield from _insertions(sentence)


def _removals(sentence: str) -> Iterator[tuple[Span, str]]:
    if len(_NEGATIVE.findall(sentence)) > 1:  # one less of two could change nothing
        return
    match = _DO_SUPPORT.search(sentence)
    if match and not _POLAR.search(sentence, match.end()):
        yield Span(*match.span()), _affirmed(match)
        return
    for pattern, new in _REMOVALS:
        match = pattern.search(sentence)
        if match and not _POLAR.search(sentence, match.end()):
            yield Span(*match.span()), in_case_of(new, match[0])


def _affirmed(match: re.Match[str]) -> str:
    """Return "worked" for "did not work", or "did work" where the verb's forms are unknown."""
    verb = BY_BASE.get(match["base"] or "")
    auxiliary = match["do"]
    if verb is None:
        return auxiliary + (f" {match['base']}" if match["base"] else "")
    forms = {"do": verb.base, "does": verb.third_person, "did": verb.past}
    return in_case_of(forms[auxiliary.lower()], auxiliary)


def _insertions(sentence: str) -> Iterator[tuple[Span, str]]:
    """Yield the first place where a negation surely fits."""
    found = [
        (match.start(), Span(*match.span()), new)
        for pattern, negated in (
            (_EXISTS, _negated_existence),
            (_AUXILIARY, _negated_auxiliary),
            (_CONTRACTED, _negated_contraction),
            (_FINITE, _negated_verb),
        )
        for match in pattern.finditer(sentence)
        if (new := negated(sentence, match)) is not None
    ]
    yield from ((span, new) for _, span, new in sorted(found)[:1])


def _negated_existence(_sentence: str, match: re.Match[str]) -> str:
    """Return "There is no" for "There is a", and "There are not" before a number."""
    follows = match["next"].lower()
    is_counted = match["article"] is None and (follows in _COUNTED or follows[0].isdecimal())
    return f"{match['word']} {'not' if is_counted else 'no'}"


def _negated_auxiliary(sentence: str, match: re.Match[str]) -> str | None:
    word, following = match["word"], _next_word(sentence, match.end())
    if _word_before(sentence, match.start()) == "there":
        return None
    if following in _NEVER_BEFORE or _word_before(sentence, match.start()) in _NO_SUBJECT:
        return None
    if word in _MAIN_AUXILIARIES or word in {"does", "did"}:
        return _negated_have_or_do(word, following)
    return "cannot" if word == "can" else f"{word} not"


def _negated_have_or_do(word: str, following: str) -> str | None:
    """Negate "had left" as "had not left", but "had a dog" as "did not have a dog"."""
    if word in {"has", "have", "had"}:
        if following in PARTICIPLES or following.endswith("ed") or following in {"been", "also"}:
            return f"{word} not"
        base = "have"
    else:
        if following in BY_BASE:
            return f"{word} not"
        base = "do"
    if word in {"have", "do"}:
        return f"do not {base}"
    return f"did not {base}" if word in {"had", "did"} else f"does not {base}"


def _negated_contraction(sentence: str, match: re.Match[str]) -> str | None:
    return None if _next_word(sentence, match.end()) in _NEVER_BEFORE else f"{match['word']} not"


def _negated_verb(sentence: str, match: re.Match[str]) -> str | None:
    """Return "did not go" for "went"; None unless the word is surely the verb of its clause."""
    word = match["word"]
    if word in _AUXILIARIES:
        return None
    before = sentence[max(0, match.start() - _LOOK_BEHIND) : match.start()]
    if word in SURELY_PAST and _word_before(sentence, match.start()) not in _NO_SUBJECT:
        return f"did not {BY_PAST[word].base}"
    if not (_SUBJECT_BEFORE.search(before) and _OBJECT_AHEAD.match(sentence, match.end())):
        return None
    if word in BY_BASE and _PLURAL_BEFORE.search(before):
        return f"do not {word}"
    if word in BY_PAST and word not in BY_BASE:
        return f"did not {BY_PAST[word].base}"
    return f"does not {BY_THIRD_PERSON[word].base}" if word in BY_THIRD_PERSON else None


def _next_word(sentence: str, end: int) -> str:
    match = _NEXT_WORD.match(sentence, end)
    return match[1].lower() if match else ""


def _word_before(sentence: str, start: int) -> str:
    match = _WORD_BEFORE.search(sentence[max(0, start - _LOOK_BEHIND) : start])
    return match[1].lower() if match else ""
