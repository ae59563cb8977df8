"""Name swap: names by rule, of like kinds, and never another word for the same thing."""

from itertools import islice

import numpy as np

from concord.data.synthetic.name_swap import swap_name

ARTICLE = (
    "Marie Curie was born in Warsaw. In Paris, Pierre Curie met her; the Royal Society honoured "
    "Lord Kelvin, who lived in Glasgow."
)


def _swaps(claim: str, context: str, draws: int = 60) -> set[str]:
    rngs = [np.random.default_rng(n) for n in range(draws)]
    return {change.text for rng in rngs for change in islice(swap_name(claim, context, rng), 1)}


def test_a_person_gives_way_to_a_person_who_shares_no_name() -> None:
    # Pierre Curie shares a word with Marie Curie; Lord Kelvin does not.
    assert _swaps("Marie Curie was honoured.", ARTICLE) == {"Lord Kelvin was honoured."}


def test_a_city_gives_way_to_a_city() -> None:
    texts = _swaps("She was born in Warsaw.", ARTICLE)
    assert {"She was born in Paris.", "She was born in Glasgow."} & texts
    assert not [text for text in texts if "Kelvin" in text or "Society" in text]


def test_a_town_is_not_swapped_for_the_country_beside_it() -> None:
    texts = _swaps("It happened in Belfast.", "It happened in Belfast, Northern Ireland.")
    assert not [text for text in texts if "Ireland" in text]


def test_a_name_is_not_swapped_for_one_named_in_the_same_breath() -> None:
    # The context says of Ann, Tom and Sam alike that they left; Kim is another matter.
    context = "Ann Lee, Tom Dow and Sam Poe left the house, and after a while met Kim Ray."
    assert _swaps("It was Ann Lee who left.", context) == {"It was Kim Ray who left."}


def test_an_abbreviation_is_not_another_name() -> None:
    context = "The World Health Organization (WHO) warned the United Nations Office."
    texts = _swaps("They warned the World Health Organization.", context)
    assert not [text for text in texts if "WHO" in text]


def test_a_name_that_the_context_does_not_know_is_left_alone() -> None:
    assert _swaps("They met the Crown Prince.", "They met Lord Kelvin and Ann Lee.") == set()


def test_a_nationality_gives_way_to_one_that_suits_the_article() -> None:
    texts = _swaps("He is an Italian man.", "He is Italian.")
    assert texts
    assert all(text.split()[3][0] in "AEIO" for text in texts)


def test_two_people_change_places_where_a_verb_stands_between_them() -> None:
    claim = "Ann Lee beat Kim Dow at chess."
    assert _swaps(claim, claim.upper()) == {"Kim Dow beat Ann Lee at chess."}
    assert _swaps("Ann Lee and Kim Dow left.", "ANN LEE AND KIM DOW LEFT.") == set()
