from collections.abc import Sequence

import numpy as np
import pytest
from tests.tiny_models import tiny_tokenizer
from tests.tiny_tokenizers import SPECIAL, whole_words

from concord.errors import ConfigError
from concord.text.inputs import EncoderInput, build_input_batch
from concord.text.tagged_tokenizer import TaggedTokenizer
from concord.text.tags import ID_BITS, TaggedWords
from concord.text.tokenizer import PairTokenizer

MASK = (1 << ID_BITS) - 1


class LengthTagger:
    """Tags each word between blanks with the number of its letters."""

    fingerprint = "lengths"

    def tag(self, texts: Sequence[str]) -> list[TaggedWords]:
        return [self._words(text) for text in texts]

    def _words(self, text: str) -> TaggedWords:
        spans, start = [], 0
        for word in text.split(" "):
            spans.append((start, start + len(word)))
            start += len(word) + 1
        array = np.array(spans, dtype=np.int32).reshape(-1, 2)
        return TaggedWords(array, array[:, 1] - array[:, 0])


def test_ids_carry_the_tags_of_their_words() -> None:
    plain = tiny_tokenizer()
    tagged = TaggedTokenizer(plain, LengthTagger())
    [found] = tagged.tokenize(["the Bridges opened"])
    [expected] = plain.tokenize(["the Bridges opened"])
    assert (found.ids & MASK).tolist() == expected.ids.tolist()
    assert found.offsets.tolist() == expected.offsets.tolist()
    # "bridges" is two pieces, of a word of 7 letters
    assert (found.ids >> ID_BITS).tolist() == [3, 7, 7, 6]
    assert [ids.tolist() for ids in tagged.token_ids(["the Bridges opened"])] == [
        found.ids.tolist()
    ]


def test_special_tokens_and_padding_have_no_tags() -> None:
    tokenizer = TaggedTokenizer(tiny_tokenizer(), LengthTagger())
    first, second = tokenizer.token_ids(["the bridge", "old"])
    sequences = [EncoderInput(first, second), EncoderInput(second)]
    batch = build_input_batch(sequences, tokenizer.template, tokenizer.pad_id)
    assert (batch.input_ids >> ID_BITS).tolist() == [[0, 3, 6, 0, 3, 0], [0, 3, 0, 0, 0, 0]]


def test_what_was_encoded_with_other_tags_is_not_taken_for_the_same() -> None:
    plain = tiny_tokenizer()
    tagged = TaggedTokenizer(plain, LengthTagger())
    assert plain.cache_key == plain.fingerprint == tagged.fingerprint
    assert tagged.cache_key == f"{plain.fingerprint} lengths"


def test_a_vocabulary_without_room_for_tags_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = PairTokenizer(whole_words(SPECIAL))
    monkeypatch.setattr(PairTokenizer, "vocabulary_size", 2_097_153)
    with pytest.raises(ConfigError, match="at most 2,097,152 tokens, the encoder's has 2,097,153"):
        TaggedTokenizer(plain, LengthTagger())
