"""Claims on one or two of several numbers: over 80 statues, where 712 pictures stand beside them.

Comparing is one half of judging such a claim, finding the number that it means the other. So in
half of the texts the number beside it would give the other answer. Of two bounds both must hold,
and where the claim does not hold just one of them fails.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from concord.data.sources import Split
from concord.data.synthetic.change import build_generator
from concord.data.synthetic.number_comparisons import LESS, MORE, SHARE_OF_MORE, draw_limit

_ROWS: Final = {Split.TRAIN: 30_000, Split.VALIDATION: 1_000, Split.TEST: 1_000}
_SHARE_OF_TWO_BOUNDS: Final = 1 / 3
_SHARE_MISLEADING: Final = 1 / 2
_SHARE_OF_THREE: Final = 1 / 2  # numbers in a text, otherwise two
_FEWEST: Final = 2  # so that there is a number below
_LONGEST: Final = 5.5  # figures

_COUNTED: Final = (
    ("pictures", "statues", "coins", "maps", "vases"),
    ("visitors", "members", "guides", "volunteers"),
    ("patients", "nurses", "doctors", "beds"),
    ("infections", "recoveries", "deaths", "tests"),
    ("views", "likes", "comments", "shares"),
    ("goals", "assists", "matches", "shots"),
    ("albums", "singles", "copies", "downloads"),
    ("rooms", "seats", "windows", "doors"),
    ("pupils", "teachers", "classes", "schools"),
    ("cars", "buses", "trains", "ships"),
    ("votes", "seats", "districts", "candidates"),
    ("houses", "shops", "farms", "streets"),
)
_TEXTS: Final = (
    "It has {}.",
    "By May there were {}.",
    "The yearly report lists {} in all.",
    "{} were counted, says the office.",
    "In total {} have been recorded there since it was opened.",
    "The site gives {}.",
)
_CLAIMS: Final = (
    "It has {}.",
    "There were {}.",
    "The report lists {}.",
    "{} were counted.",
    "{} have been recorded.",
    "{} are given.",
)


@dataclass(frozen=True, slots=True)
class _Item:
    """So many of something."""

    value: int
    noun: str

    def __str__(self) -> str:
        return f"{self.value:,} {self.noun}"


def make_list_comparisons(split: Split) -> Iterator[dict[str, object]]:
    """Yield the rows of a split in the uniform format of pairs, the same ones each time."""
    for number in range(_ROWS[split]):
        yield {"id": str(number), **_make_row(build_generator(0, "lists", split, str(number)))}


def _make_row(rng: np.random.Generator) -> dict[str, object]:
    nouns = _COUNTED[int(rng.integers(len(_COUNTED)))]
    count = 3 if rng.random() < _SHARE_OF_THREE else 2
    chosen = [nouns[int(place)] for place in rng.permutation(len(nouns))[:count]]
    target = _draw_count(rng)
    is_more, holds = bool(rng.random() < SHARE_OF_MORE), bool(rng.random() < 1 / 2)
    limit = draw_limit(target, is_above=is_more is not holds, rng=rng)
    beside = [_draw_beside(target, limit, rng) for _ in chosen[1:]]
    items = [_Item(value, noun) for value, noun in zip([target, *beside], chosen, strict=True)]
    bounds = [_bound(items[0], limit, is_more=is_more, rng=rng)]
    if rng.random() < _SHARE_OF_TWO_BOUNDS:
        bounds.append(_bound_that_holds(items[1], rng))
    template = int(rng.integers(len(_TEXTS)))
    return {
        "text_a": _fill(_TEXTS[template], _shuffled([str(each) for each in items], rng)),
        "text_b": _fill(_CLAIMS[template], _shuffled(bounds, rng)),
        "label": "entailment" if holds else "contradiction",
    }


def _draw_beside(target: int, limit: int, rng: np.random.Generator) -> int:
    """Return a number for something else, often one that is on the limit's other side."""
    if rng.random() < _SHARE_MISLEADING:
        return max(_FEWEST, draw_limit(limit, is_above=target < limit, rng=rng))
    return _draw_count(rng)


def _draw_count(rng: np.random.Generator) -> int:
    return max(_FEWEST, int(10 ** rng.uniform(0.5, _LONGEST)))


def _bound_that_holds(item: _Item, rng: np.random.Generator) -> str:
    is_more = bool(rng.random() < SHARE_OF_MORE)
    limit = draw_limit(item.value, is_above=not is_more, rng=rng)
    return _bound(item, limit, is_more=is_more, rng=rng)


def _bound(item: _Item, limit: int, *, is_more: bool, rng: np.random.Generator) -> str:
    words = MORE if is_more else LESS
    return f"{words[int(rng.integers(len(words)))]} {_Item(limit, item.noun)}"


def _shuffled(parts: Sequence[str], rng: np.random.Generator) -> list[str]:
    return [parts[int(place)] for place in rng.permutation(len(parts))]


def _fill(template: str, parts: Sequence[str]) -> str:
    listed = ", ".join(parts[:-1]) + " and " + parts[-1] if len(parts) > 1 else parts[0]
    text = template.format(listed)
    return text[0].upper() + text[1:]
