"""Pairs whose answers are obvious, and what a classifier's answers to them say of its labels.

Configs that name the labels in another order than the weights have them are common, and such a
model looks merely bad: nothing else in an evaluation would tell.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from concord.alignment import TextPair
from concord.alignment.scores import FloatArray
from concord.errors import ConfigError
from concord.workflows.contenders.labels import THREE_WAY, LabelOrder, Meaning

Ask: TypeAlias = Callable[[Sequence[TextPair]], FloatArray]
"""From pairs to a classifier's raw outputs, shape ``(pairs, labels)``."""
_Choices: TypeAlias = NDArray[np.int64]

_logger = logging.getLogger(__name__)

_CLEARLY: Final = 0.25  # shares of probes; random weights differ by less
_ENOUGH: Final = 0.6  # of the probes, for an order that is to be believed
_APART: Final = 0.1  # how far the best order of unnamed labels lies before the next

_SAYINGS: Final = (
    (
        "The bakery on Mill Street opens at six every morning.",
        "The bakery opens at six.",
        "The owner of the bakery is sixty years old.",
        "The bakery opens at nine.",
    ),
    (
        "Two girls are swimming in the lake.",
        "Girls are in the water.",
        "The two girls are sisters.",
        "The two girls are sleeping at home.",
    ),
    (
        "The parliament approved the budget on Tuesday after a long debate.",
        "The budget was approved on Tuesday.",
        "The budget is larger than that of last year.",
        "The parliament rejected the budget.",
    ),
    (
        "Marta bought a red bicycle for her son.",
        "Marta bought a bicycle.",
        "The bicycle was expensive.",
        "Marta bought nothing for her son.",
    ),
    (
        "The old lighthouse was built in 1874 and is still in use.",
        "The lighthouse is still used.",
        "The lighthouse is the tallest in the country.",
        "The lighthouse was built in 1974.",
    ),
    (
        "All of the students passed the final exam.",
        "Every student passed the exam.",
        "The exam was held in June.",
        "None of the students passed the exam.",
    ),
    (
        "It rained all day, so the match was cancelled.",
        "The match did not take place because of rain.",
        "The match will be played next Sunday.",
        "The match was played in bright sunshine.",
    ),
    (
        "The company lost four million euros in the first quarter.",
        "The company made a loss in the first quarter.",
        "The company will dismiss its director.",
        "The company made a profit in the first quarter.",
    ),
    (
        "A man in a blue coat is feeding pigeons in the park.",
        "A man is outdoors with birds.",
        "The man comes to the park every day.",
        "The man is wearing a yellow coat.",
    ),
    (
        "The river Ost flows from north to south through three towns.",
        "The river flows through three towns.",
        "There are many fish in the river.",
        "The river flows from south to north.",
    ),
    (
        "Doctor Lang retired last year and moved to Portugal.",
        "Doctor Lang no longer works and lives in Portugal.",
        "Doctor Lang bought a house near the sea.",
        "Doctor Lang has never left her home town and still works.",
    ),
    (
        "The museum is closed on Mondays and free of charge on Sundays.",
        "On Sundays one can visit the museum without paying.",
        "The museum shows paintings from Italy.",
        "The museum is open on Mondays.",
    ),
)
"""A context, and of it a claim that is aligned, one that is neutral, one that is contradicted."""

PROBES: Final[tuple[tuple[TextPair, Meaning], ...]] = tuple(
    (TextPair(context, claim), meaning)
    for context, *claims in _SAYINGS
    for claim, meaning in zip(
        claims, (Meaning.ALIGNED, Meaning.NEUTRAL, Meaning.CONTRADICTED), strict=True
    )
)
UNRELATED: Final = tuple(
    TextPair(saying[0], other[1])
    for saying, other in zip(_SAYINGS, (*_SAYINGS[1:], _SAYINGS[0]), strict=True)
)
"""Contexts with claims about something else, which a mere ranker tells apart too."""


@dataclass(frozen=True, slots=True)
class OrderFit:
    """How well an order of the labels fits the probes.

    Attributes:
        order: The meaning of each output.
        share: Of the probes that are answered rightly, the mean over what there is to tell.
    """

    order: LabelOrder
    share: float

    def __str__(self) -> str:
        return f"{', '.join(self.order)} ({self.share:.0%} of the probes)"


def settle_order(
    declared: LabelOrder | None, num_labels: int, ask: Ask, *, source: str, is_given: bool = False
) -> LabelOrder:
    """Return what a classifier's outputs mean, once the probes bear it out.

    Args:
        declared: The order that its config, or the user, says; None if labels have no names.
        num_labels: How many outputs it has.
        ask: Gives its raw outputs.
        source: What to call it.
        is_given: Whether the user says so: then the probes only warn.

    Raises:
        ConfigError: If another order fits the probes clearly better than the declared one, or
            none does where none is declared.
    """
    if num_labels == 1:
        return _settle_direction(declared or (Meaning.ALIGNED,), ask, source, is_given=is_given)
    choices = ask([pair for pair, _ in PROBES]).argmax(axis=1)
    fits = _fits(_orders(declared, num_labels, source), choices)
    if declared is None:
        return _decide_unnamed(fits, source)
    own = next(fit for fit in fits if fit.order == declared)
    best = fits[0]
    if best.share >= _ENOUGH and best.share - own.share >= _CLEARLY:
        _refuse(own, best, source, is_given=is_given)
    elif own.share < _ENOUGH:
        _logger.warning(
            "%s answers few of the probes rightly: %s; no other order is clearly better",
            source,
            own,
        )
    return declared


def _decide_unnamed(fits: Sequence[OrderFit], source: str) -> LabelOrder:
    best, second = fits[:2]
    if best.share < _ENOUGH or best.share - second.share < _APART:
        raise ConfigError(
            f"{source} names its labels by number alone, and its answers to probes do not tell "
            f"them: {best}, or {second}; say what each means with --label-order, such as "
            f"--label-order {','.join(best.order)}"
        )
    _logger.warning(
        "%s names its labels by number alone; by its answers to probes they are %s", source, best
    )
    return best.order


def _settle_direction(order: LabelOrder, ask: Ask, source: str, *, is_given: bool) -> LabelOrder:
    aligned = [pair for pair, meaning in PROBES if meaning is Meaning.ALIGNED]
    values = ask([*aligned, *UNRELATED])[:, 0]
    sign = 1 if order == (Meaning.ALIGNED,) else -1
    above = sign * (values[: len(aligned), np.newaxis] - values[np.newaxis, len(aligned) :])
    share = float(np.mean(np.sign(above) + 1) / 2)
    other = (Meaning.NOT_ALIGNED,) if sign == 1 else (Meaning.ALIGNED,)
    if 1 - share >= _ENOUGH and 1 - 2 * share >= _CLEARLY:
        _refuse(OrderFit(order, share), OrderFit(other, 1 - share), source, is_given=is_given)
    elif share < _ENOUGH:
        _logger.warning("%s hardly tells related from unrelated probes (%.2f)", source, share)
    return order


def _refuse(own: OrderFit, best: OrderFit, source: str, *, is_given: bool) -> None:
    """Raise for an order that a config declares; only warn of one that the user gave."""
    where = "are given as" if is_given else "are declared as"
    found = f"the labels of {source} {where} {own}, but its answers fit {best} clearly better"
    if not is_given:
        raise ConfigError(
            f"{found}; if that is right, say --label-order {','.join(best.order)}, and if the "
            f"config is, say --label-order {','.join(own.order)}"
        )
    _logger.warning("%s", found)


def _orders(declared: LabelOrder | None, num_labels: int, source: str) -> list[LabelOrder]:
    if declared is not None:
        return list(permutations(declared))
    known: dict[int, Iterable[Meaning]] = {
        2: (Meaning.NOT_ALIGNED, Meaning.ALIGNED),
        3: sorted(THREE_WAY),
    }
    if num_labels not in known:
        raise ConfigError(
            f"{source} has {num_labels} labels without names; a model for pairs has 1, 2 or 3"
        )
    return list(permutations(known[num_labels]))


def _fits(orders: Iterable[LabelOrder], choices: _Choices) -> list[OrderFit]:
    """Return the fit of each order, best first."""
    fits = [OrderFit(order, _share_right(order, choices)) for order in orders]
    return sorted(fits, key=lambda fit: -fit.share)


def _share_right(order: LabelOrder, choices: _Choices) -> float:
    shares = []
    for index, meaning in enumerate(order):
        is_meant = np.array([_is_instance(wanted, meaning) for _, wanted in PROBES])
        shares.append(np.mean(choices[is_meant] == index))
    return float(np.mean(shares))


def _is_instance(wanted: Meaning, meaning: Meaning) -> bool:
    return wanted is meaning or (meaning is Meaning.NOT_ALIGNED and wanted is not Meaning.ALIGNED)
