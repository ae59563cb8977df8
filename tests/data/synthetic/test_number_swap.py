"""Number swap: another number of the same kind, written the same way, and never a true one."""

from itertools import islice

import numpy as np

from concord.data.synthetic.number_swap import swap_number


def _swaps(claim: str, context: str, draws: int = 40) -> set[str]:
    rngs = [np.random.default_rng(n) for n in range(draws)]
    return {change.text for rng in rngs for change in islice(swap_number(claim, context, rng), 1)}


def test_the_number_comes_from_the_context_if_one_there_fits() -> None:
    # 300 is the claim's own, 2 and 5000 are too far from it, so 420 it is.
    context = "The bridge has 300 lamps, 420 bolts, 2 towers and 5,000 stones."
    assert _swaps("It has 300 lamps.", context) == {"It has 420 lamps."}


def test_a_number_is_written_as_the_one_it_replaces() -> None:
    assert _swaps("Two men left.", "3 men and 2 dogs left.") == {"Three men left."}
    assert _swaps("It was the 2nd time.", "His 2nd and 3rd time.") == {"It was the 3rd time."}
    assert _swaps("It cost $2.50 a day.", "It cost $2.50, then $3.75.") == {"It cost $3.75 a day."}


def test_kinds_and_scales_are_not_mixed() -> None:
    context = "Of the 40 million people, 31% earned $37."
    for text in _swaps("There are 40 million people.", context):
        assert text.endswith(" million people.")
        assert "31" not in text
        assert "37" not in text


def test_without_another_number_the_value_is_changed_and_stays_as_round() -> None:
    texts = _swaps("It has 3,000 seats.", "A hall.")
    seats = {int(text.split()[2].replace(",", "")) for text in texts}
    # 3 thousands, moved by one to three of them: 1 to 6 thousand, but for the old one
    assert len(seats) > 2
    assert seats <= {1000, 2000, 4000, 5000, 6000}


def test_after_more_than_only_a_number_above_all_others_is_false() -> None:
    # 100 and 150 would still be exceeded by 180.
    texts = _swaps("It has more than 120 rooms.", "It has 180 rooms, 100 beds, 150 chairs.")
    assert texts
    assert all(int(text.split()[4]) > 180 for text in texts)
    texts = _swaps("It has fewer than 120 rooms.", "It has 90 rooms, 100 beds, 150 chairs.")
    assert texts
    assert all(int(text.split()[4]) < 90 for text in texts)


def test_a_share_stays_below_all() -> None:
    for text in _swaps("It fell by 90%.", "It fell."):
        assert float(text.split()[3].rstrip("%.")) <= 100


def test_a_number_that_would_make_a_sentence_of_the_context_is_not_put_in() -> None:
    assert "It has 420 lamps." not in _swaps(
        "It has 300 lamps.", "It has 300 lamps. It has 420 lamps."
    )


def test_the_provenance_names_old_and_new() -> None:
    change = next(swap_number("Two men left.", "3 men and 2 dogs left.", np.random.default_rng(0)))
    assert change.provenance == "number_swap: Two -> Three"


def test_a_claim_without_a_number_is_left_alone() -> None:
    assert _swaps("It opened in May.", "It has 5 doors.") == set()
