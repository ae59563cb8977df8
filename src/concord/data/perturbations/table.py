"""The perturbations by name."""

from typing import Final

from concord.alignment import CONTRADICTED
from concord.data.perturbations.casing import lower_claim, upper_claim
from concord.data.perturbations.changed_claims import build_rewrite
from concord.data.perturbations.distractors import append_distractor, prepend_distractor
from concord.data.perturbations.identities import swap_identity
from concord.data.perturbations.perturbation import Effect, PairPerturbation
from concord.data.perturbations.typos import mistype_claim
from concord.data.perturbations.word_order import swap_roles
from concord.data.synthetic.date_swap import swap_date
from concord.data.synthetic.name_swap import swap_name
from concord.data.synthetic.negation import swap_polarity
from concord.data.synthetic.number_swap import swap_number
from concord.errors import ConfigError
from concord.registry import did_you_mean

_PERTURBATIONS: Final = (
    PairPerturbation(
        name="typos",
        description="Longer words of the claim get a slip of the keyboard",
        effect=Effect.KEEPS,
        rewrite=mistype_claim,
    ),
    PairPerturbation(
        name="lower_case",
        description="The claim is written in small letters",
        effect=Effect.KEEPS,
        rewrite=lower_claim,
    ),
    PairPerturbation(
        name="upper_case",
        description="The claim is written in capitals",
        effect=Effect.KEEPS,
        rewrite=upper_claim,
    ),
    PairPerturbation(
        name="distractor_before",
        description="A sentence that has nothing to do with it stands before the context",
        effect=Effect.KEEPS,
        rewrite=prepend_distractor,
    ),
    PairPerturbation(
        name="distractor_after",
        description="A sentence that has nothing to do with it stands behind the context",
        effect=Effect.KEEPS,
        rewrite=append_distractor,
    ),
    PairPerturbation(
        name="identity_swap",
        description="Context and claim speak of people of another identity",
        effect=Effect.KEEPS,
        rewrite=swap_identity,
    ),
    PairPerturbation(
        name="negation",
        description="The claim says the opposite",
        effect=Effect.BREAKS,
        rewrite=build_rewrite(swap_polarity),
        broken_class=CONTRADICTED,
    ),
    PairPerturbation(
        name="number_swap",
        description="A number of the claim is another one",
        effect=Effect.BREAKS,
        rewrite=build_rewrite(swap_number),
        broken_class=CONTRADICTED,
    ),
    PairPerturbation(
        name="date_swap",
        description="A date of the claim is another one",
        effect=Effect.BREAKS,
        rewrite=build_rewrite(swap_date),
        broken_class=CONTRADICTED,
    ),
    PairPerturbation(
        name="name_swap",
        description="A name of the claim is another one",
        effect=Effect.BREAKS,
        rewrite=build_rewrite(swap_name),
    ),
    PairPerturbation(
        name="word_order",
        description="Two parts of the claim have changed places, its words are the same",
        effect=Effect.BREAKS,
        rewrite=swap_roles,
    ),
)
_BY_NAME: Final = {each.name: each for each in _PERTURBATIONS}


def perturbation_names() -> tuple[str, ...]:
    """Return the names of all perturbations, those that keep the label first."""
    return tuple(_BY_NAME)


def get_perturbation(name: str) -> PairPerturbation:
    """Return a perturbation by name.

    Raises:
        ConfigError: If there is none of that name.
    """
    if name not in _BY_NAME:
        known = perturbation_names()
        hint = did_you_mean(name, known)
        raise ConfigError(f"unknown perturbation '{name}'{hint} (known: {', '.join(known)})")
    return _BY_NAME[name]
