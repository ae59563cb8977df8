import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from concord.text.sentences import split_sentences

# A bar stands where one sentence ends and the next begins; the text itself has none.
CASES = [
    "One sentence without a stop",
    "It rained. | We stayed in.",
    "Did it rain? | Yes! | We stayed in.",
    "Dr. Ng met Mr. and Mrs. Shah. | They spoke.",
    "Gen. Lee and Rep. Ortiz arrived in St. Louis.",
    "J. K. Rowling wrote it. | J. R. R. Tolkien did not.",
    "The U.S. Senate voted. | It passed.",
    "She moved to the U.S. | He stayed in the U.K. and worked.",
    "It opens at 9 a.m. on Jan. 5 and shuts at 5 p.m. | The café does not.",
    "Acme Inc. makes tools. | He left Acme Inc. | It closed.",
    "Take fruit, e.g. apples, i.e. Malus domestica. | Wash it.",
    "Roe v. Wade was decided; so was Smith vs. Jones. | Both matter.",
    "See Fig. 3 and No. 5 on pp. 7-9. | He said no. | She left.",
    "Ng et al. (2019) agree. | Others do not.",
    "Martin Luther King Jr. spoke. | They listened.",
    "She has a Ph.D. in law. | He has none.",
    "It grew 3.5 per cent to $1.2 million. | It fell later.",
    "It happened in 1990. | 50 people came.",
    "Version 2.0.1 is out. | Get it at https://example.org/a.b?c=d.e now.",
    "Write to a.b@example.com. | We answer.",
    "Visit www.example.com. | Then call.",
    "Well... maybe not. | Wait... | What was that?",
    "He paused \u2026 and went on. | She did not.",
    "\u201cCome in.\u201d | \u201cThank you.\u201d | They sat.",
    '"Really?" he asked. | "Yes!" she said.',
    "He left (it was late.) | She stayed [for now.] | Then rain.",
    "What?! | No way!!! | Fine.",
    "The study was clear.[12] | Others disagree.[3][4] | We wait.",
    "It cost a lot .It was sold",  # no blank, no boundary: it could be a file name
    "i was there. | it rained. | we left at 5 p.m. and slept.",
    "We love Yahoo! and eBay. | They do too.",
    "A title\n\n | The text begins. | It ends.",
    "A wrapped\nline goes on\nhere. | Another one.",
    "The line ends here.\n | and this one begins small.",
    "Ann: hello\n | Bob: good day to you, and how have you been?",
    "Dear Ms. Ode,\n | We thank you for the letter that reached us\nMonday. | It was kind.",
    "It was so. | \u2018we are sorry\u2019, they wrote. | ` so am I.\u2019",
    "Buy:\n | - milk\n | - eggs\n | * bread",
    "Steps\n | 1. Mix it.\n | 2. Bake it.",
    "1. Mix it. | 2. Bake it.",
    "He met Dr.\nShah today. | They spoke.",
    "First page\x0c | Second page",
    "\u4eca\u5929\u4e0b\u96e8\u3002 | \u6211\u4eec\u5728\u5bb6\uff01 | \u4f60\u5462\uff1f",
    "\u300c\u8d70\u5427\uff01\u300d | \u4ed6\u8d70\u4e86\u3002",
    "\u0647\u0644 \u062c\u0627\u0621\u061f | \u0646\u0639\u0645. | \u062c\u0627\u0621.",
    "\u092f\u0939 \u0918\u0930 \u0939\u0948\u0964 | \u0935\u0939 \u0928\u0939\u0940\u0902\u0964",
    "\u041e\u043d \u0443\u0448\u0451\u043b. | \u041e\u043d\u0430 \u0442\u0443\u0442.",
    "\u00bfQu\u00e9 hora es? | \u00a1Tarde! | V\u00e1monos.",
    "Er kam.\u201c | Sie ging.",
    "Nice. | \U0001f600 So good! | \U0001f44d",
    "Tom left . | Ann stayed .",  # text that was tokenized before
    "Read this, please .",
    "  blanks around. | Are left out.  ",
]


@pytest.mark.parametrize("marked", CASES)
def test_sentences_end_where_a_reader_would_end_them(marked: str) -> None:
    expected = [part.strip() for part in marked.split(" | ")]
    text = marked.replace("\n | ", "\n").replace(" | ", " ").replace("\x0c ", "\x0c")
    assert [text[start:end] for start, end in split_sentences(text)] == expected


def test_a_text_without_capitals_is_split_before_small_letters() -> None:
    text = "the man left. he was late... very late. nobody saw dr. ng."
    sentences = ["the man left.", "he was late... very late.", "nobody saw dr. ng."]
    assert [text[start:end] for start, end in split_sentences(text)] == sentences


def test_offsets_count_characters_from_the_start_of_the_text() -> None:
    #        0123456789
    assert split_sentences(" Ab. \n Cd!") == [(1, 4), (7, 10)]


@pytest.mark.parametrize("text", ["", " \n\t ", "\u2003"])
def test_a_blank_text_has_no_sentences(text: str) -> None:
    assert split_sentences(text) == []


_TRICKY = st.text(
    st.sampled_from(
        [*"aB1 .?!\"')(\n\r-\t", "\u3002", "\u2026", "\x00", "\ud800", "\u2029", "\u0130"]
    )
)


@given(st.one_of(st.text(st.characters()), _TRICKY))
def test_every_character_that_is_not_blank_lies_in_exactly_one_sentence(text: str) -> None:
    spans = split_sentences(text)
    covered = [index for start, end in spans for index in range(start, end)]
    assert covered == sorted(set(covered))
    assert {i for i, character in enumerate(text) if not character.isspace()} <= set(covered)


@given(_TRICKY)
def test_a_sentence_is_not_empty_and_has_no_blanks_around_it(text: str) -> None:
    for start, end in split_sentences(text):
        assert text[start:end].strip() == text[start:end] != ""


@pytest.mark.parametrize(
    "text",
    [
        "a" * 1_000_000,
        "." * 1_000_000,
        "." * 500_000 + "x",
        " " * 500_000 + "x" + "\t" * 500_000,
        "\n" * 1_000_000,
        ". " * 100_000,
        "A. " * 70_000,
        '"' * 500_000 + "." + '"' * 500_000 + "x",
        "\u3002 " * 100_000,
        "Some words in a row and then. " * 17_000,
    ],
    ids=lambda text: f"{text[:4]!r}",
)
def test_a_huge_text_of_any_kind_is_split_in_linear_time(text: str) -> None:
    started = time.perf_counter()
    split_sentences(text)
    assert time.perf_counter() - started < 10  # a quadratic rule would need minutes
