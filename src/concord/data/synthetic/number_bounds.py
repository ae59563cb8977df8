"""Claims that bound a number that the context states: more than 25,000 where it says 26,731.

Whether a bound holds is arithmetic, so the label is certain however near it lies. Small encoders
compare numbers badly, and a quarter of the claims of VitaminC (Schuster et al., NAACL 2021) ask
nothing else. Five claims in six say "more" or "after", because comparing is learned sooner so: see
`number_comparisons`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Final

import numpy as np

from concord.alignment import ALIGNED, CONTRADICTED, AlignmentExample
from concord.data.recipe import Cast, Recipe, Record, Skipped
from concord.data.synthetic.change import build_generator, shortened
from concord.data.synthetic.derived import derive_recipe
from concord.text.bounds import bound_of, bound_words, is_rough
from concord.text.numbers import Number, NumberKind, find_numbers
from concord.text.sentences import Span, split_sentences

_SHARE_ONE_WAY: Final = 0.8  # of claims; gives five bounds in six from below
_SHARE_ALL_BOUNDED: Final = 0.5  # of claims with several numbers
_MOST_STEPS: Final = 4
_TRIES: Final = 20
_LARGEST_RATIO: Final = 3  # between a bound and the number that it is of
_MILLION: Final = 1_000_000
_IN_MILLIONS: Final = 0.4  # of the numbers that can be said so
_ALL: Final = Decimal(100)  # per cent
_FEWEST_WORDS: Final = 6
_EARLIEST, _LATEST = 1000, 2100

_AT_LEAST: Final = ("more than", "more than", "more than", "over", "over", "at least")
_AT_MOST: Final = ("less than", "less than", "under", "fewer than", "below")
_CURRENCY: Final = re.compile(r"(?:US|A|C)?[$\u00a3\u20ac\u00a5] ?\Z")
_NAME_BEFORE: Final = re.compile(
    r"(?:[a-z,;)] [A-Z][\w.'\u2019]*|\b[Nn]o\.?|\b[Nn]umber|\b[Ss]eason|\b[Cc]hapter|\b[Ee]pisode|"
    r"\b[Vv]olume|\b[Ll]evel|\b[Pp]age|#) ?\Z"
)
_YEAR: Final = re.compile(r"1[0-9]{3}|20[0-9]{2}")  # without a comma it may be one
_RANGE_BEFORE: Final = re.compile(
    r"(?:\b(?:to|or|between|from|than|in|by|since|between [^,;]* and)|[^\w\s,;:)\]]) ?\Z"
)
_RANGE_BEHIND: Final = re.compile(
    r" ?[-\u2010-\u2015\u2212+&=(]| (?:to|or|and) [0-9]|%? of the \w+ [0-9]"
)
_LOOK_BEHIND: Final = 24  # characters
_IN_YEAR: Final = re.compile(
    r"\b(?P<word>[Ii]n) (?P<year>1[1-9][0-9]{2}|20[0-9]{2})\b(?![-/\u2013])"
)

_NO_NUMBER: Final = Skipped("no number that the context states as well")


@dataclass(frozen=True, slots=True)
class BoundedClaim:
    """A claim with a bound in place of a number, and whether the context bears it out."""

    text: str
    holds: bool
    detail: str


@dataclass(frozen=True, slots=True)
class _Place:
    """A part of a claim that a bound can take, and the number that the context has for it."""

    span: Span
    number: Number
    currency: str
    value: Decimal


def bound_numbers(
    claim: str, context: str, rng: np.random.Generator, *, is_refuted: bool = False
) -> Iterator[BoundedClaim]:
    """Yield a claim with bounds of one of its numbers, as many that hold as do not.

    Four claims in five get two bounds from below, "more than" or "after", the fifth also two from
    above. The number stands in the context just so, or the claim bounds it already and the context
    has one number that this can be of. A year after "in" becomes "before" or "after" another one.
    Half of the claims with several such numbers get bounds that hold of the others as well.

    Args:
        claim: A claim that the context supports, or refutes.
        context: What supports or refutes it.
        rng: Decides on the number, the bounds and the words.
        is_refuted: Of such a claim nothing but its only number is bounded, where it has a bound
            that the context's number is beyond: so it is refuted for that.

    Yields:
        The claims; none where no number fits.
    """
    if is_refuted:
        places, years = _find_missed_bound(claim, context), []
    else:
        places, years = list(_find_places(claim, context)), list(_find_years(claim, context))
    if not places and not years:
        return
    drawn = int(rng.integers(len(places) + len(years)))
    if drawn < len(places):
        others = [each for each in places if each is not places[drawn]]
        is_all = bool(others) and rng.random() < _SHARE_ALL_BOUNDED
        yield from _bound_amount(claim, places[drawn], others if is_all else (), rng)
    else:
        yield from _bound_year(claim, years[drawn - len(places)], rng)


def cast_bounded_pair(record: Record) -> Iterator[AlignmentExample | Skipped]:
    """Yield a text and a claim of it with bounds of a number of the claim.

    Where the text does not decide on the claim, or refutes it for anything but its one bound, a
    sentence of the text stands for it.
    """
    context, claim, target = record.text("context"), record.text("claim"), record.target()
    if target == ALIGNED:
        yield from _cast(record, claim)
    elif target == CONTRADICTED and _find_missed_bound(claim, context):
        yield from _cast(record, claim, is_refuted=True)
    else:
        yield from _cast_sentence(record, claim)


def cast_bounded_sentence(record: Record) -> Iterator[AlignmentExample | Skipped]:
    """Yield a passage and a sentence of it with bounds of one of its numbers.

    The draw is fixed by the passage and the record's "question", so that the questions on one
    passage draw different sentences.
    """
    yield from _cast_sentence(record, record.text("question"))


def build_bounds_recipe(original: Recipe, title: str, cast: Cast) -> Recipe:
    """Return the recipe of the bounds of numbers in another recipe's texts.

    Args:
        original: Its records have what the cast reads.
        title: What people call its data set.
        cast: One of the two above.
    """
    labels = original.labels if cast is cast_bounded_pair else None
    return derive_recipe(original, "bounds", f"{title}, bounds of its numbers", cast, labels)


def _cast_sentence(record: Record, draw: str) -> Iterator[AlignmentExample | Skipped]:
    context = record.text("context")
    sentences = [context[span.start : span.end] for span in split_sentences(context)]
    fitting = [
        each
        for each in sentences
        if len(each.split()) >= _FEWEST_WORDS
        and (any(_find_places(each, context)) or any(_find_years(each, context)))
    ]
    if not fitting:
        yield _NO_NUMBER
        return
    rng = build_generator(0, "sentence", context, draw)
    yield from _cast(record, fitting[int(rng.integers(len(fitting)))])


def _cast(
    record: Record, claim: str, *, is_refuted: bool = False
) -> Iterator[AlignmentExample | Skipped]:
    context = record.text("context")
    rng = build_generator(0, "bounds", context, claim)
    made = list(bound_numbers(claim, context, rng, is_refuted=is_refuted))
    if not made:
        yield _NO_NUMBER
    for each in made:
        yield AlignmentExample(
            context=context,
            claim=each.text,
            head=record.recipe.head,
            target=ALIGNED if each.holds else CONTRADICTED,
            provenance=f"number_bound: {each.detail}",
        )


def _find_places(claim: str, context: str) -> Iterator[_Place]:
    stated = _find_stated(context)
    for number in find_numbers(claim):
        if not _can_be_bounded(claim, number):
            continue
        found = _find_bound(claim, number, stated)
        if found is not None:
            yield found
        elif bound_of(claim, number.span) == 0:
            before = claim[max(0, number.span.start - _LOOK_BEHIND) : number.span.start]
            symbol = _currency_before(before)
            is_stated = number.value in _find_peers(number, stated)
            if is_stated and _is_amount(claim, number, before.removesuffix(symbol)):
                start = number.span.start - len(symbol)
                yield _Place(Span(start, number.span.end), number, symbol, number.value)


def _find_missed_bound(claim: str, context: str) -> list[_Place]:
    """Return the claim's only number if it has a bound that the context's one is beyond."""
    numbers = list(find_numbers(claim))
    if len(numbers) != 1 or not _can_be_bounded(claim, numbers[0]):
        return []
    found = _find_bound(claim, numbers[0], _find_stated(context), is_missed=True)
    return [] if found is None else [found]


def _find_bound(
    claim: str, number: Number, stated: Sequence[Number], *, is_missed: bool = False
) -> _Place | None:
    symbol = _currency_before(claim[max(0, number.span.start - _LOOK_BEHIND) : number.span.start])
    words = bound_words(claim, Span(number.span.start - len(symbol), number.span.end))
    if words is None:
        return None
    bound = bound_of(claim, number.span) * (-1 if is_missed else 1)
    value = _bounded_value(number, bound, _find_peers(number, stated))
    if value is None:
        return None
    return _Place(Span(words.start, number.span.end), number, symbol, value)


def _can_be_bounded(claim: str, number: Number) -> bool:
    return number.kind is not NumberKind.ORDINAL and not is_rough(claim, number.span)


def _currency_before(text: str) -> str:
    found = _CURRENCY.search(text)
    return found[0] if found else ""


def _find_stated(context: str) -> list[Number]:
    return [each for each in find_numbers(context) if _is_exact(context, each)]


def _find_peers(number: Number, stated: Sequence[Number]) -> set[Decimal]:
    return {each.value for each in stated if _are_peers(each, number)}


def _is_amount(text: str, number: Number, before: str) -> bool:
    """Tell whether a number counts or measures, and is no name, year or end of a range."""
    is_year = _YEAR.fullmatch(number.written) is not None
    is_joined = _RANGE_BEHIND.match(text, number.span.end) or _RANGE_BEFORE.search(before)
    return not (is_year or is_joined or _NAME_BEFORE.search(before))


def _is_exact(context: str, number: Number) -> bool:
    return bound_of(context, number.span) == 0 and not is_rough(context, number.span)


def _are_peers(one: Number, other: Number) -> bool:
    return one.kind is other.kind and one.scale.lower() == other.scale.lower()


def _bounded_value(number: Number, bound: int, stated: set[Decimal]) -> Decimal | None:
    """Return the one number of the context that a supported claim can have bounded."""
    near = {
        value
        for value in stated
        if min(value, number.value) * _LARGEST_RATIO >= max(value, number.value)
        and (value >= number.value if bound > 0 else value <= number.value)
    }
    return next(iter(near)) if len(near) == 1 else None


def _bound_amount(
    claim: str, place: _Place, others: Sequence[_Place], rng: np.random.Generator
) -> Iterator[BoundedClaim]:
    for is_least in _draw_ways(rng):
        for holds in (True, False):
            bound = _draw_bound(place, rng, is_least=is_least, holds=holds)
            if bound is None:
                continue
            bounds = {place.span: bound}
            for each in others:
                beside = _draw_bound(each, rng, is_least=_draw_ways(rng)[-1], holds=True)
                bounds |= {} if beside is None else {each.span: beside}
            yield _put(claim, bounds, place.span, holds)


def _draw_bound(
    place: _Place, rng: np.random.Generator, *, is_least: bool, holds: bool
) -> str | None:
    limit = _limit(place, is_above=is_least is not holds, rng=rng)
    written = None if limit is None else _write(place, limit, rng)
    return None if written is None else f"{_draw_words(place, is_least, rng)} {written}"


def _draw_ways(rng: np.random.Generator) -> tuple[bool, ...]:
    """Return whether each pair of bounds is from below."""
    return (True,) if rng.random() < _SHARE_ONE_WAY else (True, False)


def _limit(place: _Place, *, is_above: bool, rng: np.random.Generator) -> Decimal | None:
    """Return a number on one side of a value, near or far, as round as it or rounder."""
    value = place.value
    highest = _ALL if place.number.kind is NumberKind.PERCENT else Decimal("Infinity")
    smallest = Decimal(1).scaleb(min(int(value.normalize().as_tuple().exponent), 0))
    figures = str(int(value / smallest))
    zeros = len(figures) - len(figures.rstrip("0"))
    for _ in range(_TRIES):
        unit = smallest * Decimal(10) ** int(rng.integers(max(zeros - 1, 0), len(figures)))
        steps = int(rng.integers(_MOST_STEPS))
        if is_above:
            first = ((value + smallest) / unit).to_integral_value(ROUND_CEILING)
        else:
            first = ((value - smallest) / unit).to_integral_value(ROUND_FLOOR)
        limit = (first + steps * (1 if is_above else -1)) * unit
        if 0 < limit <= highest:
            return limit
    return None


def _write(place: _Place, limit: Decimal, rng: np.random.Generator) -> str | None:
    number = place.number
    is_long = limit >= _MILLION and not number.scale and limit % (_MILLION // 10) == 0
    if is_long and rng.random() < _IN_MILLIONS:
        return f"{place.currency}{(limit / _MILLION).normalize():f} million"
    written = str(limit) if number.is_spelled else number.rewritten(limit)
    return None if written is None else place.currency + written


def _draw_words(place: _Place, is_least: bool, rng: np.random.Generator) -> str:
    choices: Sequence[str] = _AT_LEAST if is_least else _AT_MOST
    if place.number.kind is not NumberKind.COUNT or place.number.scale:
        choices = [each for each in choices if each != "fewer than"]
    return choices[int(rng.integers(len(choices)))]


def _find_years(claim: str, context: str) -> Iterator[re.Match[str]]:
    for match in _IN_YEAR.finditer(claim):
        if re.search(rf"\b{match['year']}\b", context):
            yield match


def _bound_year(
    claim: str, match: re.Match[str], rng: np.random.Generator
) -> Iterator[BoundedClaim]:
    year = int(match["year"])
    for is_least in reversed(_draw_ways(rng)):
        word, sign = ("after", -1) if is_least else ("before", 1)
        for holds in (True, False):
            away = round(10 ** rng.uniform(0, 1.4))
            other = year + (away if holds else -away) * sign
            if _EARLIEST <= other <= _LATEST:
                cased = word.capitalize() if match["word"] == "In" else word
                span = Span(*match.span())
                yield _put(claim, {span: f"{cased} {other}"}, span, holds)


def _put(claim: str, bounds: Mapping[Span, str], drawn: Span, holds: bool) -> BoundedClaim:
    text = claim
    for span in sorted(bounds, key=lambda span: span.start, reverse=True):
        new = bounds[span]
        cased = new[0].upper() + new[1:] if span.start == 0 else new
        text = text[: span.start] + cased + text[span.end :]
    old = claim[drawn.start : drawn.end]
    return BoundedClaim(text, holds, f"{shortened(old)} -> {shortened(bounds[drawn])}")
