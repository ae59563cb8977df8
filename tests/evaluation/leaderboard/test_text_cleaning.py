import pytest

from concord.evaluation.leaderboard.text_cleaning import plain_quotes, recase

_CONTEXT = (
    "The mayor, Petra Tolland, met NATO officials in New York. "
    "Officials said the iPhone was lost. Rain fell."
)


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        ("petra tolland met nato officials.", "Petra Tolland met NATO officials."),
        ("the iphone was lost in new york.", "The iPhone was lost in New York."),
        # a capital that a sentence's beginning explains is not taken over
        ("there was rain.", "There was rain."),
        ("officials met. the mayor left.", "Officials met. The mayor left."),
        # words that the context has not stay as they are
        ("petra visited paris.", "Petra visited paris."),
        # a claim with capitals of its own keeps them
        ("Petra met nato.", "Petra met nato."),
    ],
)
def test_case_is_restored_from_the_context(claim: str, expected: str) -> None:
    assert recase(claim, _CONTEXT) == expected


def test_quotes_become_plain_and_doubled_signs_one() -> None:
    assert plain_quotes("\u201cIt\u2019s late\u201d, ``he'' said \u00abno\u00bb") == (
        '"It\'s late", "he" said "no"'
    )


def test_a_word_with_an_apostrophe_is_found_whichever_sign_the_context_has() -> None:
    assert recase("we met o'brien there.", "Then O\u2019Brien and O\u2019Brien came.") == (
        "We met O'Brien there."
    )
