"""Names by rule: capitals within a sentence, and what they seem to stand for."""

import pytest

from concord.text.names import NameKind, find_names


def _names(text: str, *others: str) -> list[str]:
    return [name.written for name in find_names([text, *others])[0]]


def test_the_first_word_of_a_sentence_is_a_name_only_if_it_is_one_elsewhere() -> None:
    assert _names("Despite rain, Kelvin came. Bridges closed.") == ["Kelvin"]
    assert _names("Kelvin came.", "They saw Kelvin.") == ["Kelvin"]
    assert _names("Bridges closed.", "Two bridges and the Bridges Act.") == []
    assert _names("Police said so. Former Beatle Ringo Starr left.") == ["Beatle Ringo Starr"]


def test_months_weekdays_pronouns_and_adjectives_alone_are_no_names() -> None:
    assert _names("When I met a Western man on Monday in May, he left.") == []


def test_a_headline_has_no_names() -> None:
    assert _names("New Bridge Opens To Traffic After Years Of Delay") == []


def test_a_possessive_is_no_part_of_a_name() -> None:
    assert _names("They saw Kelvin\u2019s dog and Ann's cat.") == ["Kelvin", "Ann"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("They saw Marie Curie there.", NameKind.PERSON),
        ("They saw Mr Kelvin there.", NameKind.PERSON),
        ("They live in Warsaw.", NameKind.PLACE),
        ("They joined the Royal Society Club.", NameKind.GROUP),
        ("They joined UNICEF.", NameKind.GROUP),
        ("They have a French dog.", NameKind.DEMONYM),
        ("They love Kelvin.", NameKind.OTHER),
    ],
)
def test_names_seem_to_stand_for_a_kind(text: str, kind: NameKind) -> None:
    assert [name.kind for name in find_names([text])[0]] == [kind]
