import numpy as np

from concord.alignment import Head
from concord.scoring.readings import Reading, RelevantReading
from concord.scoring.relevance import Relevance
from concord.scoring.split_plans import Piece, SplitPlan
from concord.text import TokenIds

SUPPORTED = [0, 0, 9, 0, 0, 0]  # joint logits: three-way P(aligned) is exp(9) / (exp(9) + 2)
UNSUPPORTED = [0, 0, 0, 9, 0, 0]


def ids(*numbers: int) -> TokenIds:
    return np.array(numbers, dtype=np.int32)


def piece(*numbers: int) -> Piece:
    return Piece(ids(*numbers), 0, 0, 1)


# Eight chunks; 1 is in chunk 5 only, 2 in chunk 3 only, 3 in chunks 5 and 6, 9 in all.
PLAN = SplitPlan(
    chunks=(
        *(piece(9) for _ in range(3)),
        piece(2, 9),
        piece(9),
        piece(1, 3, 9),
        piece(3, 9),
        piece(9),
    ),
    sentences=(piece(1, 3), piece(2)),
    capacity=10,
)


def relevant(relevance: Relevance) -> RelevantReading:
    return RelevantReading(PLAN, relevance, Head.THREE_WAY, None)


def test_a_whole_reading_asks_for_everything_once() -> None:
    reading = Reading(PLAN)
    assert reading.next_cells().tolist() == list(range(16))
    assert reading.next_cells().tolist() == []


def test_the_most_relevant_chunks_are_asked_for_first_and_of_equal_ones_the_earliest() -> None:
    reading = relevant(Relevance(top_k=3))
    # chunks 5, 6 and 0 for the first sentence, 3, 0 and 1 for the second; cell = 2 chunk + sentence
    assert sorted(reading.next_cells().tolist()) == sorted([10, 12, 0, 7, 1, 3])
    assert reading.next_cells().tolist() == []


def test_a_sentence_with_support_enough_takes_no_part_in_the_next_round() -> None:
    reading = relevant(Relevance(min_chunks=4, enough=0.9))  # rounds up to 1, 2 and 4 chunks
    assert reading.next_cells().tolist() == [10, 7]
    reading.logits[[10, 7]] = [SUPPORTED, UNSUPPORTED]
    assert reading.next_cells().tolist() == [1]
    reading.logits[1] = UNSUPPORTED
    assert reading.next_cells().tolist() == [3, 5]
    reading.logits[[3, 5]] = UNSUPPORTED
    assert reading.next_cells().tolist() == []
    assert np.flatnonzero(~np.isnan(reading.logits[:, 0])).tolist() == [1, 3, 5, 7, 10]


def test_a_reading_ends_early_when_every_sentence_has_support_enough() -> None:
    reading = relevant(Relevance(min_chunks=4, enough=0.9))
    reading.logits[reading.next_cells()] = SUPPORTED
    assert reading.next_cells().tolist() == []
    assert reading.next_cells().tolist() == []
