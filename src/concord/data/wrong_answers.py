"""Wrong answers to a question, taken from its own passage and of the right type."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from enum import StrEnum
from itertools import chain
from typing import Final

from concord.text.names import NAME
from concord.text.words import STOPWORDS, words_of

_MAX_WORDS: Final = 5


class AnswerType(StrEnum):
    """The coarse type of an answer."""

    NUMBER = "number"
    NAME = "name"
    PHRASE = "phrase"


_NUMBER_WORDS: Final = words_of(
    """
    one two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty
    hundred thousand million billion
    """
)
_MONTH: Final = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
)
_NUMBER: Final = re.compile(
    rf"{_MONTH}(?: \d{{1,2}})?(?:, \d{{4}})?(?= |[.,;]|$)(?<=\d)"
    r"|(?<![\w.,])[$\u00a3\u20ac]?\d+(?:[.,]\d+)*(?:%|s|st|[nr]d|th)?"
    r"(?: (?:percent|hundred|thousand|million|billion|years?|days?|months?|miles|km))?"
    rf"|\b(?:{'|'.join(_NUMBER_WORDS[1:])})\b",
)
_WORD: Final = re.compile(r"[\w\u2019'-]+")
_ASKS_NUMBER: Final = re.compile(
    r"\b(?:when|how (?:many|much|long|old|far|often|big|large|high|tall)|"
    r"(?:what|which) (?:year|date|day|month|percentage|percent|century|decade|number))\b",
    re.IGNORECASE,
)
_ASKS_NAME: Final = re.compile(
    r"\b(?:who|whom|whose|where|(?:what|which) (?:city|country|state|company|person|group|"
    r"organization|team|king|queen|president|language|river|university|school|is the name))\b",
    re.IGNORECASE,
)


def answer_type(answer: str) -> AnswerType:
    """Return the type of a known answer."""
    words = answer.lower().split()
    if any(character.isdecimal() for character in answer) or set(words) & set(_NUMBER_WORDS):
        return AnswerType.NUMBER
    is_name = any(word[:1].isupper() for word in answer.split())
    return AnswerType.NAME if is_name else AnswerType.PHRASE


def asked_type(question: str) -> AnswerType:
    """Return the type of answer that a question asks for."""
    if _ASKS_NUMBER.search(question):
        return AnswerType.NUMBER
    return AnswerType.NAME if _ASKS_NAME.search(question) else AnswerType.PHRASE


def wrong_answer(context: str, question: str, answers: Sequence[str]) -> str | None:
    """Return a span of the passage that could pass for an answer and is none, if there is one.

    It has the type of the right answer, or the one asked for where there is none; failing that
    it is a name or a phrase. It shares no content word with any right answer and is not merely
    words of the question. The choice is fixed by the texts, so a data set gives the same
    examples however it is written down.

    Args:
        context: The passage.
        question: The question.
        answers: Its right answers; none for an unanswerable question.

    Returns:
        The span, or None where the passage has nothing of the kind.
    """
    found = wrong_answers(context, question, answers)
    return found[0] if found else None


def wrong_answers(
    context: str,
    question: str,
    answers: Sequence[str],
    *,
    count: int = 1,
    plausible: Sequence[str] = (),
    seed: int = 0,
) -> list[str]:
    """Return up to `count` wrong answers that share no content word with each other.

    Listed plausible answers come first, unless they share a content word with a right one;
    then the passage's spans by the rule of `wrong_answer`, type by type.

    Args:
        context: The passage.
        question: The question.
        answers: Its right answers; none for an unanswerable question.
        count: How many wrong answers are wanted.
        plausible: Answers that the data set lists as plausible and wrong.
        seed: Another seed draws other spans; they are fixed by the texts and the seed.

    Returns:
        The answers, fewer where the passage offers no more.
    """
    taken = content_words(" ".join(answers))
    found: list[str] = []
    for answer in chain(plausible, _spans_to_answer(context, question, answers, seed)):
        words = content_words(answer)
        if len(found) < count and words and not words & taken:
            found.append(answer)
            taken |= words
    return found


def _spans_to_answer(
    context: str, question: str, answers: Sequence[str], seed: int
) -> Iterator[str]:
    """Yield spans that are none of the right answers, the fitting type first."""
    first = answer_type(answers[0]) if answers else asked_type(question)
    taken, asked = content_words(" ".join(answers)), content_words(question)
    for kind in dict.fromkeys((first, AnswerType.NAME, AnswerType.PHRASE)):
        fitting = [
            span
            for span in dict.fromkeys(_spans(context, kind))
            if not content_words(span) & taken and content_words(span) - asked
        ]
        start = _draw(context, question, seed) % max(len(fitting), 1)
        yield from fitting[start:]
        yield from fitting[:start]


def _draw(context: str, question: str, seed: int) -> int:
    salt = f"\n{seed}" if seed else ""
    digest = hashlib.sha256(f"{question}\n{context}{salt}".encode("utf-8", "replace")).digest()
    return int.from_bytes(digest[:8], "big")


def content_words(text: str) -> set[str]:
    """Return the different words of a text, in lower case, function words aside."""
    return {word for word in _WORD.findall(text.lower()) if word not in STOPWORDS}


def _spans(context: str, kind: AnswerType) -> Iterator[str]:
    match kind:
        case AnswerType.NUMBER:
            yield from (match[0] for match in _NUMBER.finditer(context))
        case AnswerType.NAME:
            names = (match[0] for match in NAME.finditer(context))
            yield from (name for name in names if name.split()[0].lower() not in STOPWORDS)
        case AnswerType.PHRASE:
            yield from _phrases(context)


def _phrases(context: str) -> Iterator[str]:
    """Yield runs of content words between function words and punctuation, short ones only."""
    for stretch in re.split(r"[^\w\s\u2019'-]+", context):
        run: list[str] = []
        for word in [*stretch.split(), "the"]:
            if word.lower() not in STOPWORDS:
                run.append(word)
                continue
            if 0 < len(run) <= _MAX_WORDS:
                yield " ".join(run)
            run = []
