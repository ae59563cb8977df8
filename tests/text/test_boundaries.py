import pytest

from concord.text.boundaries import Boundary, find_boundaries
from concord.text.sentences import split_sentences

CONTINUED, SENTENCE, LINE, PARAGRAPH = Boundary


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two.", [PARAGRAPH, SENTENCE]),
        ("One.\nTwo.", [PARAGRAPH, LINE]),
        ("One.\r\nTwo.", [PARAGRAPH, LINE]),  # one line break, written as two characters
        ("One.\n\nTwo.", [PARAGRAPH, PARAGRAPH]),
        ("One.\n  \nTwo.", [PARAGRAPH, PARAGRAPH]),
        ("One.\fTwo.", [PARAGRAPH, PARAGRAPH]),
        ("Ann: Yes.\nBen: No.", [PARAGRAPH, LINE]),
        ("We need:\n- nails\n- wood", [PARAGRAPH, CONTINUED, LINE]),
        ("We need:\n\n1. Nails.\n2. Wood.", [PARAGRAPH, CONTINUED, LINE]),
        ("# Tools\n\nNails. Wood.", [PARAGRAPH, CONTINUED, SENTENCE]),
        ("", []),
    ],
)
def test_what_lies_in_front_of_each_sentence(text: str, expected: list[Boundary]) -> None:
    assert find_boundaries(text, split_sentences(text)) == expected
