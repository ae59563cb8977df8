"""What perturbations do to texts and labels: what is said of all of them, and of each."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from concord.alignment import ALIGNED, CONTRADICTED, NEUTRAL, AlignmentExample, Head
from concord.data.perturbations import Effect, get_perturbation, perturbation_names
from concord.errors import ConfigError

CONTEXT = (
    "Marie Hopper was born in Warsaw. In 1931 she defeated Clara Lind and sold 12 paintings in "
    "Glasgow. A young woman is chasing the dog."
)
CLAIMS = (
    "Marie Hopper was born in Warsaw.",
    "Marie Hopper defeated Clara Lind.",
    "In 1931 she sold 12 paintings.",
    "A woman is chasing the dog.",
)


def example(
    claim: str, context: str = CONTEXT, head: Head = Head.THREE_WAY, target: float = ALIGNED
) -> AlignmentExample:
    return AlignmentExample(context=context, claim=claim, head=head, target=target, group="g")


def perturbed(name: str, given: AlignmentExample, seed: int = 0) -> AlignmentExample | None:
    return get_perturbation(name).perturb(given, np.random.default_rng(seed))


def claim_after(name: str, claim: str, context: str = CONTEXT) -> str | None:
    made = perturbed(name, example(claim, context))
    return None if made is None else made.claim


@pytest.mark.parametrize("name", perturbation_names())
def test_every_perturbation_fits_one_of_a_few_plain_claims(name: str) -> None:
    assert any(perturbed(name, example(claim)) is not None for claim in CLAIMS)


@pytest.mark.parametrize("name", perturbation_names())
@pytest.mark.parametrize("claim", CLAIMS)
@pytest.mark.parametrize("seed", range(5))
def test_a_perturbation_changes_the_text_and_is_fixed_by_its_seed(
    name: str, claim: str, seed: int
) -> None:
    given = example(claim)
    made = perturbed(name, given, seed)
    assert made == perturbed(name, given, seed)
    if made is not None:
        assert (made.context, made.claim) != (given.context, given.claim)
        assert made.provenance.startswith(f"{name}: ")
        assert made.group == "g"


@given(
    name=st.sampled_from(perturbation_names()),
    context=st.text(max_size=60),
    claim=st.text(max_size=60),
    seed=st.integers(0, 9),
)
@settings(max_examples=150, deadline=None)
def test_no_text_is_returned_unchanged_or_breaks_a_perturbation(
    name: str, context: str, claim: str, seed: int
) -> None:
    made = perturbed(name, example(claim, context), seed)
    assert made is None or (made.context, made.claim) != (context, claim)


@pytest.mark.parametrize("name", perturbation_names())
@pytest.mark.parametrize("target", [NEUTRAL, CONTRADICTED])
def test_only_those_that_keep_the_label_change_a_pair_that_is_not_aligned(
    name: str, target: int
) -> None:
    made = [perturbed(name, example(claim, target=target)) for claim in CLAIMS]
    keeps = get_perturbation(name).effect is Effect.KEEPS
    assert any(made) is keeps
    assert all(each is None or each.target == target for each in made)


@pytest.mark.parametrize(
    ("name", "head", "target"),
    [
        ("negation", Head.THREE_WAY, CONTRADICTED),
        ("number_swap", Head.THREE_WAY, CONTRADICTED),
        ("date_swap", Head.THREE_WAY, CONTRADICTED),
        ("name_swap", Head.BINARY, 0),  # neutral or contradicted: only the binary head knows
        ("word_order", Head.BINARY, 0),
        ("typos", Head.THREE_WAY, ALIGNED),
        ("identity_swap", Head.THREE_WAY, ALIGNED),
    ],
)
def test_an_aligned_pair_gets_the_label_that_the_change_brings(
    name: str, head: Head, target: int
) -> None:
    made = [each for claim in CLAIMS if (each := perturbed(name, example(claim))) is not None]
    assert {(each.head, each.target) for each in made} == {(head, target)}


def test_of_a_binary_pair_the_aligned_one_becomes_not_aligned() -> None:
    made = perturbed("negation", example(CLAIMS[0], head=Head.BINARY, target=1))
    assert made is not None
    assert (made.head, made.target) == (Head.BINARY, 0)
    assert made.claim == "Marie Hopper was not born in Warsaw."
    assert perturbed("negation", example(CLAIMS[0], head=Head.BINARY, target=0)) is None


def test_a_degree_stays_where_the_label_is_kept_and_is_unknown_where_it_breaks() -> None:
    graded = example(CLAIMS[2], head=Head.REGRESSION, target=0.8)
    kept = perturbed("upper_case", graded)
    assert kept is not None
    assert (kept.claim, kept.target) == ("IN 1931 SHE SOLD 12 PAINTINGS.", 0.8)
    assert perturbed("number_swap", graded) is None


def test_case_alone_changes_and_only_where_there_is_another() -> None:
    assert claim_after("lower_case", "In Rome.") == "in rome."
    assert claim_after("upper_case", "In Rome.") == "IN ROME."
    assert claim_after("lower_case", "in rome.") is None
    assert claim_after("upper_case", "1931") is None


def test_a_distractor_shares_no_word_with_the_pair() -> None:
    before = perturbed("distractor_before", example("A cat slept.", "The kettle is new."))
    after = perturbed("distractor_after", example("A cat slept.", "The kettle is new."))
    assert before is not None
    assert before.context.endswith(" The kettle is new.")
    assert after is not None
    assert after.context.startswith("The kettle is new. ")
    for each in (before, after):
        assert not {"kettle", "cat", "slept"} & set(
            each.context.replace("The kettle is new.", "").split()
        )
        assert each.claim == "A cat slept."


def test_an_empty_context_gets_no_distractor() -> None:
    assert perturbed("distractor_after", example("A cat slept.", "")) is None


def test_an_unknown_perturbation_is_named_with_a_near_one() -> None:
    with pytest.raises(ConfigError, match="unknown perturbation 'typo'; did you mean 'typos'"):
        get_perturbation("typo")
