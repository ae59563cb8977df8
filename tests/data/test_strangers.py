"""Claims that name somebody from another text."""

import re
from dataclasses import replace

import pytest

from concord.alignment import ALIGNED, CONTRADICTED, NEUTRAL, UNALIGNED, AlignmentExample, Head
from concord.data.augmentation import AugmentationOptions
from concord.data.recipe import Family
from concord.data.strangers import with_strangers
from concord.errors import ConfigError

PEOPLE = ("Ann Lee", "Ben Dow", "Carl Poe", "Emma Ray", "Frank Orr", "Gary Nash", "Helen Pike")
ALL = AugmentationOptions(stranger_rate=1.0)


def _states(person: str, number: int, target: float = ALIGNED) -> AlignmentExample:
    return AlignmentExample(
        context=f"In the year {number} the prize went to {person}.",
        claim=f"The prize of {number} was given to {person}.",
        head=Head.THREE_WAY,
        target=target,
    )


STATED = tuple(_states(person, number) for number, person in enumerate(PEOPLE * 20, start=1500))


def _copies(examples: tuple[AlignmentExample, ...], rate: float = 1.0) -> list[AlignmentExample]:
    varied = AugmentationOptions(stranger_rate=rate)
    found = with_strangers(examples, Family.FACT_CHECKING, varied)
    return [each for each in found if each.provenance]


def test_at_a_rate_of_zero_examples_pass_as_they_are() -> None:
    found = with_strangers(STATED, Family.FACT_CHECKING, AugmentationOptions())
    assert tuple(found) == STATED


@pytest.mark.parametrize("family", [Family.QA, Family.PARAPHRASE, Family.SIMILARITY])
def test_other_families_pass_as_they_are(family: Family) -> None:
    assert tuple(with_strangers(STATED, family, ALL)) == STATED


def test_a_copy_names_a_person_of_another_text_and_is_no_longer_aligned() -> None:
    found = list(with_strangers(STATED, Family.FACT_CHECKING, ALL))
    assert tuple(each for each in found if not each.provenance) == STATED
    copies = [each for each in found if each.provenance]
    # The first row has no others before it.
    assert len(copies) == len(STATED) - 1
    for copy in copies:
        old, new = re.fullmatch(r"stranger: (.+) -> (.+)", copy.provenance).groups()  # type: ignore[union-attr]
        assert {old, new} <= set(PEOPLE)
        assert old in copy.context
        assert new not in copy.context
        assert old not in copy.claim
        assert new in copy.claim
        assert (copy.head, copy.target) == (Head.THREE_WAY, UNALIGNED)


def test_a_copy_teaches_the_head_of_its_original() -> None:
    binary = tuple(replace(each, head=Head.BINARY, target=1) for each in STATED)
    assert {(each.head, each.target) for each in _copies(binary)} == {(Head.BINARY, 0)}


@pytest.mark.parametrize("target", [NEUTRAL, CONTRADICTED])
def test_only_aligned_examples_get_one(target: float) -> None:
    assert _copies(tuple(replace(each, target=target) for each in STATED)) == []


def test_a_name_that_the_context_does_not_have_stays() -> None:
    # Whom the evidence leaves out may be right.
    silent = tuple(
        replace(each, context=f"He won in {1500 + index}.") for index, each in enumerate(STATED)
    )
    assert _copies(silent) == []


def test_a_place_within_another_is_no_stranger() -> None:
    places = ("Paris", "France", "Europe")
    examples = tuple(
        replace(
            _states("him", 1500 + n), context=f"It lies in {place}.", claim=f"It is in {place}."
        )
        for n, place in enumerate(places * 20)
    )
    assert _copies(examples) == []


def test_copies_are_the_same_with_the_same_seed_alone() -> None:
    first, again, other = (
        list(with_strangers(STATED, Family.FACT_CHECKING, ALL, seed=seed)) for seed in (1, 1, 2)
    )
    assert first == again
    assert first != other


def test_the_rate_is_the_share_of_aligned_examples_with_a_copy() -> None:
    # 140 draws at 0.25: a mean of 35, a deviation of 5.1
    assert 20 < len(_copies(STATED, rate=0.25)) < 50


def test_of_very_many_names_early_ones_give_way_to_late_ones() -> None:
    # 3,000 towns, one a row; 2,000 names are kept.
    towns = [f"{chr(65 + n % 26)}{'aeiou'[n // 26 % 5]}{'bdgklmnprst'[n // 130 % 11]}"
             f"{'aeiou'[n // 1430]}" for n in range(3000)]  # fmt: skip
    rows = tuple(
        replace(
            STATED[0],
            context=f"In that year the prize went to {town}.",
            claim=f"That prize was given to {town}.",
        )
        for town in towns
    )
    strangers = [each.provenance.partition(" -> ")[2] for each in _copies(rows)]
    last = strangers[-500:]
    assert len(strangers) > 2900
    assert {name in towns[2000:] for name in last} == {True, False}


def test_a_rate_is_a_probability() -> None:
    with pytest.raises(ConfigError, match=r"stranger_rate is a probability in \[0, 1\], got 2"):
        AugmentationOptions(stranger_rate=2)
