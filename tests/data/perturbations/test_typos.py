"""Slips of the keyboard."""

import numpy as np
import pytest

from concord.data.perturbations.typos import add_typos


@pytest.mark.parametrize("seed", range(20))
def test_a_slip_exchanges_inner_letters_or_takes_the_key_beside(seed: int) -> None:
    # exchangeable are i-l and l-t; the keys beside: u, o for i, k for l, r, y for t
    made = add_typos("lilts", np.random.default_rng(seed))
    assert made in {"llits", "litls", "lults", "lolts", "likts", "lilrs", "lilys"}


@pytest.mark.parametrize("seed", range(10))
def test_as_many_words_as_the_share_says_get_one_slip_each(seed: int) -> None:
    # of yellow, garden, behind, wooden and gates, 0.4 are 2
    text = "the yellow garden was behind some wooden gates"
    made = add_typos(text, np.random.default_rng(seed), share=0.4)
    assert made is not None
    changed = [
        (old, new) for old, new in zip(text.split(), made.split(), strict=True) if old != new
    ]
    assert len(changed) == 2
    for old, new in changed:
        assert (old[0], old[-1], len(old)) == (new[0], new[-1], len(new))


def test_names_numbers_and_short_words_stay() -> None:
    assert add_typos("Warsaw had 12345 old cats", np.random.default_rng(0)) is None


def test_a_word_that_could_become_another_stays() -> None:
    assert add_typos("a quiet trail", np.random.default_rng(0)) is None
