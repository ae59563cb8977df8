"""The details of a text, each once."""

from concord.text.details import find_details


def _found(text: str, context: str = "") -> list[tuple[str, str]]:
    return [
        (detail.kind.value, text[slice(*detail.span)]) for detail in find_details(text, context)
    ]


def test_details_come_in_order_and_whole() -> None:
    text = "On 14 March 2015 at 9:40 pm, Amara Okafor planted 70,000 shoots for $5 million."
    assert _found(text) == [
        ("date", "14 March 2015"),
        ("time", "9:40 pm"),
        ("name", "Amara Okafor"),
        ("number", "70,000"),
        ("number", "$5 million"),
    ]


def test_a_first_word_is_a_name_only_where_the_context_says_so() -> None:
    assert _found("Seagrass has returned.") == []
    assert _found("Okafor has returned.", "They met Okafor.") == [("name", "Okafor")]


def test_a_number_right_behind_a_name_belongs_to_it() -> None:
    assert _found("They saw Apollo 11 with 3 men.") == [("name", "Apollo"), ("number", "3")]


def test_a_capitalised_ordinal_before_a_name_belongs_to_it() -> None:
    assert _found("They saw the Tenth Doctor for the third time.") == [
        ("name", "Tenth Doctor"),
        ("number", "third"),
    ]
