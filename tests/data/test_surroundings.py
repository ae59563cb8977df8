"""Contexts that stand among others."""

from dataclasses import replace
from itertools import pairwise

import pytest

from concord.alignment import ALIGNED, CONTRADICTED, AlignmentExample, Head
from concord.data.augmentation import AugmentationOptions
from concord.data.recipe import Family
from concord.data.surroundings import with_surrounded
from concord.errors import ConfigError

TOWNS = ("Ada", "Brok", "Cerno", "Dult", "Evin", "Forl", "Gorm", "Hesk", "Imber", "Jost")
STATED = tuple(
    AlignmentExample(
        context=f"{town} has {number} bridges over its river.",
        claim=f"There are {number} of them in {town}.",
        head=Head.THREE_WAY,
        target=target,
    )
    for number, town in enumerate(TOWNS * 20)
    for target in [CONTRADICTED if number % 3 else ALIGNED]
)
ALL = AugmentationOptions(surround_rate=1.0, surround_words=30)


def test_at_a_rate_of_zero_examples_pass_as_they_are() -> None:
    options = AugmentationOptions()
    assert tuple(with_surrounded(STATED, Family.FACT_CHECKING, options)) == STATED


@pytest.mark.parametrize("family", [Family.NLI, Family.QA, Family.PARAPHRASE, Family.SUMMARIZATION])
def test_only_claims_about_facts_are_surrounded(family: Family) -> None:
    assert tuple(with_surrounded(STATED, family, ALL)) == STATED


@pytest.mark.parametrize("family", [Family.FACT_CHECKING, Family.CONSISTENCY])
def test_a_copy_has_its_context_among_others_that_do_not_bear_on_the_claim(family: Family) -> None:
    found = list(with_surrounded(STATED, family, ALL))
    assert [each for each in found if not each.provenance] == list(STATED)
    pairs = [(each, copy) for each, copy in pairwise(found) if copy.provenance]
    assert len(pairs) > 0.9 * len(STATED)
    places = set()
    for original, copy in pairs:
        assert (copy.claim, copy.head, copy.target) == (
            original.claim,
            original.head,
            original.target,
        )
        before, found_it, after = copy.context.partition(original.context)
        assert found_it
        places.add((bool(before), bool(after)))
        others = (before + after).replace(". ", ".").split(".")
        others = [other for other in others if other]
        assert copy.provenance == f"surrounded: among {len(others)} other contexts"
        assert 1 <= len(others) <= 4
        assert len(copy.context.split()) <= 30
        town = original.context.split()[0]
        assert not any(other.startswith(town) for other in others)
    assert places == {(True, False), (False, True), (True, True)}


def test_copies_are_the_same_with_the_same_seed_alone() -> None:
    first, again, other = (
        list(with_surrounded(STATED, Family.FACT_CHECKING, ALL, seed=seed)) for seed in (1, 1, 2)
    )
    assert first == again
    assert first != other


def test_the_rate_is_the_share_of_examples_with_a_copy() -> None:
    options = replace(ALL, surround_rate=0.25)
    num_copies = len(list(with_surrounded(STATED, Family.FACT_CHECKING, options))) - len(STATED)
    # 200 draws at 0.25: a mean of 50, a deviation of 6.1
    assert 30 < num_copies < 70


def test_an_empty_context_is_left_alone() -> None:
    empty = replace(STATED[0], context=" ")
    assert list(with_surrounded([*STATED, empty], Family.FACT_CHECKING, ALL))[-1] == empty


def test_no_words_are_no_surroundings() -> None:
    with pytest.raises(ConfigError, match=r"surround_words must be at least 1, got 0"):
        AugmentationOptions(surround_words=0)
