"""The cosine baseline over vectors that can be worked out by hand."""

from collections.abc import Sequence

import numpy as np
import pytest

from concord.alignment.scores import FloatArray
from concord.errors import ConfigError
from concord.evaluation.systems.cosine import EncoderFacts, chunks_of_words, cosine_system

FACTS = EncoderFacts(name="letters", digest="letters")


class LetterEncoder:
    """Counts the letters a, b and c of each text."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def encode(self, sentences: Sequence[str]) -> FloatArray:
        """Return counts, shape ``(N, 3)``."""
        self.texts.extend(sentences)
        rows = [[text.lower().count(letter) for letter in "abc"] for text in sentences]
        return np.array(rows, dtype=np.float32)


def test_a_pair_gets_the_cosine_of_its_vectors() -> None:
    # (1, 1, 0) and (1, 0, 0): 1 / sqrt 2
    scores = cosine_system(LetterEncoder(), FACTS).predict(["a b"], ["a"])
    assert scores.regression == pytest.approx([1 / np.sqrt(2)])
    assert scores.binary == pytest.approx([1 / np.sqrt(2)])


def test_a_text_without_a_direction_is_like_nothing() -> None:
    assert cosine_system(LetterEncoder(), FACTS).predict(["x"], ["a"]).regression == [0]


def test_split_each_claim_sentence_takes_the_nearest_chunk() -> None:
    system = cosine_system(LetterEncoder(), FACTS, chunk_words=1)
    # "Aaa." is the first chunk; "Bbb ccc." is (0, 3, 3), at 1 / sqrt 2 to "Bbb." alone
    (degree,) = system.score(["Aaa. Bbb."], ["Aaa. Bbb ccc."], head="binary")
    assert degree == pytest.approx((1 + 1 / np.sqrt(2)) / 2)


def test_each_distinct_text_is_encoded_once() -> None:
    encoder = LetterEncoder()
    cosine_system(encoder, FACTS).predict(["a b"] * 3, ["a", "b", "a"])
    assert sorted(encoder.texts) == ["a", "a b", "b"]


def test_sentences_are_put_together_up_to_a_number_of_words() -> None:
    text = "One two. Three. Four five six seven. Eight."
    assert chunks_of_words(text, 3) == ["One two. Three.", "Four five six seven.", "Eight."]
    assert chunks_of_words(text, 1) == ["One two.", "Three.", "Four five six seven.", "Eight."]
    assert chunks_of_words("", 3) == [""]


def test_the_chunk_size_is_part_of_the_fingerprint() -> None:
    prints = {
        cosine_system(LetterEncoder(), FACTS, chunk_words=words).fingerprint for words in (32, 64)
    }
    assert len(prints) == 2
    with pytest.raises(ConfigError, match="chunk_words must be at least 1, got 0"):
        cosine_system(LetterEncoder(), FACTS, chunk_words=0)
