"""Number swap: a number of the claim becomes another one of its kind."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

import numpy as np

from concord.data.synthetic.change import Change, SyntheticFamily, build_changes, shuffled
from concord.text.bounds import bound_of
from concord.text.numbers import Number, NumberKind, find_numbers
from concord.text.sentences import Span

_SMALL: Final = 12
_LEAST_RATIO: Final = Decimal("1.15")  # nearer than this, "about 100" could still be right
_GREATEST_RATIO: Final = 5  # farther than this, nobody would believe it
_ALL: Final = 100  # per cent


def swap_number(claim: str, context: str, rng: np.random.Generator) -> Iterator[Change]:
    """Yield the claim with a number replaced by another of the context, or else by a changed one.

    Kind, currency, unit, scale and the way of writing stay. The new value stands nowhere in the
    claim, is not close to the old one, and after "more than" it is larger (after "less than"
    smaller) than all of its kind in claim and context: a weaker bound would still be true.
    """
    own = [number for number in find_numbers(claim) if number.value != 1 or number.scale]
    others = list(find_numbers(context))
    proposals = _proposals(claim, own, others, rng)
    return build_changes(proposals, claim, context, SyntheticFamily.NUMBER_SWAP)


def _proposals(
    claim: str, own: Sequence[Number], others: Sequence[Number], rng: np.random.Generator
) -> Iterator[tuple[Span, str]]:
    for index in shuffled(len(own), rng):
        number = own[index]
        bound = bound_of(claim, number.span)
        peers = [each.value for each in (*own, *others) if _are_peers(each, number)]
        values = {each.value for each in others if _are_peers(each, number)}
        for value in (*_drawn(sorted(values), rng), *_changed(number, peers, bound, rng)):
            if value not in {each.value for each in own} and _is_off(value, number, peers, bound):
                new = number.rewritten(value)
                if new is not None:
                    yield number.span, new


def _are_peers(one: Number, other: Number) -> bool:
    return one.kind is other.kind and one.scale.lower() == other.scale.lower()


def _drawn(values: Sequence[Decimal], rng: np.random.Generator) -> Iterator[Decimal]:
    for index in shuffled(len(values), rng):
        yield values[index]


def _is_off(value: Decimal, number: Number, peers: Sequence[Decimal], bound: int) -> bool:
    """Tell whether a value is plausible, and surely not what the claim said."""
    is_share = number.kind is NumberKind.PERCENT
    if value <= 0 or (is_share and value > _ALL > number.value) or (value < 2 and not is_share):
        return False
    low, high = sorted((value, number.value))
    if low * _GREATEST_RATIO < high:
        return False
    is_far = low * _LEAST_RATIO <= high or (high <= _SMALL * 2 and low == int(low) != high)
    if bound > 0:
        return value > max(peers)
    return value < min(peers) if bound < 0 else is_far


def _changed(
    number: Number, peers: Sequence[Decimal], bound: int, rng: np.random.Generator
) -> Iterator[Decimal]:
    """Yield values that could stand there as well, as round as the one that does."""
    base = max(peers) if bound > 0 else min(peers) if bound < 0 else number.value
    exponent = number.value.normalize().as_tuple().exponent
    step = Decimal(1).scaleb(int(exponent))
    steps = int(base / step)
    for _ in range(4):
        upwards = bound > 0 or (bound == 0 and bool(rng.random() < 0.5))
        if steps <= _SMALL:
            moved = steps + int(rng.integers(1, 4)) * (1 if upwards else -1)
        else:
            factor = rng.uniform(1.25, 2.2) if upwards else rng.uniform(0.4, 0.8)
            moved = round(steps * factor)
        if moved > 0:
            yield moved * step
