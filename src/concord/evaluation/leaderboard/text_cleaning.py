"""Claims as published figures have them: case restored from the context, quotes made plain.

Several collections of summaries hold claims in lower case or cut into tokens, beside contexts in
their own case. Published figures are of cleaned claims, so a reproduction must clean alike.
"""

import re
from collections import Counter
from typing import Final

_QUOTES: Final = str.maketrans(
    {
        "\u2018": "'",
        "\u2019": "'",
        "\u201a": "'",
        "\u201b": "'",
        "`": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u201e": '"',
        "\u201f": '"',
        "\u00ab": '"',
        "\u00bb": '"',
    }
)
_DOUBLE_SINGLES: Final = re.compile(r"''|``")
_WORD: Final = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
_SENTENCE_END: Final = re.compile(r"(?:^|[.!?][\"')\]]*\s+|\n)[\"'(\[]*$")


def plain_quotes(text: str) -> str:
    """Return a text with straight quotes for all others, and one sign for a doubled one."""
    return _DOUBLE_SINGLES.sub('"', text).translate(_QUOTES)


def recase(claim: str, context: str) -> str:
    """Return a claim with the case that its words have in the context, and plain quotes.

    A claim that has capitals of its own keeps its case. In one without, a word gets the form that
    the context has most often within its sentences. A capital that a sentence's beginning explains
    is not taken over, and a word that the context has not stays as it is. The first letter of each
    of the claim's sentences becomes a capital.
    """
    claim, context = plain_quotes(claim), plain_quotes(context)
    if claim != claim.lower():
        return claim
    forms = _forms_by_word(context)
    restored = _WORD.sub(lambda found: forms.get(found[0], found[0]), claim)
    return _with_capital_beginnings(restored)


def _forms_by_word(context: str) -> dict[str, str]:
    inner: dict[str, Counter[str]] = {}
    first: dict[str, Counter[str]] = {}
    for found in _WORD.finditer(context):
        is_first = _SENTENCE_END.search(context, max(0, found.start() - 8), found.start())
        table = first if is_first else inner
        table.setdefault(found[0].lower(), Counter())[found[0]] += 1
    forms = {word: counts.most_common(1)[0][0] for word, counts in inner.items()}
    # a capital that only a sentence's beginning explains says nothing
    beginnings = {word: counts.most_common(1)[0][0] for word, counts in first.items()}
    for word, form in beginnings.items():
        is_capital_of_place = form == word.capitalize()
        forms.setdefault(word, word if is_capital_of_place else form)
    return forms


def _with_capital_beginnings(text: str) -> str:
    def raised(found: re.Match[str]) -> str:
        return found[0][:-1] + found[0][-1].upper()

    return re.sub(r"(?:^|[.!?][\"')\]]*\s+)[\"'(\[]*\w", raised, text)
