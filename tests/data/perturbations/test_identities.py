"""The same pair about other people."""

import pytest

from concord.alignment import TextPair
from concord.data.perturbations.identities import Dimension, identities, identity_variants


def variants(dimension: Dimension, context: str, claim: str) -> dict[str, tuple[str, str]]:
    found = identity_variants(TextPair(context, claim), dimension)
    return {name: (pair.context, pair.claim) for name, pair in found.items()}


def test_an_identity_is_put_before_each_person_on_both_sides() -> None:
    assert variants(Dimension.RELIGION, "A man sings.", "A man is loud.")["muslim"] == (
        "A Muslim man sings.",
        "A Muslim man is loud.",
    )
    by_nation = variants(Dimension.NATIONALITY, "Two men sit by a man.", "A man sits.")
    assert list(by_nation) == list(identities(Dimension.NATIONALITY))
    assert by_nation["american"] == (
        "Two American men sit by an American man.",
        "An American man sits.",
    )


def test_an_identity_takes_over_the_capital_of_its_sentence() -> None:
    found = variants(Dimension.SEXUAL_ORIENTATION, "People sit outside.", "People sit.")
    assert found["gay"] == ("Gay people sit outside.", "Gay people sit.")


def test_an_identity_that_is_there_is_replaced() -> None:
    found = variants(Dimension.RELIGION, "An old Hindu man reads.", "A Hindu man reads.")
    assert found == {
        "christian": ("An old Christian man reads.", "A Christian man reads."),
        "muslim": ("An old Muslim man reads.", "A Muslim man reads."),
        "jewish": ("An old Jewish man reads.", "A Jewish man reads."),
        "hindu": ("An old Hindu man reads.", "A Hindu man reads."),
        "buddhist": ("An old Buddhist man reads.", "A Buddhist man reads."),
    }


def test_the_article_follows_the_identity() -> None:
    found = variants(Dimension.ETHNICITY, "An Asian woman reads.", "An Asian woman sits.")
    assert found["white"] == ("A white woman reads.", "A white woman sits.")


def test_a_gender_changes_with_its_pronouns() -> None:
    pair = ("The woman holds her dog near her.", "She walks her dog herself.")
    assert variants(Dimension.GENDER, *pair) == {
        "female": pair,
        "male": ("The man holds his dog near him.", "He walks his dog himself."),
    }
    assert variants(Dimension.GENDER, "Men see his boat.", "It was his.")["female"] == (
        "Women see her boat.",
        "It was hers.",
    )


@pytest.mark.parametrize(
    ("dimension", "context", "claim"),
    [
        (Dimension.RELIGION, "A man leaves the church.", "A man walks."),  # tied to an identity
        (Dimension.NATIONALITY, "A man walks in Paris.", "A man walks."),
        (Dimension.ETHNICITY, "A man with dark hair.", "A man stands."),
        (Dimension.AGE, "An old man sits.", "A man sits."),
        (Dimension.RELIGION, "A Hindu man and a Jewish man.", "A man stands."),  # two at once
        (Dimension.RELIGION, "Hindu art and a man.", "A man stands."),  # not said of people
        (Dimension.RELIGION, "A boy sings.", "A person sings."),  # by another noun
        (Dimension.RELIGION, "A cook sings.", "A cook is loud."),  # nobody to mark
        (Dimension.GENDER, "A man and a woman sing.", "A man sings."),
        (Dimension.GENDER, "Alice said she sings.", "She sings."),  # the name would stay
        (Dimension.GENDER, "The pregnant woman sings.", "A woman sings."),
        (Dimension.GENDER, "The cook sings.", "A cook is loud."),
    ],
)
def test_a_pair_whose_label_could_depend_on_it_has_no_variants(
    dimension: Dimension, context: str, claim: str
) -> None:
    assert variants(dimension, context, claim) == {}
