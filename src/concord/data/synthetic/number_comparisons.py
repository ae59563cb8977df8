"""Short claims made from nothing but arithmetic: more than 600 where the text says 712.

Which of two numbers is larger decides a claim only together with the words "more" or "less", so
that neither alone says anything about the label, and an encoder that can do neither learns
nothing (as with exclusive or). Here five claims in six say "more": their answer is the comparison
itself, which is learned first, and the other words soon after.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np

from concord.data.sources import Split
from concord.data.synthetic.change import build_generator

_ROWS: Final = {Split.TRAIN: 30_000, Split.VALIDATION: 1_000, Split.TEST: 1_000}
SHARE_OF_MORE: Final = 5 / 6
_SHARE_OF_NEAR: Final = 1 / 4
_SHARE_OF_ROUND: Final = 1 / 2
_LONGEST: Final = 6  # figures
_TEMPLATES: Final = (
    ("The museum has {} pictures.", "The museum has {} {} pictures."),
    ("{} people came to the fair.", "{} {} people came."),
    ("The film earned $ {} abroad.", "The film made {} $ {} abroad."),
    ("It holds a {} % rating, says the site.", "Its rating is {} {} %."),
    ("There are {} confirmed cases.", "{} {} cases were confirmed."),
    ("The song was played {} times on the radio.", "The radio played the song {} {} times."),
    ("In May it sold {} copies.", "{} {} copies of it were sold in May."),
    ("The town counted {} visitors last year.", "{} {} visitors came to the town."),
    ("Critics give it a score of {} out of 100.", "Critics scored it {} {}."),
)
_YEARS: Final = (
    ("The bridge opened in {}.", "The bridge was opened {} {}."),
    ("She was born in {} near the sea.", "She was born {} {}."),
    ("The band was founded in {}.", "The band was founded {} {}."),
)
_SHARE_OF_YEARS: Final = 1 / 6
MORE: Final = ("more than", "over", "at least", "above")
LESS: Final = ("less than", "under", "fewer than", "below")


def make_comparisons(split: Split) -> Iterator[dict[str, object]]:
    """Yield the rows of a split in the uniform format of pairs, the same ones each time."""
    for number in range(_ROWS[split]):
        yield {"id": str(number), **_make_row(build_generator(0, split, str(number)))}


def _make_row(rng: np.random.Generator) -> dict[str, object]:
    is_year = rng.random() < _SHARE_OF_YEARS
    templates = _YEARS if is_year else _TEMPLATES
    text, claim = templates[int(rng.integers(len(templates)))]
    value = int(rng.integers(1800, 2024)) if is_year else _draw_value(text, rng)
    is_more, holds = bool(rng.random() < SHARE_OF_MORE), bool(rng.random() < 0.5)
    limit = draw_limit(value, is_above=is_more is not holds, is_year=is_year, rng=rng)
    words = ("after",) if is_year else MORE
    if not is_more:
        words = ("before",) if is_year else LESS
    word = words[int(rng.integers(len(words)))]
    claim = claim.format(word, limit if is_year else f"{limit:,}")
    return {
        "text_a": text.format(value if is_year else f"{value:,}"),
        "text_b": claim[0].upper() + claim[1:],
        "label": "entailment" if holds else "contradiction",
    }


def _draw_value(text: str, rng: np.random.Generator) -> int:
    if "%" in text or "100" in text:
        return int(rng.integers(3, 98))
    figures = rng.uniform(0.5, _LONGEST)
    return max(3, int(10**figures))


def draw_limit(
    value: int, *, is_above: bool, rng: np.random.Generator, is_year: bool = False
) -> int:
    """Return another number on one side of a value, near or far, often a round one."""
    sign = 1 if is_above else -1
    if is_year:
        return value + sign * round(10 ** rng.uniform(0, 1.5))
    is_near = rng.random() < _SHARE_OF_NEAR
    away = value * (
        10 ** rng.uniform(-3, -1) if is_near else rng.uniform(0.1, 1.5 if is_above else 0.95)
    )
    limit = max(1, value + sign * max(1, round(away)))
    if rng.random() < _SHARE_OF_ROUND:
        unit = 10 ** max(0, len(str(limit)) - int(rng.integers(1, 4)))
        rounded = (limit // unit + (1 if is_above else 0)) * unit
        if rounded > 0 and (rounded > value) is is_above and rounded != value:
            return int(rounded)
    return limit
