"""Lists of words, written as one text, and the case that a word stands in."""

from typing import Final


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a text in order."""
    return tuple(text.split())


def word_set(text: str) -> frozenset[str]:
    """Return the different words of a text."""
    return frozenset(text.split())


def in_case_of(new: str, old: str) -> str:
    """Return a word with a capital, or all in capitals, where the other has it so."""
    if len(old) > 1 and old.isupper():
        return new.upper()
    return new[:1].upper() + new[1:] if old[:1].isupper() else new


STOPWORDS: Final = word_set(
    """
    a about after all also although an and any are as at be became because been before being
    between both but by can could did do does during each for from had has have he her hers
    him his however how i if in into is it its many may more most much no not of on one only
    or other our over she should since so some such than that the their them then there these
    they this those through to under until was we were what when where which while who whom
    whose why will with would you
    """
)
"""Function words, in lower case."""
