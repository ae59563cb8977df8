"""Texts are found again, whole or a little changed, and others are not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from concord.evaluation.contamination.near_duplicates import NEAR, TextIndex, plain_text, similarity

SENTENCE = "the old stone bridge over the river was opened to traffic again in may"


def test_case_punctuation_and_blanks_do_not_count() -> None:
    assert plain_text("  The bridge,\n it  said: CLOSED! ") == "the bridge it said closed"


def test_a_text_of_punctuation_alone_stays_what_it_is() -> None:
    assert plain_text(" ?! ") == "?!"


def test_similarity_is_the_share_of_common_runs_of_five_characters() -> None:
    # abcdef: abcde, bcdef; abcdeg: abcde, bcdeg; 1 of 3 is common
    assert similarity("abcdef", "abcdeg") == pytest.approx(1 / 3)
    assert similarity("abc", "abc") == 1


def test_a_text_with_one_more_word_is_a_near_duplicate_and_one_of_other_words_is_not() -> None:
    index = TextIndex([SENTENCE, "a dog sleeps in the sun"])
    # 70 characters, so 66 runs; three more characters at the end add 3: 66 / 69 = 0.96
    assert index.find_near([SENTENCE + " so", "a cat sleeps in a bed"]) == [[0], []]
    assert index.place(SENTENCE) == 0
    assert index.place(SENTENCE + " so") is None


def test_nothing_is_found_in_an_empty_index() -> None:
    assert TextIndex([]).find_near([SENTENCE]) == [[]]


@given(st.lists(st.text(max_size=60), min_size=1, max_size=8, unique=True))
def test_a_text_is_always_found_where_it_stands(texts: list[str]) -> None:
    index = TextIndex(texts)
    for place, (text, found) in enumerate(zip(texts, index.find_near(texts), strict=True)):
        assert index.place(text) == place
        assert place in found


def test_what_is_found_is_what_comparing_everything_finds() -> None:
    rng = np.random.default_rng(0)
    words = [f"{a}{b}{c}" for a in "bcdfgl" for b in ("ar", "en", "ost") for c in ("", "ed", "ing")]
    texts = [" ".join(rng.choice(words, size=rng.integers(8, 30))) for _ in range(120)]
    changed = []
    for text in texts:  # a few words of each are replaced, so that likenesses are around the bound
        parts = text.split()
        for place in rng.integers(len(parts), size=rng.integers(0, 4)):
            parts[place] = str(rng.choice(words))
        changed.append(" ".join(parts))
    texts, changed = list(dict.fromkeys(texts)), list(dict.fromkeys(changed))
    wanted = [
        [place for place, other in enumerate(texts) if similarity(text, other) >= NEAR]
        for text in changed
    ]
    assert 20 < sum(map(len, wanted)) < 110  # some of the changed texts are near, others are not
    assert TextIndex(texts).find_near(changed) == wanted
