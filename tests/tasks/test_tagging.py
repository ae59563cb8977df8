"""Tags become entities as seqeval reads them, whatever their scheme; Viterbi finds the best."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from seqeval.metrics.sequence_labeling import get_entities

from concord.errors import InputError
from concord.tasks.tagging import (
    EntitySpan,
    TagScheme,
    best_tags,
    iob2_tags,
    spans_of_iob2,
    spans_of_tags,
    tag_probs,
)

TAGS = st.lists(st.sampled_from(["O", *(f"{mark}-{of}" for mark in "BIES" for of in ("A", "B"))]))
WRITTEN = {  # the same two entities, "one two" and "three", side by side
    TagScheme.IOB2: ["O", "B-X", "I-X", "B-X", "O"],
    TagScheme.IOB1: ["O", "I-X", "I-X", "B-X", "O"],
    TagScheme.BILOU: ["O", "B-X", "L-X", "U-X", "O"],
    TagScheme.IOBES: ["O", "B-X", "E-X", "S-X", "O"],
}


@given(TAGS)
def test_entities_are_those_that_seqeval_finds(tags: list[str]) -> None:
    wanted = [EntitySpan(label, start, end + 1) for label, start, end in get_entities(tags)]
    assert list(spans_of_tags(tags)) == wanted


@pytest.mark.parametrize("scheme", WRITTEN)
def test_the_same_entities_are_read_in_each_scheme(scheme: TagScheme) -> None:
    wanted = (EntitySpan("X", 1, 3), EntitySpan("X", 3, 4))
    assert spans_of_tags(WRITTEN[scheme], scheme) == wanted
    assert spans_of_tags(WRITTEN[scheme]) == wanted  # told by the prefixes


def test_io_tags_need_no_prefix() -> None:
    wanted = (EntitySpan("PER", 0, 2), EntitySpan("LOC", 2, 3))
    assert spans_of_tags(["PER", "PER", "LOC", "O"], TagScheme.IO) == wanted
    assert spans_of_tags(["I-PER", "I-PER", "I-LOC", "O"], TagScheme.IO) == wanted
    assert spans_of_tags(["I-PER", "I-PER", "I-LOC", "O"]) == wanted


@given(TAGS)
def test_iob2_tags_give_the_entities_back(tags: list[str]) -> None:
    spans = spans_of_tags(tags)
    found = iob2_tags(spans, ("A", "B"), len(tags)).astype(int).tolist()
    assert spans_of_iob2(found, ("A", "B")) == spans


def test_an_inner_tag_with_nothing_before_it_begins_an_entity() -> None:
    # O=0, B-A=1, I-A=2, B-B=3, I-B=4: I-A after O, and I-B after B-A
    assert spans_of_iob2([0, 2, 1, 4], ("A", "B")) == (
        EntitySpan("A", 1, 2),
        EntitySpan("A", 2, 3),
        EntitySpan("B", 3, 4),
    )


@pytest.mark.parametrize(
    ("tags", "scheme", "message"),
    [
        (["O", "X-PER"], None, "'X-PER' at position 1 is no tag"),
        (["PER"], None, "'PER' at position 0 is no tag: write O, or a class after B-, I-"),
        (["B-"], None, "'B-' at position 0 is no tag"),
        (["E-PER"], TagScheme.IOB2, "'E-PER' at position 0 is no tag of iob2"),
        (["O", "I-PER"], TagScheme.IOB2, "'I-PER' at position 1 cannot follow 'O' in iob2"),
        (["I-PER"], TagScheme.IOB2, "'I-PER' at position 0 cannot follow nothing in iob2"),
        (["B-LOC", "I-PER"], TagScheme.IOB2, "'I-PER' at position 1 cannot follow 'B-LOC'"),
        (["O", "B-PER"], TagScheme.IOB1, "'B-PER' at position 1 cannot follow 'O' in iob1"),
        (["B-PER", "O"], TagScheme.IOBES, "'O' at position 1 cannot follow 'B-PER' in iobes"),
        (["O", "B-PER"], TagScheme.BILOU, "the end at position 2 cannot follow 'B-PER' in bilou"),
    ],
)
def test_a_malformed_tag_is_refused_with_its_place(
    tags: list[str], scheme: TagScheme | None, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        spans_of_tags(tags, scheme)


@pytest.mark.parametrize("num_words", [1, 2, 4])
def test_the_best_tags_and_their_probabilities_are_those_of_trying_all(num_words: int) -> None:
    rng = np.random.default_rng(num_words)
    scores, transitions, starts, ends = (
        rng.normal(size=shape).astype(np.float32) for shape in ((num_words, 3), (3, 3), 3, 3)
    )
    every = list(product(range(3), repeat=num_words))
    totals = np.array(
        [
            starts[tags[0]]
            + ends[tags[-1]]
            + sum(scores[place, tag] for place, tag in enumerate(tags))
            + sum(transitions[tags[place], tags[place + 1]] for place in range(num_words - 1))
            for tags in every
        ]
    )
    found = best_tags(scores, transitions, starts, ends)
    assert tuple(found.tolist()) == every[int(totals.argmax())]
    shares = np.exp(totals) / np.exp(totals).sum()
    wanted = np.zeros((num_words, 3))
    for tags, share in zip(every, shares, strict=True):
        wanted[np.arange(num_words), list(tags)] += share
    assert tag_probs(scores, transitions, starts, ends) == pytest.approx(wanted, abs=1e-6)
