"""Overlap of training and evaluation examples, on rows written by hand."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from concord.alignment import AlignmentExample, Head
from concord.evaluation.contamination.overlap import OverlapCounts, check_contamination

RIVER = "The old stone bridge over the river was opened to traffic again in May."
CLAIM = "Cars may cross the old stone bridge over the river since the month of May."


def example(context: str, claim: str) -> AlignmentExample:
    return AlignmentExample(context=context, claim=claim, head=Head.BINARY, target=1.0)


def counts_of(train: list[tuple[str, str]], evaluation: list[tuple[str, str]]) -> OverlapCounts:
    found = check_contamination(
        (example(*pair) for pair in train), {"set": [example(*pair) for pair in evaluation]}
    )
    return found["set"]


@pytest.mark.parametrize(
    "learned", [(RIVER, CLAIM), (RIVER.upper() + " !", "  " + CLAIM), (CLAIM, RIVER)]
)
def test_a_pair_is_exact_in_any_case_and_order(learned: tuple[str, str]) -> None:
    found = counts_of([learned], [(RIVER, CLAIM), ("A dog sleeps.", "An animal rests.")])
    assert found == OverlapCounts(rows=2, exact=1, near=0, contexts=1, claims=1)


def test_a_pair_with_a_word_changed_on_one_side_is_near() -> None:
    # the changed claim has 70 of its 71 runs of five characters in common with the old one
    found = counts_of([(RIVER, CLAIM + "s")], [(RIVER, CLAIM)])
    assert found == OverlapCounts(rows=1, exact=0, near=1, contexts=1, claims=0)


def test_a_near_pair_needs_both_texts() -> None:
    found = counts_of([(RIVER, "No bridge is open.")], [(RIVER, CLAIM)])
    assert found == OverlapCounts(rows=1, exact=0, near=0, contexts=1, claims=0)


def test_a_claim_alone_is_counted_where_it_was_learned_with_another_context() -> None:
    found = counts_of([("Nobody knows.", CLAIM)], [(RIVER, CLAIM), (RIVER, "It is so.")])
    assert found == OverlapCounts(rows=2, exact=0, near=0, contexts=0, claims=1)


def test_texts_of_two_rows_make_no_pair() -> None:
    found = counts_of([(RIVER, "It is so."), ("Nobody knows.", CLAIM)], [(RIVER, CLAIM)])
    assert (found.exact, found.near) == (0, 0)


def test_each_test_set_is_counted_for_itself_and_its_repeated_rows_each() -> None:
    sets = {"one": [example(RIVER, CLAIM)] * 3, "other": [example("a", "b")], "none": []}
    found = check_contamination([example(RIVER, CLAIM)], sets)
    assert [each.exact for each in found.values()] == [3, 0, 0]
    assert [each.rows for each in found.values()] == [3, 1, 0]


def test_training_examples_are_read_once_and_one_by_one() -> None:
    taken = 0

    def stream() -> Iterator[AlignmentExample]:
        nonlocal taken
        for _ in range(10_000):
            taken += 1
            yield example("a b c", "d e f")

    check_contamination(stream(), {"set": [example(RIVER, CLAIM)]})
    assert taken == 10_000


def test_a_row_of_the_board_says_what_occurs_alone_and_the_note() -> None:
    counts = OverlapCounts(rows=1_200, exact=3, near=4, contexts=1_100, claims=5)
    overlap = counts.to_overlap("snli", "the mixture", "base encoder: trained on it")
    assert (overlap.set, overlap.rows, overlap.exact, overlap.near) == ("snli", 1_200, 3, 4)
    assert overlap.note == ("context alone in 1,100, claim alone in 5; base encoder: trained on it")


_PAIRS = st.lists(st.tuples(st.text(max_size=40), st.text(max_size=40)), min_size=1, max_size=6)


@given(_PAIRS)
def test_every_row_is_exact_against_itself(pairs: list[tuple[str, str]]) -> None:
    found = counts_of(pairs, pairs)
    assert found == OverlapCounts(
        rows=len(pairs), exact=len(pairs), near=0, contexts=len(pairs), claims=len(pairs)
    )


@given(st.text(alphabet="abcde fghij", min_size=40, max_size=60), st.text(min_size=1, max_size=20))
def test_every_row_with_a_letter_more_is_near_or_the_same(context: str, claim: str) -> None:
    # a letter more adds one run of five characters to the 20 or more of a long text
    words = " ".join(f"{letter}{place}" for place, letter in enumerate(context) if letter != " ")
    found = counts_of([(words + "x", claim)], [(words, claim)])
    assert found.near + found.exact == 1
