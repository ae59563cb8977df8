"""The same words in another order."""

import numpy as np
import pytest

from concord.alignment import TextPair
from concord.data.perturbations.word_order import swap_roles


def turned(claim: str, context: str = "") -> str | None:
    made = swap_roles(TextPair(context, claim), np.random.default_rng(0))
    return None if made is None else made.pair.claim


@pytest.mark.parametrize(
    ("claim", "after"),
    [
        ("In May Anna Berg defeated Clara Lind.", "In May Clara Lind defeated Anna Berg."),
        ("Anna Berg is taller than Clara Lind.", "Clara Lind is taller than Anna Berg."),
        ("Sales rose from 5 to 9 million.", "Sales rose from 9 to 5 million."),
        ("She moved from Rome to Paris in 1931.", "She moved from Paris to Rome in 1931."),
        ("A dog is chasing a man.", "A man is chasing a dog."),
        ("A man is riding the horse in a field.", "The horse is riding a man in a field."),
    ],
)
def test_the_ends_of_a_one_way_relation_are_exchanged(claim: str, after: str) -> None:
    assert turned(claim) == after
    one, other = (sorted(text.lower().rstrip(".").split()) for text in (claim, after))
    assert one == other


@pytest.mark.parametrize(
    "claim",
    [
        "Anna Berg met Clara Lind.",  # holds both ways
        "Anna Berg was not defeated by Clara Lind.",
        "The road runs from Rome to Paris.",
        "A dog is beside a man.",
        "A man is kissing a woman.",
    ],
)
def test_what_may_still_hold_is_left_alone(claim: str) -> None:
    assert turned(claim) is None


def test_what_the_context_says_itself_is_not_made() -> None:
    assert turned("A dog is chasing a man.", "Look: a man is chasing a dog.") is None
