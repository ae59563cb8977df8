"""Which pairs may be varied, and what becomes of their labels."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.tiny_data import tokenized_examples

from concord.alignment import ALIGNED, CONTRADICTED, NEUTRAL, UNALIGNED, AlignmentExample, Head
from concord.data.augmentation import (
    AugmentationOptions,
    DrawnPairs,
    draw_pairs,
    with_perturbed,
)
from concord.data.recipe import Family
from concord.errors import ConfigError

VARIED = (Family.NLI, Family.FACT_CHECKING, Family.PARAPHRASE)
OTHERS = tuple(family for family in Family if family not in VARIED)
NUMBER = 6
EVERY = np.arange(NUMBER)
CONTEXT, CLAIM = list(range(NUMBER)), list(range(NUMBER, 2 * NUMBER))


def draw(
    family: Family,
    head: Head,
    targets: list[float],
    *,
    self_pair: float = 0.0,
    swap: float = 0.0,
    swap_graded: float = 0.0,
    seed: int = 0,
) -> DrawnPairs:
    examples = tokenized_examples("some", [3] * len(targets), head=head, targets=targets)
    options = AugmentationOptions(self_pair=self_pair, swap=swap, swap_graded=swap_graded)
    rng = np.random.default_rng(seed)
    return draw_pairs(examples, np.arange(len(targets)), family, options, rng)


@pytest.mark.parametrize("family", VARIED)
def test_without_augmentation_pairs_stay_as_they_are(family: Family) -> None:
    drawn = draw(family, Head.BINARY, [0, 1, 0, 1, 0, 1])
    assert (drawn.context.tolist(), drawn.claim.tolist()) == (CONTEXT, CLAIM)
    assert drawn.target.tolist() == [0, 1, 0, 1, 0, 1]


@pytest.mark.parametrize("family", VARIED)
@pytest.mark.parametrize(("head", "aligned"), [(Head.BINARY, 1), (Head.THREE_WAY, ALIGNED)])
def test_a_context_is_aligned_with_itself(family: Family, head: Head, aligned: float) -> None:
    drawn = draw(family, head, [0, 1, 0, 1, 0, 1], self_pair=1.0, swap=1.0)
    assert drawn.context.tolist() == drawn.claim.tolist() == CONTEXT
    assert drawn.target.tolist() == [aligned] * NUMBER


@pytest.mark.parametrize("family", [Family.NLI, Family.FACT_CHECKING])
def test_of_three_classes_only_contradictions_are_swapped(family: Family) -> None:
    targets = [ALIGNED, NEUTRAL, CONTRADICTED, CONTRADICTED, NEUTRAL, ALIGNED]
    drawn = draw(family, Head.THREE_WAY, [float(target) for target in targets], swap=1.0)
    assert drawn.context.tolist() == [0, 1, 8, 9, 4, 5]  # the claim of example i is text 6 + i
    assert drawn.claim.tolist() == [6, 7, 2, 3, 10, 11]
    assert drawn.target.tolist() == targets


@pytest.mark.parametrize("family", [Family.NLI, Family.FACT_CHECKING])
def test_entailed_or_not_is_never_swapped(family: Family) -> None:
    drawn = draw(family, Head.BINARY, [0, 1, 0, 1, 0, 1], swap=1.0)
    assert (drawn.context.tolist(), drawn.claim.tolist()) == (CONTEXT, CLAIM)


def test_a_paraphrase_may_always_be_swapped() -> None:
    drawn = draw(Family.PARAPHRASE, Head.BINARY, [0, 1, 0, 1, 0, 1], swap=1.0)
    assert (drawn.context.tolist(), drawn.claim.tolist()) == (CLAIM, CONTEXT)
    assert drawn.target.tolist() == [0, 1, 0, 1, 0, 1]


@pytest.mark.parametrize("family", OTHERS)
@pytest.mark.parametrize("head", list(Head))
def test_other_families_are_never_varied(family: Family, head: Head) -> None:
    targets = [0.0, 1.0, 0.0, 1.0, 0.0, 1.0]
    drawn = draw(family, head, targets, self_pair=1.0, swap=1.0)
    assert (drawn.context.tolist(), drawn.claim.tolist()) == (CONTEXT, CLAIM)
    assert drawn.target.tolist() == targets


def test_a_graded_pair_is_not_made_a_self_pair() -> None:
    targets = [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
    drawn = draw(Family.PARAPHRASE, Head.REGRESSION, targets, self_pair=1.0)
    assert drawn.claim.tolist() == CLAIM
    assert drawn.target == pytest.approx(targets)


@given(
    family=st.sampled_from(VARIED),
    targets=st.lists(st.sampled_from([0.0, 1.0, 2.0]), min_size=1, max_size=30),
    self_pair=st.floats(0, 1),
    swap=st.floats(0, 1),
    seed=st.integers(0, 99),
)
def test_a_pair_stays_becomes_a_self_pair_or_is_swapped(
    family: Family, targets: list[float], self_pair: float, swap: float, seed: int
) -> None:
    drawn = draw(family, Head.THREE_WAY, targets, self_pair=self_pair, swap=swap, seed=seed)
    columns = (drawn.context, drawn.claim, drawn.target)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    for index, (row, before) in enumerate(zip(rows, targets, strict=True)):
        claim_text = len(targets) + index
        allowed = [(index, claim_text, before), (index, index, ALIGNED)]
        if family is Family.PARAPHRASE or before == CONTRADICTED:
            allowed.append((claim_text, index, before))
        assert row in allowed


def test_the_shares_come_out_as_asked_for() -> None:
    number = 20_000
    drawn = draw(Family.PARAPHRASE, Head.BINARY, [0.0] * number, self_pair=0.05, swap=0.05)
    is_self = drawn.context == drawn.claim
    is_swapped = drawn.context > drawn.claim
    # 5 % and 5 % of the other 95 %; three standard deviations are 0.0046
    assert is_self.mean() == pytest.approx(0.05, abs=0.0046)
    assert is_swapped.mean() == pytest.approx(0.0475, abs=0.0046)


def test_sides_of_graded_pairs_change_places_as_often_as_asked_and_keep_their_degree() -> None:
    degrees = [0.2, 0.9] * 5_000
    drawn = draw(Family.SIMILARITY, Head.REGRESSION, degrees, swap_graded=0.3, swap=1.0)
    pairs = set(zip(drawn.context.tolist(), drawn.claim.tolist(), strict=True))
    both = {(row, row + len(degrees)) for row in range(len(degrees))}
    assert pairs <= both | {(claim, context) for context, claim in both}
    # three standard deviations are 0.0137
    assert (drawn.context > drawn.claim).mean() == pytest.approx(0.3, abs=0.0137)
    assert drawn.target.tolist() == pytest.approx(degrees)


@pytest.mark.parametrize("family", [family for family in Family if family != Family.SIMILARITY])
def test_only_graded_pairs_follow_their_option(family: Family) -> None:
    drawn = draw(family, Head.BINARY, [0, 1, 0, 1, 0, 1], swap_graded=1.0)
    assert (drawn.context.tolist(), drawn.claim.tolist()) == (CONTEXT, CLAIM)


def test_the_stored_targets_are_not_changed() -> None:
    examples = tokenized_examples("some", [3, 3], targets=[2.0, 2.0])
    options = AugmentationOptions(self_pair=1.0)
    draw_pairs(examples, np.arange(2), Family.NLI, options, np.random.default_rng(0))
    assert examples.target.tolist() == [2.0, 2.0]


@pytest.mark.parametrize("value", [-0.1, 1.1])
def test_a_probability_outside_0_to_1_is_refused(value: float) -> None:
    with pytest.raises(ConfigError, match=r"augmentation\.swap is a probability"):
        AugmentationOptions(swap=value)


STATED = tuple(
    AlignmentExample(
        context=f"The bridge was built in 1931 and is {metres} metres long.",
        claim=f"The bridge is {metres} metres long.",
        head=Head.THREE_WAY,
        target=target,
    )
    for metres, target in zip(range(100, 500), [ALIGNED, NEUTRAL] * 200, strict=True)
)


def test_without_perturbations_examples_pass_as_they_are() -> None:
    options = AugmentationOptions(perturbation_rate=1.0)
    assert tuple(with_perturbed(STATED, Family.NLI, options)) == STATED


@pytest.mark.parametrize("family", [Family.QA, Family.SIMILARITY, Family.RETRIEVAL])
def test_what_is_no_statement_is_not_perturbed(family: Family) -> None:
    options = AugmentationOptions(perturbations=("negation",), perturbation_rate=1.0)
    assert tuple(with_perturbed(STATED, family, options)) == STATED


def test_a_perturbed_copy_stands_behind_each_example_that_one_fits() -> None:
    options = AugmentationOptions(perturbations=("negation",), perturbation_rate=1.0)
    found = list(with_perturbed(STATED[:2], Family.NLI, options))
    # the neutral one cannot be negated: nobody knows what it would be
    assert [each.claim for each in found] == [
        "The bridge is 100 metres long.",
        "The bridge is not 100 metres long.",
        "The bridge is 101 metres long.",
    ]
    assert [each.target for each in found] == [ALIGNED, CONTRADICTED, NEUTRAL]
    assert found[1].provenance == "negation: is -> is not"


NAMED = AlignmentExample(
    context="The team came from Norway in May. It won.",
    claim="The team came from Norway.",
    head=Head.THREE_WAY,
    target=ALIGNED,
)


@pytest.mark.parametrize(
    ("head", "aligned", "wanted"), [(Head.THREE_WAY, ALIGNED, UNALIGNED), (Head.BINARY, 1, 0)]
)
def test_a_copy_teaches_the_head_of_its_original(head: Head, aligned: int, wanted: int) -> None:
    options = AugmentationOptions(perturbations=("name_swap",), perturbation_rate=1.0)
    original = replace(NAMED, head=head, target=aligned)
    _, copy = with_perturbed([original], Family.NLI, options)
    assert copy.claim != original.claim
    assert (copy.head, copy.target) == (head, wanted)


def test_the_rate_is_the_share_of_examples_with_a_copy() -> None:
    options = AugmentationOptions(
        perturbations=("upper_case", "number_swap"), perturbation_rate=0.25
    )
    copies = [
        each.provenance.split(":")[0]
        for each in with_perturbed(STATED, Family.NLI, options)
        if each.provenance
    ]
    # 400 draws at 0.25: a mean of 100, a deviation of 8.7
    assert 70 < len(copies) < 130
    # upper case fits all, number swap the aligned half: 3 of 4 and 1 of 4 of the copies
    assert 0.6 < copies.count("upper_case") / len(copies) < 0.9
    assert copies.count("number_swap") == len(copies) - copies.count("upper_case")


def test_copies_are_fixed_by_the_texts_and_the_seed() -> None:
    options = AugmentationOptions(perturbations=("typos", "number_swap"), perturbation_rate=0.5)
    every = list(with_perturbed(STATED, Family.NLI, options, seed=1))
    later = list(with_perturbed(STATED[200:], Family.NLI, options, seed=1))
    assert every[-len(later) :] == later
    assert every != list(with_perturbed(STATED, Family.NLI, options, seed=2))


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"perturbations": ("negations",)}, "unknown perturbation 'negations'; did you mean"),
        ({"perturbations": ("typos", "typos")}, "names one twice: typos, typos"),
        ({"perturbation_rate": 1.5}, r"perturbation_rate is a probability in \[0, 1\], got 1.5"),
    ],
)
def test_perturbations_that_cannot_be_are_refused(options: dict[str, Any], problem: str) -> None:
    with pytest.raises(ConfigError, match=problem):
        AugmentationOptions(**options)
