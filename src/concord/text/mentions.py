"""Whether a text mentions a detail of another one, in any usual form."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Final

from concord.text.dates import DatePart, DateSpan, whole_dates
from concord.text.details import Date, Meaning
from concord.text.gazetteer import ALIASES, TITLES
from concord.text.names import LINKS, Name
from concord.text.quantities import Quantity, stated_values
from concord.text.times import ClockTime, find_times

_WORD: Final = re.compile(r"[^\W_]+")
_DOTS: Final = re.compile(r"(?<=\b\w)\.(?=\w\b|\s|$)")
_POSSESSIVE: Final = re.compile(r"['\u2019]s?\b")
_CAPITALISED: Final = re.compile(
    r"[^\W\d_a-z][\w.]*(?:[ -](?:of |the |and |for |de |in )*[^\W\d_a-z][\w.]*)+"
)
_UNSAID: Final = frozenset(each.casefold() for each in (*TITLES, *LINKS, "and", "for", "in"))
_STEM: Final = 4  # letters; Canada and Canadian, Democrats and Democratic
_STEM_SHARE: Final = 0.6
_NEAR: Final = Decimal("0.05")  # how far off a rounded number may be
_ROUGH: Final = Decimal("0.15")  # and one after "about"
_CENTURY: Final = 100  # years
_WIDE: Final = 10  # what is more than 100 may be 900


class Mentions:
    """The numbers, dates, times and words of a text.

    Args:
        text: The text.
    """

    def __init__(self, text: str) -> None:
        self._values = stated_values(text)
        self._dates = list(whole_dates(text))
        self._date_parts = {(part.part, part.value) for date in self._dates for part in date}
        self._minutes = frozenset(m for time in find_times(text) for m in time.minutes)
        self._words = frozenset(folded_words(text))
        runs = _CAPITALISED.findall(text)
        self._initials = frozenset(_initials(run).casefold() for run in runs)
        self._lone_words = self._words.difference(*map(folded_words, runs))

    def has(self, meaning: Meaning) -> bool:
        """Tell whether the text mentions a detail in any usual form.

        A number may be rounded or a bound, a date less exact, a name part of a longer one, an
        abbreviation, or the people of a country.
        """
        match meaning:
            case Quantity():
                return self._has_quantity(meaning)
            case Name():
                return self._has_name(meaning.written)
            case ClockTime():
                return not self._minutes.isdisjoint(meaning.minutes)
            case Date():
                return self._has_date(meaning)

    def _has_quantity(self, quantity: Quantity) -> bool:
        return any(_fits(quantity, stated) for stated in self._values)

    def _has_date(self, date: Date) -> bool:
        """Tell whether each part is mentioned, or none of its kind beside another that is."""
        if any(_order(date.parts, stated) * date.order > 0 for stated in self._dates):
            return True
        missing = [part for part in date.parts if not self._has_date_part(part)]
        kinds = {kind for kind, _ in self._date_parts}
        return len(missing) < len(date.parts) and kinds.isdisjoint(part.part for part in missing)

    def _has_date_part(self, part: DateSpan) -> bool:
        if (part.part, part.value) in self._date_parts:
            return True
        match part.part:
            case DatePart.YEAR | DatePart.DAY:
                return Decimal(part.value) in self._values
            case DatePart.DECADE:
                years = range(part.value, part.value + 10)
                return any(Decimal(year) in self._values for year in years)
            case _:
                return part.written.casefold() in self._words

    def _has_name(self, name: str) -> bool:
        """Tell whether all words of a name are mentioned, its last without others, or initials."""
        words = [word for word in folded_words(name) if word not in _UNSAID]
        if all(map(self._has_word, words)):
            return True
        if len(words) == 1:
            return name.isupper() and any(words[0] in each for each in self._initials)
        return _initials(name).casefold() in self._words or words[-1] in self._lone_words

    def _has_word(self, word: str) -> bool:
        return (
            word in self._words
            or any(word in alias and not alias.isdisjoint(self._words) for alias in ALIASES)
            or any(_share_stem(word, other) for other in self._words)
        )


def _fits(quantity: Quantity, stated: Decimal) -> bool:
    """Tell whether a stated value bears out an amount: the same, rounded, or within its bound."""
    value = quantity.value
    if stated == value or is_rounded(value, stated):
        return True
    if quantity.is_rough and abs(stated - value) <= _ROUGH * value:
        return True
    if quantity.is_century and (value - 1) * _CENTURY <= stated < value * _CENTURY:
        return True
    low, high = sorted((stated, value))
    return (stated - value) * quantity.bound > 0 and high <= _WIDE * low


def _order(parts: Iterable[DateSpan], stated: Iterable[DateSpan]) -> int:
    """Return 1 if a stated date is later, -1 if it is earlier, as far as both say."""
    one, other = ({part.part: part.value for part in date} for date in (parts, stated))
    for part in (DatePart.YEAR, DatePart.MONTH, DatePart.DAY):
        if part in one and part in other and one[part] != other[part]:
            return 1 if other[part] > one[part] else -1
    return 0


def folded_words(text: str) -> Iterator[str]:
    """Yield the words of a text without case, accents, possessive endings and inner stops."""
    plain = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", text.casefold())
        if not unicodedata.combining(letter)
    )
    yield from _WORD.findall(_POSSESSIVE.sub("", _DOTS.sub("", plain)))


def is_rounded(value: Decimal, exact: Decimal) -> bool:
    """Tell whether one value is the other, rounded to fewer figures, and near to it."""
    if not exact or abs(value - exact) > _NEAR * abs(exact):
        return False
    figures = len(value.normalize().as_tuple().digits)
    return figures < len(exact.normalize().as_tuple().digits)


def _initials(name: str) -> str:
    return "".join(word[0] for word in re.split(r"[ -]", name) if word[:1].isupper())


def _share_stem(one: str, other: str) -> bool:
    length = max(_STEM, round(_STEM_SHARE * max(len(one), len(other))))
    return len(one) >= length and one[:length] == other[:length]
